import type { Alert } from "@countersign/monitor/alert/Alert"
import { defaultRules } from "@countersign/monitor/alert/DefaultRules"
import type { AlertRule } from "@countersign/monitor/alert/AlertRule"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { assert, describe, it } from "@effect/vitest"
import { emptySnapshot } from "../engine/EmptySnapshot.ts"
import { alertGroups, pastReason, quietWords, stateWords, wantsSomebody } from "./AlertRows.ts"
import { alertSeries, chartShape } from "./AlertSeries.ts"
import { ruleWords, thresholdOf } from "./RuleWords.ts"

const ruleNamed = (name: string): AlertRule | undefined =>
  defaultRules.rules.find((rule) => rule.name === name)
const wordsOf = (name: string): string => {
  const rule = ruleNamed(name)
  return rule === undefined ? "" : ruleWords(rule).join(" ")
}

const series = 'countersign_log_sync_seconds{quantile="0.99"}'
const alert: Alert = {
  id: `log-sync-slow/${series}`,
  rule: "log-sync-slow",
  severity: "warning",
  state: "firing",
  summary: "slow",
  subject: series,
  value: 0.5,
  group: "log-sync-slow",
  sinceMillis: 1,
  changedMillis: 1,
  escalation: 0,
  evidence: [],
}
const frame = (second: number, value: number): Frame => ({
  sequence: second,
  atMillis: second * 1000,
  snapshot: { ...emptySnapshot, readings: [{ series, value }] },
})

describe("alerts in the page", () => {
  it("says that nothing is wrong only where an engine has said so", () => {
    assert.include(quietWords("engine", true), "Nothing is wrong")
    for (const words of [
      quietWords("engine", false),
      quietWords(undefined, false),
      quietWords("directory", true),
    ])
      assert.notInclude(words, "Nothing is wrong")
  })

  it("lets nobody take an alert of the past, or of a file", () => {
    assert.isUndefined(pastReason(false, false))
    assert.include(pastReason(true, false) ?? "", "back to now")
    assert.include(pastReason(true, true) ?? "", "close it")
    assert.include(pastReason(false, true) ?? "", "close it")
  })

  it("says each rule that comes along in words that name its metric and its bound", () => {
    for (const rule of defaultRules.rules) assert.isAbove(ruleWords(rule).join(" ").length, 40)
    assert.include(
      wordsOf("log-sync-slow"),
      "countersign_log_sync_seconds with quantile 0.99 is above 0.25. It must hold for 1m.",
    )
    assert.include(wordsOf("events-lost"), "the growth for each 10m is above 0")
    assert.include(wordsOf("engine-silent"), "nothing is heard of countersign_engine_open for 15s")
    assert.include(wordsOf("checkpoint-stalled"), "while countersign_trail_durable_entries over")
  })

  it("finds the series of an alert in the frames, and the bound on its scale", () => {
    const found = alertSeries(alert, ruleNamed("log-sync-slow"), [frame(1, 0.1), frame(2, 0.5)])
    assert.deepStrictEqual(
      found?.points.map(({ value }) => value),
      [0.1, 0.5],
    )
    assert.strictEqual(found?.bound, 0.25)
    assert.deepStrictEqual(thresholdOf(ruleNamed("log-sync-slow")), { bound: 0.25, is: "above" })
  })

  it("draws no bound that is not of the values, and nothing of what is in no frame", () => {
    const frames = [frame(1, 0.1)]
    const rate = ruleNamed("events-lost")
    assert.isUndefined(alertSeries(alert, rate, frames)?.bound)
    assert.isUndefined(alertSeries({ ...alert, subject: "x" }, rate, frames))
    assert.isUndefined(alertSeries(alert, ruleNamed("detection"), frames))
  })

  it("makes a line that has room for the bound, and one of a single value", () => {
    const points = [0, 10].map((second) => ({ atMillis: second, value: second }))
    const shape = chartShape({ series, points, bound: 20 }, { width: 100, height: 40 })
    assert.deepStrictEqual(shape, { line: "0.0,40 100.0,20", boundY: 0, low: 0, high: 20 })
    const flat = chartShape(
      { series, points: points.slice(0, 1), bound: undefined },
      { width: 100, height: 40 },
    )
    assert.strictEqual(flat.line, "0.0,20")
  })

  it("groups what is told together, the worst first, and counts who wants somebody", () => {
    const worse: Alert = { ...alert, id: "b", group: "b", severity: "critical" }
    const taken: Alert = { ...alert, id: "c", state: "acknowledged", acknowledgedBy: "u-1" }
    const groups = alertGroups([alert, taken, worse])
    assert.deepStrictEqual(
      groups.map(({ alerts }) => alerts.length),
      [1, 2],
    )
    assert.deepStrictEqual(
      wantsSomebody([alert, taken, worse]).map(({ id }) => id),
      ["b", alert.id],
    )
    assert.strictEqual(stateWords(taken), "with u-1")
  })
})
