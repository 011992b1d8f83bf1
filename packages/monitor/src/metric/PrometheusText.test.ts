import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { withMetrics } from "../testing/MetricsFixture.ts"
import { promtool } from "../testing/Promtool.ts"
import { prometheusText } from "./Prometheus.ts"
import { withoutRepeats } from "./PrometheusText.ts"

const registered = Context.make(Metric.MetricRegistry, new Map())

const checked = (text: string): string =>
  execFileSync(promtool(), ["check", "metrics"], {
    input: text,
    encoding: "utf8",
    stdio: "pipe",
  })

const series = (text: string): ReadonlyArray<string> =>
  text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.slice(0, line.lastIndexOf(" ")))

describe("the text for Prometheus", () => {
  it("has each series once, and Prometheus' own parser takes it", () => {
    const counter = (name: string, attributes: Readonly<Record<string, string>>, by: number) =>
      Metric.counter(name, { description: `Of ${name}.`, attributes }).updateUnsafe(by, registered)
    const gauge = (name: string, attributes: Readonly<Record<string, string>>) =>
      Metric.gauge(name, { description: `Of ${name}.`, attributes }).updateUnsafe(1, registered)
    counter("letters_total", { to: "a", unit: "one" }, 1)
    counter("letters_total", { to: "a", unit: "two" }, 2)
    counter("letters_total", { to: "a", time_unit: "ms" }, 3)
    counter("letters_total", { to: "b" }, 4)
    counter("letters__total", { to: "b" }, 5)
    gauge("room_bytes", { a: "1", "b}": "}" })
    gauge("room_bytes", { "b ": "}", a: "1" })
    gauge("rooms", { a__b: "1", a_b: "2" })
    gauge("rooms", { a_b: '"b' })
    const summary = { maxAge: "1 minute", maxSize: 1, quantiles: [], description: "S." } as const
    Metric.summary("letter_seconds", summary).updateUnsafe(1, registered)
    gauge("letter_seconds_sum", {})
    const text = PrometheusMetrics.formatUnsafe(registered)
    assert.throws(() => checked(text), /letter_seconds_sum|duplicate/)
    const once = withoutRepeats(text)
    assert.deepStrictEqual(series(once), [
      'letters_total{to="a"}',
      'letters_total{to="b"}',
      'room_bytes{a="1",b_="}"}',
      'rooms{a_b="\\"b"}',
      "letter_seconds_sum",
      "letter_seconds_count",
    ])
    assert.include(once, 'letters_total{to="a"} 1\n')
    assert.match(once, /# 6 series left out: [^\n]+\n$/)
    checked(once)
  })

  it("is left as it is where nothing comes twice", () => {
    const text = '# HELP a A.\n# TYPE a gauge\na{b="1"} 1\na{b="2"} 1\na 1\n'
    assert.strictEqual(withoutRepeats(text), text)
    assert.strictEqual(withoutRepeats(""), "")
  })

  it.live("is what a program's own metrics of the same names leave valid", () =>
    withMetrics(
      () =>
        Effect.gen(function* () {
          const mine = Metric.gauge("countersign_engine_open", { attributes: { unit: "mine" } })
          yield* Metric.update(mine, 7)
          yield* Effect.sleep("50 millis")
          const text = yield* prometheusText
          const all = series(text)
          assert.strictEqual(new Set(all).size, all.length)
          assert.include(text, "countersign_engine_open 1\n")
          checked(text)
        }),
      { metrics: { interval: "10 millis" } },
    ),
  )
})
