/** Cycles of load, ordeal, kill, recovery and check. */
import * as path from "node:path"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import type { LoadOrders } from "@countersign/core/testing/LoadProcess"
import { type Random, randomOf } from "@countersign/core/testing/SeededRandom"
import type { FoundEvent } from "./History.ts"
import { LoadChild } from "./LoadChild.ts"
import { emptyOutcome, type Outcome } from "./Outcome.ts"
import { TrailCheck } from "./TrailCheck.ts"

const cyclesBetweenVerifications = 25
// Verifying takes a second from here on, and the tree has had all of its shapes.
const entriesMaxDefault = 500_000
// So much evidence is enough, and must not fill the disk.
const keptMax = 5

/** A process that has opened a trail, and what there is to do harm with. */
export interface Victim {
  readonly child: LoadChild
  readonly directory: string
  readonly config: AuditConfigInput
  readonly random: Random
}

/** What is wrong, or that the harm was not done; `undefined` where all is as it should be. */
export type Problem = string | undefined

export interface Ordeal {
  readonly orders?: Omit<LoadOrders, "config">
  readonly config?: AuditConfigInput
  readonly fileKibibytesMax?: number
  /** From the opened trail to the kill. */
  readonly suffer: (victim: Victim) => Promise<Problem>
  /** Between the kill and the recovery. */
  readonly aftermath?: (load: Load, random: Random) => Promise<Problem>
  /** What the trail must show of it. */
  readonly evidence?: (events: ReadonlyArray<FoundEvent>) => Problem
}

/** What a process is started with. */
export interface Load {
  readonly directory: string
  readonly cycle: number
  readonly config: AuditConfigInput
}

export interface CycleOptions {
  readonly parent: string
  readonly config: AuditConfigInput
  /** Decides the moments, as far as the clock lets it. */
  readonly seed: number
  /** Asked before each cycle. */
  readonly goesOn: (cycle: number) => boolean
  /** Told after each cycle. */
  readonly onCycle?: (outcome: Outcome) => void
  /** A trail that has so many entries is followed by a new one. */
  readonly entriesMax?: number
}

const merged = (base: AuditConfigInput, more: AuditConfigInput = {}): AuditConfigInput => ({
  ...base,
  ...more,
  ...(more.wal === undefined ? {} : { wal: { ...base.wal, ...more.wal } }),
  ...(more.checkpoint === undefined
    ? {}
    : { checkpoint: { ...base.checkpoint, ...more.checkpoint } }),
})

/** Loads a trail under a name and does the harm, until the kill. */
const loadUntilKilled = async (
  ordeal: Ordeal,
  { config, cycle, directory }: Load,
  random: Random,
): Promise<LoadChild> => {
  const child = new LoadChild({
    directory,
    cycle,
    orders: { ...ordeal.orders, config },
    fileKibibytesMax: ordeal.fileKibibytesMax,
  })
  try {
    const ready = await child.until(/^ready/)
    const problem =
      ready === undefined
        ? "the trail was not opened in time"
        : await ordeal.suffer({ child, config, directory, random })
    if (problem !== undefined) child.problems.push(problem)
  } catch (cause) {
    child.problems.push(String(cause))
  } finally {
    await child.kill()
  }
  return child
}

class Cycles {
  readonly outcome = emptyOutcome()
  private readonly ordeal: Ordeal
  private readonly options: CycleOptions
  private readonly config: AuditConfigInput
  private readonly random: Random
  private trail: TrailCheck
  private trails = 0
  private kept = 0

  constructor(ordeal: Ordeal, options: CycleOptions) {
    this.ordeal = ordeal
    this.options = options
    this.config = merged(options.config, ordeal.config)
    this.random = randomOf(options.seed)
    this.trail = this.fresh()
  }

  private fresh(): TrailCheck {
    const directory = path.join(this.options.parent, `trail-${this.trails}`)
    this.trails += 1
    return new TrailCheck(directory, this.config, this.outcome)
  }

  private problem(cycle: number, problem: Problem): void {
    if (problem !== undefined) this.outcome.problems.push(`cycle ${cycle}: ${problem}`)
  }

  /** One cycle; `false` where the trail can't be opened or read any more. */
  private async once(cycle: number): Promise<boolean> {
    const { config, ordeal, outcome, random, trail } = this
    const load: Load = { directory: trail.directory, cycle, config }
    const child = await loadUntilKilled(ordeal, load, random)
    for (const problem of child.problems) this.problem(cycle, problem)
    outcome.refused += child.refused
    outcome.tried += child.issued
    this.problem(cycle, await ordeal.aftermath?.(load, random).catch(String))
    await trail.checkPublished(child.published)
    try {
      await trail.recover()
    } catch (cause) {
      outcome.failedVerifications += 1
      this.problem(cycle, `no recovery: ${String(cause)}`)
      trail.compare(cycle, child, [])
      return false
    }
    const events = await trail.read()
    trail.compare(cycle, child, events ?? [])
    if (events === undefined) return false
    this.problem(cycle, ordeal.evidence?.(events))
    outcome.cycles += 1
    return true
  }

  async run(): Promise<Outcome> {
    const { entriesMax = entriesMaxDefault, goesOn, onCycle } = this.options
    let isFinished = true
    for (let cycle = 0; this.kept < keptMax && goesOn(cycle); cycle += 1) {
      if (isFinished && cycle > 0) this.trail = this.fresh()
      const isWhole = await this.once(cycle)
      if (isWhole && cycle % cyclesBetweenVerifications === cyclesBetweenVerifications - 1) {
        await this.trail.verify()
      }
      isFinished = !isWhole || this.trail.size >= entriesMax
      if (isFinished) await this.finish()
      onCycle?.(this.outcome)
    }
    if (!isFinished) await this.finish()
    return this.outcome
  }

  private async finish(): Promise<void> {
    await this.trail.verify()
    if (this.trail.finish()) this.kept += 1
  }
}

/** Runs the cycles. A trail with a problem stays on the disk; the others are removed. */
export const runCycles = (ordeal: Ordeal, options: CycleOptions): Promise<Outcome> =>
  new Cycles(ordeal, options).run()
