import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { defaultRules } from "./DefaultRules.ts"
import { formatRuleProblem } from "./InvalidAlertRules.ts"
import * as RuleFile from "./RuleFile.ts"

const problems = (text: string): ReadonlyArray<string> =>
  Result.match(RuleFile.fromYaml(text, "rules.yaml"), {
    onSuccess: () => [],
    onFailure: (error) => error.problems.map(formatRuleProblem),
  })

const rule = `rules:
  - name: lag
    kind: threshold
    of: { metric: countersign_sink_lag_records }
    is: above
    bound: 10
    summary: it lags
`

describe("RuleFile", () => {
  it("reads YAML, and JSON, which is YAML too", () => {
    assert.deepStrictEqual(problems(rule), [])
    assert.deepStrictEqual(problems(JSON.stringify(defaultRules)), [])
    assert.deepStrictEqual(problems(""), ["rules.yaml:1:1: rules: Missing key"])
  })

  it("writes rules that it reads as the same", () => {
    const text = RuleFile.toYaml(defaultRules)
    assert.deepStrictEqual(Result.getOrThrow(RuleFile.fromYaml(text, "rules.yaml")), defaultRules)
  })

  it("names every problem at its line and column", () => {
    const found = problems(
      rule.replace("bound: 10", "bound: ten").replace("summary: it lags", "sumary: it lags"),
    )
    assert.lengthOf(found, 3)
    assert.match(found.join("\n"), /rules\.yaml:6:12: rules\[0\]\.bound: Expected /)
    assert.match(found.join("\n"), /rules\.yaml:7:13: rules\[0\]\.sumary: there is no such member/)
    assert.match(found.join("\n"), /rules\.yaml:2:5: rules\[0\]\.summary: Missing key/)
  })

  it("names a kind that there is not", () => {
    assert.deepStrictEqual(problems(rule.replace("threshold", "treshold")), [
      'rules.yaml:3:11: rules[0].kind: "treshold" is none; there are threshold, rate, absence, ratio, burn-rate, change, finding',
    ])
    assert.include(problems(rule.replace("kind: threshold", "isOn: true"))[0], "kind: is missing")
  })

  it("names a metric that there is not, and the one that was meant", () => {
    assert.deepStrictEqual(problems(rule.replace("lag_records", "lag_record")), [
      "rules.yaml:4:19: rules[0].of.metric: there is no metric countersign_sink_lag_record; do you mean countersign_sink_lag_records?",
    ])
    const beside =
      "    while: { of: { metric: a }, to: { metric: countersign_ma }, is: above, bound: 1 }\n"
    assert.match(
      problems(`${rule}${beside}`)[0] ?? "",
      /rules\[0\]\.while\.to\.metric: there is no/,
    )
    assert.isEmpty(problems(rule.replace("countersign_sink_lag_records", "orders_waiting")))
    assert.isEmpty(
      problems(rule.replace("countersign_sink_lag_records", "countersign_publish_seconds_count")),
    )
  })

  it("refuses what does not fit together", () => {
    const more = (text: string) =>
      problems(`${rule}${text}`).map((each) => each.split(": ").slice(1))
    for (const [text, path] of [
      ["    for: 90\n", "rules[0].for"],
      ["    for: 32d\n", "rules[0].for"],
      [
        "    escalate: [{ after: 5m, notify: [a] }, { after: 5m, notify: [b] }]\n",
        "rules[0].escalate[1].after",
      ],
      [
        "suppressions: [{ name: x, from: '22:00', to: '06:00', timeZone: Mars/Olympus }]\n",
        "suppressions[0].timeZone",
      ],
      ["suppressions: [{ name: x, from: '24:00', to: '06:00' }]\n", "suppressions[0].from"],
      [
        "suppressions: [{ name: x, start: '2026-11-21T12:00:00Z', end: '2026-11-21T12:00:00Z' }]\n",
        "suppressions[0].end",
      ],
    ] as const) {
      assert.include(more(text)[0]?.[0], path, text)
    }
    assert.include(
      problems(rule.replace("it lags", "'{valeu} is much'"))[0],
      "{valeu} stands for nothing",
    )
    assert.include(problems(`${rule}${rule.slice("rules:\n".length)}`)[0], "there is another lag")
  })

  it("refuses what is no plain YAML, with its place", () => {
    assert.match(problems("rules: [\n")[0] ?? "", /^rules\.yaml:\d:\d+: /)
    for (const text of ["rules: &a []\n", "a: &a 1\nrules: *a\n", "rules: !!seq []\n"]) {
      assert.include(problems(text)[0], "an anchor, an alias or a tag", text)
    }
    assert.include(problems(`# ${"x".repeat(RuleFile.ruleFileBytesMax)}`)[0], "more than")
  })

  it("reads the file of the document", () => {
    const file = path.join(import.meta.dirname, "../../../../docs/alerts.md")
    const [, text = ""] = /```yaml\n(.*?)```/s.exec(fs.readFileSync(file, "utf8")) ?? []
    assert.include(text, "burn-rate")
    assert.deepStrictEqual(problems(text), [])
  })

  it("has a JSON Schema for editors", () => {
    const text = JSON.stringify(RuleFile.ruleSchema())
    for (const word of ["burn-rate", "escalate", "suppressions", "2020-12"]) {
      assert.include(text, word)
    }
  })
})
