/** `npm run conformance -- DIRECTORY`: cases of other tools, read by ours and compared. */
import { parseArgs } from "node:util"
import { runCase } from "./Case.ts"
import { casesBelow, readManifest } from "./Manifest.ts"

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { case: { type: "string" }, details: { type: "string", default: "6" } },
})
const [directory] = positionals
if (directory === undefined) {
  console.error("npm run conformance -- DIRECTORY [--case PART-OF-ITS-ID] [--details 6]")
  process.exit(2)
}

const counts = new Map<string, number>()
for (const each of casesBelow(directory)) {
  const manifest = readManifest(each)
  if (values.case !== undefined && !manifest.id.includes(values.case)) continue
  const { details, verdict } = runCase(manifest)
  counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  console.log(`${verdict.padEnd(14)} ${manifest.id}`)
  for (const detail of details.slice(0, Number(values.details))) {
    console.log(`               ${detail.slice(0, 400).replaceAll("\n", " / ")}`)
  }
}
const equal = counts.get("equal") ?? 0
const compared = [...counts].reduce(
  (sum, [verdict, count]) => (verdict === "no expectation" ? sum : sum + count),
  0,
)
console.log([...counts].map(([verdict, count]) => `${count} ${verdict}`).join(", "))
const explained = counts.get("explained") ?? 0
const share = (count: number): string => `${((100 * count) / compared).toFixed(1)} %`
console.log(`${equal} of ${compared} equal, ${share(equal)}`)
if (explained > 0) {
  console.log(
    `${equal + explained} with those whose differences are explained above, ${share(equal + explained)}`,
  )
}
process.exitCode = equal + explained === compared ? 0 : 1
