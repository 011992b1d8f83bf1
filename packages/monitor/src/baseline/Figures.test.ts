import { assert, describe, it } from "@effect/vitest"
import { betterOf, figuresOf, parsePick } from "./Figures.ts"

describe("a figure that is asked for", () => {
  it("is a path, which way is better, and a unit", () => {
    assert.deepStrictEqual(parsePick("a.b"), { name: "a.b", better: undefined, unit: "" })
    assert.deepStrictEqual(parsePick("a:higher:/s"), { name: "a", better: "higher", unit: "/s" })
    assert.deepStrictEqual(parsePick('s{quantile="0.5"}:lower:s'), {
      name: 's{quantile="0.5"}',
      better: "lower",
      unit: "s",
    })
    for (const none of ["", "a\nb", "x".repeat(201)]) assert.isUndefined(parsePick(none))
  })

  it("gets better the way its unit says, if it does", () => {
    const of = (better: string | undefined, ...units: ReadonlyArray<string>) => {
      for (const unit of units) assert.strictEqual(betterOf(unit), better, unit)
    }
    of("lower", "ns", "µs", "ms", "s", "MiB", "kB", "B", "bytes", "ns/op", "B/event")
    of("higher", "/s", "events/s", "MB/s", "MiB/s", "/min")
    of(undefined, "", "%", "×", "% slower", "ms/s", "runs")
  })
})

describe("the figures of a document", () => {
  const line = (
    name: string,
    ours: readonly [value: number, unit: string],
    goal: readonly [direction: string, unit: string, judged?: number],
  ) => ({
    name,
    ours: { value: ours[0], unit: ours[1] },
    goal: { direction: goal[0], unit: goal[1] },
    judged: goal[2] ?? ours[0],
  })

  it("are the lines of a benchmark, each with the way the figure gets better", () => {
    const lines = [
      line("durable", [9, "/s"], ["atLeast", "×", 1.4]),
      line("memory", [5, "MiB"], ["atMost", "MiB"]),
      line("width", [7, "columns"], ["atLeast", "columns"]),
      {},
    ]
    assert.deepStrictEqual(figuresOf({ lines }), [
      { name: "durable", better: "higher", unit: "/s", value: 9 },
      { name: "memory", better: "lower", unit: "MiB", value: 5 },
      { name: "width", better: "higher", unit: "columns", value: 7 },
    ])
  })

  it("are not turned round by a goal on a ratio or a difference", () => {
    const lines = [
      line("monitor-attached", [90_000, "/s"], ["atMost", "%", 1.2]),
      line("copybook-audit", [400, "MiB/s"], ["atMost", "% slower", 3]),
      line("size-clean", [8, "ms"], ["atLeast", "×", 0.7]),
      line("saved", [8, "ms"], ["atLeast", "ms", 2]),
      line("share", [40, "%"], ["atMost", "×", 2]),
    ]
    assert.deepStrictEqual(
      figuresOf({ lines }).map(({ better }) => better),
      ["higher", "higher", "lower", "lower", undefined],
    )
  })

  it("get better the way that is asked for, whatever a document says", () => {
    const lines = [line("durable", [9, "/s"], ["atLeast", "/s"])]
    const pick = (better: "lower" | undefined, unit = "") =>
      figuresOf({ lines }, [{ name: "durable", better, unit }])
    assert.deepStrictEqual(pick("lower"), [
      { name: "durable", better: "lower", unit: "/s", value: 9 },
    ])
    assert.deepStrictEqual(pick(undefined), figuresOf({ lines }))
    assert.strictEqual(pick("lower", "errors/s")[0]?.unit, "errors/s")
    const [plain] = figuresOf({ a: 1 }, [{ name: "a", better: undefined, unit: "" }])
    assert.isUndefined(plain?.better)
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
    const endless: unknown = JSON.parse('{"a": 1e999}')
    assert.strictEqual(figuresOf(endless, [pick("a")])[0]?.value, Infinity)
  })
})
