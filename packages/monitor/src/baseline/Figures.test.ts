import { assert, describe, it } from "@effect/vitest"
import { figuresOf, parsePick } from "./Figures.ts"

describe("a figure that is asked for", () => {
  it("is a path, which way is better, and a unit", () => {
    assert.deepStrictEqual(parsePick("a.b"), { name: "a.b", better: "lower", unit: "" })
    assert.deepStrictEqual(parsePick("a:higher:/s"), { name: "a", better: "higher", unit: "/s" })
    assert.deepStrictEqual(parsePick('s{quantile="0.5"}:lower:s'), {
      name: 's{quantile="0.5"}',
      better: "lower",
      unit: "s",
    })
    assert.isUndefined(parsePick(""))
  })
})

describe("the figures of a document", () => {
  it("are the lines of a benchmark, each with the way its goal points", () => {
    const line = (name: string, direction: string, value: number, unit: string) => ({
      name,
      ours: { value, unit },
      goal: { direction },
    })
    const lines = [line("durable", "atLeast", 9, "/s"), line("memory", "atMost", 5, "MiB"), {}]
    assert.deepStrictEqual(figuresOf({ lines }), [
      { name: "durable", better: "higher", unit: "/s", value: 9 },
      { name: "memory", better: "lower", unit: "MiB", value: 5 },
    ])
    const [picked] = figuresOf({ lines }, [{ name: "durable", better: "lower", unit: "" }])
    assert.strictEqual(picked?.better, "higher", "the document knows better")
  })

  it("are the latencies and the rate of a load", () => {
    const report = {
      format: "countersign-load-1",
      latency: { p50: 1, p95: 2, p99: 3, p999: 4, max: 5 },
      rate: { achievedPerSecond: 1000 },
    }
    assert.deepStrictEqual(
      figuresOf(report).map(({ better, name, value }) => [name, better, value]),
      [
        ["latency.p50", "lower", 1],
        ["latency.p95", "lower", 2],
        ["latency.p99", "lower", 3],
        ["latency.p999", "lower", 4],
        ["rate.achievedPerSecond", "higher", 1000],
      ],
    )
    assert.deepStrictEqual(figuresOf({ ...report, format: "another" }), [])
  })

  it("are series by their names, and any number by its path; nothing else", () => {
    const readings = [{ name: "s", labels: { sink: "pg" }, value: 2 }]
    const pick = (name: string) => ({ name, better: "lower" as const, unit: "" })
    assert.strictEqual(figuresOf({ readings }, [pick('s{sink="pg"}')])[0]?.value, 2)
    assert.strictEqual(figuresOf({ a: { b: 3 } }, [pick("a.b")])[0]?.value, 3)
    assert.deepStrictEqual(figuresOf({ a: "3" }, [pick("a"), pick("a.b"), pick("toString")]), [])
    assert.deepStrictEqual(figuresOf(null, [pick("a")]), [])
  })
})
