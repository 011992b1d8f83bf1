/** All scenarios on one configuration, and what came of them. */
import * as fs from "node:fs"
import { availableParallelism } from "node:os"
import * as path from "node:path"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import type { CycleOptions } from "./Cycles.ts"
import { emptyOutcome, isSound, type Outcome, sumOf } from "./Outcome.ts"
import { type Scenario, scenarios } from "./Scenarios.ts"

/** Of the time; the rest is for the kills under load. */
const shareOfOthers = 0.6

/** A second trail is loaded while the first one recovers; more would only wait for each other. */
const lanesMax = 2
const laneSeedStep = 0x9e37_79b9

export interface TortureOptions {
  readonly config: AuditConfigInput
  /** A directory of its own, on the disk that matters. */
  readonly scratch: string
  /** So many cycles of each scenario, as far as it has so many. */
  readonly cycles: number
  /** The last scenario, which has no end of its own, ends then. Monotonic milliseconds. */
  readonly endMillis: number
  /** Only this one. */
  readonly scenario: string | undefined
  readonly seed: number
  /** Told how a scenario stands, whenever that changes. */
  readonly progress: (scenario: Scenario, cycles: number) => void
  readonly finished: (result: ScenarioResult) => void
}

export interface ScenarioResult {
  readonly name: string
  readonly harm: string
  readonly verdict: "sound" | "not sound" | "not run"
  /** Why it was not run. */
  readonly lack: string | undefined
  readonly outcome: Outcome
}

export const scenarioNames: ReadonlyArray<string> = scenarios.map(({ name }) => name)

const notRun = ({ harm, name }: Scenario, lack: string): ScenarioResult => ({
  name,
  harm,
  verdict: "not run",
  lack,
  outcome: sumOf([]),
})

const runOne = async (scenario: Scenario, options: TortureOptions): Promise<ScenarioResult> => {
  const { config, cycles, endMillis, progress, scratch, seed } = options
  const { cyclesMax, harm, name } = scenario
  const most = Math.min(cycles, cyclesMax)
  const isLast = cyclesMax === Infinity
  let begun = 0
  const goesOn = (): boolean => {
    const isTime = begun === 0 || !isLast || performance.now() < endMillis
    if (begun >= most || !isTime) return false
    begun += 1
    return true
  }
  const done = new Map<number, number>()
  const lane = async (index: number): Promise<Outcome> => {
    const parent = path.join(scratch, `${name}-${index}`)
    fs.mkdirSync(parent)
    const options: CycleOptions = {
      parent,
      config,
      goesOn,
      seed: (seed + index * laneSeedStep) >>> 0,
      onCycle: (outcome) => {
        done.set(index, outcome.cycles)
        progress(
          scenario,
          [...done.values()].reduce((sum, one) => sum + one, 0),
        )
      },
    }
    return scenario.run(options).catch((cause: unknown) => {
      // One scenario that ends by itself must not take the report of the others with it.
      const outcome = emptyOutcome()
      outcome.problems.push(`ended by itself: ${String(cause)}`)
      return outcome
    })
  }
  const lanes = isLast ? Math.min(lanesMax, availableParallelism(), most) : 1
  const outcome = sumOf(await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index))))
  const verdict = isSound(outcome) ? "sound" : "not sound"
  return { name, harm, verdict, lack: undefined, outcome }
}

/** Runs the scenarios one after the other. What is wrong stays in the scratch directory. */
export const torture = async (options: TortureOptions): Promise<ReadonlyArray<ScenarioResult>> => {
  const results: Array<ScenarioResult> = []
  const began = performance.now()
  const lateMillis = began + (options.endMillis - began) * shareOfOthers
  for (const scenario of scenarios) {
    if (options.scenario !== undefined && options.scenario !== scenario.name) continue
    const isLate = scenario.cyclesMax < Infinity && performance.now() >= lateMillis
    const lack = isLate ? "no time was left" : scenario.lack?.()
    const result = lack === undefined ? await runOne(scenario, options) : notRun(scenario, lack)
    options.finished(result)
    results.push(result)
  }
  return results
}
