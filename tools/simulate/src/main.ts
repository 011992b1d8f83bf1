/** `npm run simulate`: whole engines, their disks and their sinks, from seeds. */
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { type Campaign, type Failure, shortestFailure } from "@countersign/core/simulation/Campaign"
import { canaries } from "@countersign/core/simulation/Canaries"
import { inThreads, type Share } from "./SimulationThread.ts"

// Beyond these only the seeds are printed.
const explainedMax = 5
const shareSeeds = 100
// A planted bug that so many seeds don't show would not be found at all.
const canarySeedsMax = 200

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
    canary: { type: "string" },
  },
})
const seeds = Number(values.seeds)
const from = Number(values.seed)
const jobs = Number(values.jobs)
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value > 0
const isUnknown = values.canary !== undefined && !Object.hasOwn(canaries, values.canary)
if (!isCount(seeds) || !isCount(jobs) || !Number.isSafeInteger(from) || isUnknown) {
  console.error("--seeds is how many, above 0; --seed, the first, is a whole number;")
  console.error("--jobs is how many threads; default: 2, at most the processors;")
  console.error(`--canary, a bug to be found, is one of ${Object.keys(canaries).join(", ")}`)
  process.exit(2)
}

const explain = async ({ findings, seed }: Failure): Promise<void> => {
  console.log(`seed ${seed}:`)
  for (const { checker, detail } of findings) console.log(`  ${checker}: ${detail}`)
  const shortest = await shortestFailure(seed)
  if (shortest === undefined) return
  const { failure, steps } = shortest
  console.log(`  shortest: ${steps.length} steps, then ${failure.findings[0]?.detail}`)
  for (const { do: name, ...rest } of steps) console.log(`    ${name} ${JSON.stringify(rest)}`)
}

const report = async ({ failures, tally }: Campaign, seconds: number): Promise<void> => {
  console.log(`seeds ${from} to ${from + tally.seeds - 1}, ${seconds.toFixed(1)} s`)
  console.log(`events offered       ${tally.offered}`)
  console.log(`events acknowledged  ${tally.acknowledged}, found ${tally.found}`)
  console.log(`records in trails    ${tally.records}`)
  console.log(`openings             ${tally.openings}`)
  console.log(`power losses asked   ${tally.probes}`)
  console.log(`checkpoints seen     ${tally.checkpoints}`)
  console.log("faults met")
  for (const [fault, count] of tally.faults) console.log(`  ${String(count).padStart(6)} ${fault}`)
  for (const failure of failures.slice(0, explainedMax)) await explain(failure)
  const others = failures.slice(explainedMax).map(({ seed }) => seed)
  if (others.length > 0) console.log(`and of the seeds ${others.join(", ")}`)
  console.log(`findings             ${failures.length} of ${tally.seeds} seeds`)
}

const isClean = async (): Promise<boolean> => {
  const startedMillis = performance.now()
  const shares = Array.from({ length: Math.ceil(seeds / shareSeeds) }, (_, index): Share => {
    const first = index * shareSeeds
    return { from: from + first, seeds: Math.min(shareSeeds, seeds - first) }
  })
  let done = 0
  const result = await inThreads(shares, jobs, (share) => {
    done += share.seeds
    if (done < seeds) console.error(`${done} of ${seeds} seeds`)
  })
  await report(result, (performance.now() - startedMillis) / 1000)
  return result.failures.length === 0
}

/** Whether each bug is found by the checker that is there for it. */
const areFound = async (names: ReadonlyArray<string>, seedsMax: number): Promise<boolean> => {
  const found = await Promise.all(
    names.map(async (canary) => {
      const { failures } = await inThreads([{ from, seeds: seedsMax, canary }], 1, () => undefined)
      const finding = failures
        .at(-1)
        ?.findings.find(({ checker }) => checker === canaries[canary]?.foundBy)
      const where = `by seed ${failures.at(-1)?.seed}: ${finding?.checker}: ${finding?.detail}`
      console.log(`canary ${canary} ${finding === undefined ? "NOT FOUND" : `found ${where}`}`)
      return finding !== undefined
    }),
  )
  return found.every((isFound) => isFound)
}

const isGood =
  values.canary === undefined
    ? (await isClean()) && (await areFound(Object.keys(canaries), canarySeedsMax))
    : await areFound([values.canary], seeds)
process.exitCode = isGood ? 0 : 1
