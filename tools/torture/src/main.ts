/** `npm run torture`: kills processes that load a trail, and counts what that cost. */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { isSound, killNine, type Outcome } from "./killNine.ts"
import { scenarios } from "./scenarios.ts"

const { values } = parseArgs({
  options: {
    cycles: { type: "string", default: "100" },
    scenario: { type: "string" },
    seed: { type: "string", default: "20261121" },
  },
})
const given = Number(values.cycles)
const seed = Number(values.seed)
const names = Object.keys(scenarios)
const isKnown = values.scenario === undefined || names.includes(values.scenario)
if (!Number.isSafeInteger(given) || given < 1 || !Number.isSafeInteger(seed) || !isKnown) {
  console.error(`give --cycles 1 or more, --seed an integer, --scenario of ${names.join(", ")}`)
  process.exit(2)
}

const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-torture-"))
const outcomes: Array<Outcome> = []
for (const [name, { cyclesMax, ...rest }] of Object.entries(scenarios)) {
  if (values.scenario !== undefined && values.scenario !== name) continue
  const cycles = Math.min(given, cyclesMax)
  const room = path.join(parent, name)
  fs.mkdirSync(room)
  const outcome = await killNine({ parent: room, cycles, seed, ...rest })
  outcomes.push(outcome)
  console.log(`${name}: ${isSound(outcome) ? "sound" : "NOT SOUND"}, ${cycles} cycles`)
  for (const problem of outcome.problems) console.log(`  ${problem}`)
}

const sum = (figure: (outcome: Outcome) => number): number =>
  outcomes.reduce((total, outcome) => total + figure(outcome), 0)
const recoveries = outcomes.flatMap((one) => one.recoveryMillis).toSorted((a, b) => a - b)
const median = recoveries[Math.floor(recoveries.length / 2)] ?? 0
console.log(`seed ${seed}
cycles ${sum((one) => one.cycles)}
acknowledged ${sum((one) => one.acknowledged)}
found ${sum((one) => one.found)}
lost ${sum((one) => one.lost)}
invented ${sum((one) => one.invented)}
out of order ${sum((one) => one.disordered)}
failed verifications ${sum((one) => one.failedVerifications)}
recovery median ${median.toFixed(1)} ms, max ${(recoveries.at(-1) ?? 0).toFixed(1)} ms`)

if (outcomes.every(isSound)) fs.rmSync(parent, { recursive: true })
else {
  console.log(`the trails are in ${parent}`)
  process.exitCode = 1
}
