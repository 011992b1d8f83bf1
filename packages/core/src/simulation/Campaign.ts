/**
 * Many seeds, one after the other: what befell them, and what is wrong with which.
 *
 * @since 0.1.0
 */
import { check, type CheckerName, type Finding } from "./Checkers.ts"
import type { History } from "./History.ts"
import { scheduleOf, type Step } from "./Schedule.ts"
import { type Canary, simulate } from "./Simulation.ts"

/**
 * What happened in all histories together.
 *
 * @category models
 * @since 0.1.0
 */
export interface Tally {
  readonly seeds: number
  readonly offered: number
  readonly acknowledged: number
  /** Acknowledged events that are in the trail. */
  readonly found: number
  /** Records in the trails, the engines' own included. */
  readonly records: number
  readonly openings: number
  /** Power losses that were only asked about. */
  readonly probes: number
  readonly checkpoints: number
  /** How often each kind of fault was met. */
  readonly faults: ReadonlyMap<string, number>
}

/**
 * A seed whose history breaks a promise.
 *
 * @category models
 * @since 0.1.0
 */
export interface Failure {
  readonly seed: number
  readonly findings: ReadonlyArray<Finding>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Campaign {
  readonly tally: Tally
  readonly failures: ReadonlyArray<Failure>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface CampaignOptions {
  readonly from: number
  readonly seeds: number
  readonly canary?: Canary
  /** Stops at the first seed in which this checker finds something. */
  readonly untilFoundBy?: CheckerName
}

class Count {
  private readonly faults = new Map<string, number>()
  private seeds = 0
  private offered = 0
  private acknowledged = 0
  private found = 0
  private records = 0
  private openings = 0
  private probes = 0
  private checkpoints = 0

  add({ found, happenings }: History): void {
    const ids = new Set(found.map(({ id }) => id))
    this.seeds += 1
    this.records += found.length
    for (const each of happenings) {
      if (each.what === "offered") this.offered += 1
      if (each.what === "opened") this.openings += 1
      if (each.what === "probed") this.probes += 1
      if (each.what === "checkpoint") this.checkpoints += 1
      if (each.what === "fault") {
        this.faults.set(each.fault, (this.faults.get(each.fault) ?? 0) + 1)
      }
      if (each.what === "told" && (each.told === "durable" || each.told === "published")) {
        this.acknowledged += 1
        if (ids.has(each.id)) this.found += 1
      }
    }
  }

  get tally(): Tally {
    const { acknowledged, checkpoints, faults, found, offered, openings, probes } = this
    const { records, seeds } = this
    return {
      seeds,
      offered,
      acknowledged,
      found,
      records,
      openings,
      probes,
      checkpoints,
      faults: sorted(faults),
    }
  }
}

/**
 * Runs seeds in order and checks each history.
 *
 * @category running
 * @since 0.1.0
 */
export const campaign = async ({
  canary,
  from,
  seeds,
  untilFoundBy,
}: CampaignOptions): Promise<Campaign> => {
  const count = new Count()
  const failures: Array<Failure> = []
  for (let seed = from; seed < from + seeds; seed++) {
    const history = await simulate({ seed, ...(canary === undefined ? {} : { canary }) })
    count.add(history)
    const findings = check(history)
    if (findings.length === 0) continue
    failures.push({ seed, findings })
    if (findings.some(({ checker }) => checker === untilFoundBy)) break
  }
  return { tally: count.tally, failures }
}

/**
 * What happened in several campaigns together.
 *
 * @category constructors
 * @since 0.1.0
 */
export const together = (campaigns: ReadonlyArray<Campaign>): Campaign => {
  const sum = (count: (tally: Tally) => number): number =>
    campaigns.reduce((total, { tally }) => total + count(tally), 0)
  const faults = new Map<string, number>()
  for (const { tally } of campaigns) {
    for (const [fault, count] of tally.faults) faults.set(fault, (faults.get(fault) ?? 0) + count)
  }
  return {
    failures: campaigns
      .flatMap(({ failures }) => failures)
      .toSorted((left, right) => left.seed - right.seed),
    tally: {
      seeds: sum(({ seeds }) => seeds),
      offered: sum(({ offered }) => offered),
      acknowledged: sum(({ acknowledged }) => acknowledged),
      found: sum(({ found }) => found),
      records: sum(({ records }) => records),
      openings: sum(({ openings }) => openings),
      probes: sum(({ probes }) => probes),
      checkpoints: sum(({ checkpoints }) => checkpoints),
      faults: sorted(faults),
    },
  }
}

const sorted = (faults: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
  new Map([...faults].toSorted(([left], [right]) => (left < right ? -1 : 1)))

/**
 * The shortest beginning of a seed's schedule whose history breaks a promise; `undefined` if none does.
 *
 * @category running
 * @since 0.1.0
 */
export const shortestFailure = async (
  seed: number,
  canary?: Canary,
): Promise<{ readonly steps: ReadonlyArray<Step>; readonly failure: Failure } | undefined> => {
  const schedule = scheduleOf(seed)
  for (let steps = 1; steps <= schedule.length; steps++) {
    const findings = check(
      await simulate({ seed, steps, ...(canary === undefined ? {} : { canary }) }),
    )
    if (findings.length > 0) {
      return { steps: schedule.slice(0, steps), failure: { seed, findings } }
    }
  }
  return undefined
}
