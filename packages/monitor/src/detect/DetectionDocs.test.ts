import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { defaultRules } from "./DefaultRules.ts"
import { DetectionRule, parseRules } from "./DetectionRule.ts"

const page = readFileSync(new URL("../../../../docs/detection.md", import.meta.url), "utf8")

const part = (name: string): string =>
  new RegExp(
    `<!-- detection ${name}: checked by a test -->\\n([^]*?)<!-- detection ${name}: end -->`,
  ).exec(page)?.[1] ?? ""

/** What makes a rule's bound, as the table says it. */
const boundOf = (rule: DetectionRule): string => {
  switch (rule.kind) {
    case "count":
      return `${rule.atLeast}${rule.sum === undefined ? "" : ` by \`${rule.sum}\``} within ${rule.within}`
    case "schedule":
      return `${rule.atLeast} within ${rule.within}, outside of ${rule.open.from} to ${rule.open.to} ${rule.open.zone}`
    case "distinct":
      return `${rule.atLeast} of \`${String(rule.of)}\` within ${rule.within}`
    case "sequence":
      return `within ${rule.within}`
    case "first-seen":
      return `after ${rule.minimum} events; fewer than ${(rule.rareBelow ?? 1) * 100} % of the keys had it`
    case "travel":
      return `${rule.kilometresAtLeast} km, ${rule.kilometresPerHour} km/h`
    case "absence":
      return `nothing within ${rule.within} after ${rule.minimum} events`
    case "baseline":
      return `${rule.score} deviations and ${rule.atLeast} in ${rule.every}, after ${rule.minimum} periods`
    case "reputation":
      return "any"
  }
}

const cell = (text: string): string => text.replaceAll("|", "\\|")

const rowOf = (rule: DetectionRule): string => {
  const filter = rule.kind === "sequence" ? `${rule.first}\`, then \`${rule.when}` : rule.when
  return `| \`${rule.name}\` | ${rule.kind} | \`${cell(filter)}\` | \`${String(rule.by)}\` | ${boundOf(rule)} | ${rule.severity} | ${rule.confidence} | ${rule.technique ?? ""} |`
}

const table = [
  "",
  "| rule | kind | looks at | by | bound | severity | confidence | technique |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
  ...defaultRules.map(rowOf),
  "",
  "",
].join("\n")

describe("docs/detection.md", () => {
  it("has the rules that come along, as they are", () => assert.strictEqual(part("rules"), table))

  it("has each kind with its members", () => {
    const shared = new Set([
      "kind",
      "name",
      "summary",
      "severity",
      "confidence",
      "technique",
      "when",
      "by",
      "quiet",
    ])
    const rows = [...part("kinds").matchAll(/^\| `([a-z-]+)` \| .* \|(.*)\|$/gm)].map(
      ([, kind, members = ""]) => [
        kind,
        [...members.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(),
      ],
    )
    const kinds = DetectionRule.members.map(({ fields }) => [
      fields.kind.literal,
      Object.keys(fields)
        .filter((name) => !shared.has(name))
        .sort(),
    ])
    assert.deepStrictEqual(rows, kinds)
  })

  it("shows a rule that is one", () => {
    const [, yaml = ""] = /```yaml\n([^]*?)```/.exec(page) ?? []
    const members = [...yaml.matchAll(/^ {2}[ -] (\w+): (.+)$/gm)].map(
      ([, name = "", value = ""]) => [
        name,
        name === "confidence" || name === "atLeast" ? Number(value) : value,
      ],
    )
    const parsed = parseRules({ rules: [Object.fromEntries(members)] }, "docs")
    assert.isTrue(Result.isSuccess(parsed), String(parsed))
  })
})
