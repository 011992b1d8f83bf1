import { parseArgs } from "node:util"
import { fuzz } from "./Fuzzer.ts"
import { targets } from "./targets.ts"

const { values } = parseArgs({
  options: {
    target: { type: "string" },
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
  },
})
const chosen = targets.filter(({ name }) => values.target === undefined || name === values.target)
const seconds = Number(values.seconds)
const seed = Number(values.seed)
if (chosen.length === 0 || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error(`--target is one of ${targets.map(({ name }) => name).join(", ")};`)
  console.error("--seconds, of each target, is above 0; --seed is a whole number")
  process.exit(2)
}
console.log(`seed ${seed}, ${seconds} s a target`)
let findings = 0
for (const target of chosen) {
  const end = performance.now() + seconds * 1000
  const outcome = fuzz(target, seed, () => performance.now() < end)
  findings += outcome.findings.length
  console.log(
    `${target.name}: ${outcome.tried} inputs, ${outcome.accepted} accepted, ${outcome.findings.length} findings`,
  )
  for (const { input, stack } of outcome.findings) {
    console.log(`  input ${input.toString("hex")}\n  ${stack.replaceAll("\n", "\n  ")}`)
  }
}
process.exitCode = findings === 0 ? 0 : 1
