import { harmless, ids, mutationsOf } from "./mutations.ts"
import { watchWriter } from "./beside.ts"
import { scoreKeys } from "./keys.ts"
import { scoreRows } from "./rows.ts"
import { makeSample } from "./sample.ts"
import { score, summed } from "./score.ts"
import { isAsPromised, scoreWitnessed } from "./witnessed.ts"

// `--step 100` tries each hundredth byte and tenth entry.
const at = process.argv.indexOf("--step")
const step = at < 0 ? 1 : Number(process.argv[at + 1])
if (!Number.isSafeInteger(step) || step < 1) throw new Error("--step takes a whole number from 1")

const sample = await makeSample(600)
const rows = summed([
  ...(await score(mutationsOf(sample, step))),
  ...(await scoreKeys(Math.max(10, step))),
  // Each takes three ways through a database.
  await scoreRows(step === 1 ? 4 : 16),
])
console.log("id     tried   caught   missed")
for (const { caught, id, missed, tried } of rows) {
  const cells = [tried, caught, missed.length].map((count) => String(count).padStart(8))
  console.log(`${id.padEnd(4)}${cells.join(" ")}`)
  for (const sentence of missed.slice(0, 5)) console.log(`     missed: ${sentence}`)
}
const [same] = await score(harmless(sample))
for (const sentence of same?.missed ?? []) console.log(`same meaning, not counted: ${sentence}`)
const watched = await watchWriter(step === 1 ? 5000 : 2000)
console.log(
  `while an engine writes: ${watched.verified} verifications, ${watched.alarms.length} false alarms`,
)
for (const alarm of watched.alarms.slice(0, 5)) console.log(`     ${alarm}`)
const witnessed = await scoreWitnessed(sample, Math.ceil(step / 10))
console.log("right in itself, made with the log's own key; caught by verify")
console.log("id     tried    alone   --policy   --policy --ask-witnesses")
for (const [at, { caught, id, tried }] of witnessed.asked.entries()) {
  const [alone, policy] = [witnessed.alone[at], witnessed.policy[at]].map((row) => row?.caught)
  const cells = [tried, alone, policy].map((count) => String(count).padStart(8))
  console.log(`${id.padEnd(4)}${cells.join(" ")}   ${String(caught).padStart(8)}`)
}
console.log("not tried: the salt of T7, as events have none")
const tried = rows.reduce((sum, row) => sum + row.tried, 0)
const caught = rows.reduce((sum, row) => sum + row.caught, 0)
console.log(`caught ${caught} of ${tried}`)
process.exitCode =
  rows.length === ids.length + 1 &&
  caught === tried &&
  watched.alarms.length === 0 &&
  isAsPromised(witnessed)
    ? 0
    : 1
