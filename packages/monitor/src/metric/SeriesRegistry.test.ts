import { assert, describe, it } from "@effect/vitest"
import { MetricInvalid } from "./MetricInvalid.ts"
import { readingsOf } from "./Sample.ts"
import { SeriesRegistry } from "./SeriesRegistry.ts"

const make = (seriesMax = 100) => new SeriesRegistry(() => 0, seriesMax)

const readings = (registry: SeriesRegistry) => registry.samples(0).flatMap(readingsOf)

const refusal = (ask: () => unknown): string => {
  try {
    ask()
  } catch (cause) {
    if (cause instanceof MetricInvalid) return cause.message
  }
  throw new Error("it was taken")
}

describe("metrics of an application", () => {
  it("are the same object for the same name and labels, in whatever order", () => {
    const registry = make()
    const counter = registry.counter("letters_total", { from: "a", to: "b" })
    assert.strictEqual(registry.counter("letters_total", { to: "b", from: "a" }), counter)
    assert.notStrictEqual(registry.counter("letters_total", { from: "a", to: "c" }), counter)
    counter.add(3)
    assert.deepInclude(readings(registry), {
      name: "letters_total",
      labels: { from: "a", to: "b" },
      value: 3,
    })
  })

  it("give a recorder's count, sum and quantiles", () => {
    const registry = make()
    registry.recorder("letter_seconds").record(2)
    const named = new Map(
      readings(registry).map(({ labels, name, value }) => [
        `${name}/${labels["quantile"] ?? ""}`,
        value,
      ]),
    )
    assert.strictEqual(named.get("letter_seconds_count/"), 1)
    assert.strictEqual(named.get("letter_seconds_sum/"), 2)
    for (const quantile of ["0.5", "0.95", "0.99", "0.999"]) {
      assert.approximately(named.get(`letter_seconds/${quantile}`) ?? 0, 2, 0.02)
    }
  })

  it("share one series beyond the most that there may be", () => {
    const registry = make(2)
    for (let index = 0; index < 50; index++) {
      registry.counter("visits_total", { page: `p${index}` }).add()
    }
    registry.counter("visits_total", { page: "p0" }).add()
    assert.deepStrictEqual(
      readings(registry).map(({ labels, value }) => [labels["page"], value]),
      [
        ["p0", 2],
        ["p1", 1],
        ["other", 48],
      ],
    )
    assert.strictEqual(registry.overflow.value, 48)
  })

  it("are refused under a name that is none, or another's", () => {
    const registry = make()
    registry.counter("letters_total", { from: "a" })
    assert.match(
      refusal(() => registry.gauge("letters_total", { from: "a" })),
      /is a counter/,
    )
    assert.match(
      refusal(() => registry.counter("letters_total")),
      /the labels from.*given none/,
    )
    assert.match(
      refusal(() => registry.counter("letters_total", { to: "a" })),
      /given to/,
    )
    assert.match(
      refusal(() => registry.counter("2 letters")),
      /AUD-6001/,
    )
    assert.match(
      refusal(() => registry.counter("countersign_mine_total")),
      /own/,
    )
    assert.match(
      refusal(() => registry.counter("a_total", { quantile: "1" })),
      /quantile/,
    )
    assert.match(
      refusal(() => registry.counter("a_total", { "a-b": "1" })),
      /a-b/,
    )
    assert.match(
      refusal(() => registry.counter("a_total", { __name__: "1" })),
      /__name__/,
    )
    for (const taken of ["unit", "time_unit", "a__b"]) {
      assert.match(
        refusal(() => registry.gauge("room", { [taken]: "1" })),
        new RegExp(`called "${taken}"`),
      )
    }
    for (const wrong of ["letters__total", "letters_total_"]) {
      assert.match(
        refusal(() => registry.counter(wrong)),
        /single underscores/,
      )
    }
    assert.strictEqual(registry.samples(0).length, 1)
  })

  it("are refused where a recorder writes the same name", () => {
    const registry = make()
    registry.recorder("letter_seconds")
    assert.match(
      refusal(() => registry.gauge("letter_seconds_count")),
      /part of the recorder letter_seconds/,
    )
    registry.gauge("page_seconds_sum")
    assert.match(
      refusal(() => registry.recorder("page_seconds")),
      /page_seconds_sum/,
    )
  })

  it("may write to the table's own names, as the table has them", () => {
    const registry = make()
    registry.counter("countersign_http_slow_requests_total", { route: "/" }).add()
    assert.strictEqual(registry.samples(0)[0]?.instrument.kind, "counter")
    assert.match(
      refusal(() => registry.gauge("countersign_http_slow_requests_total")),
      /counter/,
    )
  })
})
