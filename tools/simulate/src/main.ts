/** `npm run simulate`: whole engines, their disks and their sinks, from seeds. */
import { parseArgs } from "node:util"
import { campaign, type Failure, shortestFailure } from "@countersign/core/simulation/Campaign"
import { canaries } from "@countersign/core/simulation/Canaries"

// Beyond these only the seeds are printed.
const explainedMax = 5

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    canary: { type: "string" },
  },
})
const seeds = Number(values.seeds)
const from = Number(values.seed)
const canary = values.canary === undefined ? undefined : canaries[values.canary]
const isUnknown = values.canary !== undefined && canary === undefined
if (!Number.isSafeInteger(seeds) || seeds < 1 || !Number.isSafeInteger(from) || isUnknown) {
  console.error("--seeds is how many, above 0; --seed, the first, is a whole number;")
  console.error(`--canary, a bug to be found, is one of ${Object.keys(canaries).join(", ")}`)
  process.exit(2)
}

const explain = async ({ findings, seed }: Failure): Promise<void> => {
  console.log(`seed ${seed}:`)
  for (const { checker, detail } of findings) console.log(`  ${checker}: ${detail}`)
  const shortest = await shortestFailure(seed, canary)
  if (shortest === undefined) return
  const { failure, steps } = shortest
  console.log(`  shortest: ${steps.length} steps, then ${failure.findings[0]?.detail}`)
  for (const { do: name, ...rest } of steps) console.log(`    ${name} ${JSON.stringify(rest)}`)
}

const startedMillis = performance.now()
const { failures, tally } = await campaign({
  from,
  seeds,
  // With a bug the first that shows it is enough.
  ...(canary === undefined ? {} : { canary, untilFirst: true }),
})
const seconds = (performance.now() - startedMillis) / 1000
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
if (failures.length > explainedMax) {
  console.log(
    `and of the seeds ${failures
      .slice(explainedMax)
      .map(({ seed }) => seed)
      .join(", ")}`,
  )
}
console.log(`findings             ${failures.length} of ${tally.seeds} seeds`)
const isFound = failures.length > 0
if (values.canary !== undefined) {
  console.log(`canary ${values.canary} ${isFound ? "found" : "NOT FOUND"}`)
}
process.exitCode = isFound === (canary !== undefined) ? 0 : 1
