/** `npm run fuzz`: mutated inputs into every reader of foreign bytes. */
import { availableParallelism } from "node:os"
import { parseArgs } from "node:util"
import { brotliCompressSync } from "node:zlib"
import type { Outcome } from "./Fuzzer.ts"
import { targets } from "./targets.ts"
import { fuzzWatched } from "./Watchdog.ts"

const hangMillis = 10_000
const mebibytesMax = 1024

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    jobs: { type: "string", default: String(availableParallelism()) },
  },
})
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
const seconds = Number(values.seconds)
const seed = Number(values.seed)
const jobs = Number(values.jobs)
const isCount = Number.isSafeInteger(jobs) && jobs > 0
if (chosen.length === 0 || !(seconds > 0) || !Number.isSafeInteger(seed) || !isCount) {
  console.error(`--target is one of ${targets.map(({ name }) => name).join(", ")};`)
  console.error("--seconds, of each target, is above 0; --seed is a whole number;")
  console.error("--jobs, targets at once, is a whole number above 0")
  process.exit(2)
}

const textOf = (input: Buffer): string =>
  input.byteLength <= 256
    ? `input ${input.toString("hex")}`
    : `input of ${input.byteLength} bytes, brotli and base64: ${brotliCompressSync(input).toString("base64")}`

const print = (name: string, { accepted, findings, tried }: Outcome): void => {
  console.log(`${name}: ${tried} inputs, ${accepted} accepted, ${findings.length} findings`)
  for (const { input, stack } of findings) {
    console.log(`  ${textOf(input)}\n  ${stack.replaceAll("\n", "\n  ")}`)
  }
}

console.log(`seed ${seed}, ${seconds} s a target, ${jobs} at once`)
const module = new URL("./targets.ts", import.meta.url).href
const waiting = [...chosen]
let findings = 0
const lane = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const outcome = await fuzzWatched({
      module,
      target: next.name,
      seconds,
      seed,
      hangMillis,
      mebibytesMax,
    })
    findings += outcome.findings.length
    print(next.name, outcome)
  }
}
await Promise.all(Array.from({ length: jobs }, lane))
process.exitCode = findings === 0 ? 0 : 1
