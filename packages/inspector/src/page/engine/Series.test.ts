import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { idleActor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import { emptySnapshot } from "./EmptySnapshot.ts"
import {
  actorPlans,
  alertMarks,
  chartNames,
  makeColumns,
  makeStateSpans,
  planKey,
  plansOf,
} from "./Series.ts"

const frame = (atMillis: number, given: Partial<Snapshot> = {}): Frame => ({
  sequence: atMillis,
  atMillis,
  snapshot: { ...emptySnapshot, ...given },
})
const reading = (series: string, value: number) => ({ series, value })
const flow = (perSecond: number) => [{ step: "accepted", total: 0, perSecond, behind: 0 }]

const snapshot: Snapshot = {
  ...emptySnapshot,
  flow: flow(5),
  readings: [
    reading('countersign_log_sync_seconds{quantile="0.5"}', 0.001),
    reading('countersign_log_sync_seconds{quantile="0.95"}', 0.002),
    reading('countersign_log_sync_seconds{quantile="0.99"}', 0.003),
    reading('countersign_log_sync_seconds{quantile="0.999"}', 0.004),
    reading('countersign_sql_query_seconds{operation="select",outcome="ok",quantile="0.5"}', 1),
    reading('countersign_process_gc_seconds{kind="minor",quantile="0.5"}', 1),
    reading('countersign_overhead_ratio{bound="estimate"}', 0.02),
    reading('countersign_overhead_ratio{bound="low"}', 0.01),
  ],
}

describe("the charts", () => {
  const labels = new Map(
    plansOf(snapshot).map(({ id, lines }) => [id, lines.map(({ label }) => label)]),
  )

  it("are others where another sink or series has the place of one", () => {
    const other = {
      ...snapshot,
      readings: snapshot.readings.map(({ series, value }) => ({
        series: series.replace('bound="low"', 'bound="high"'),
        value,
      })),
    }
    assert.lengthOf(other.readings, snapshot.readings.length)
    assert.notStrictEqual(chartNames(other), chartNames(snapshot))
    assert.strictEqual(chartNames({ ...snapshot, flow: flow(7) }), chartNames(snapshot))
  })

  it("are those that there are figures for", () => {
    assert.deepStrictEqual(
      [...labels.keys()],
      ["throughput", "countersign_log_sync", "countersign_sql_query", "sampling", "overhead"],
    )
  })

  it("show p50, p95 and p99 of each latency, by its labels where it has any", () => {
    assert.deepStrictEqual(labels.get("countersign_log_sync"), ["p50", "p95", "p99"])
    assert.deepStrictEqual(labels.get("countersign_sql_query"), ["select ok p50"])
    assert.deepStrictEqual(labels.get("overhead"), ["estimate", "low"])
  })

  it("have no more lines than can be told apart", () => {
    const steps = Array.from({ length: 40 }, (_, index) => ({
      step: `delivered ${index}`,
      total: 0,
      perSecond: 0,
      behind: 0,
    }))
    assert.lengthOf(plansOf({ ...emptySnapshot, flow: steps })[0]?.lines ?? [], 8)
  })

  it("stay the same while their lines do", () => {
    const later = { ...snapshot, flow: flow(9) }
    assert.strictEqual(planKey(plansOf(later)), planKey(plansOf(snapshot)))
    assert.notStrictEqual(planKey(plansOf(emptySnapshot)), planKey(plansOf(snapshot)))
  })
})

describe("columns", () => {
  it("have a figure of each frame since a moment, and a gap where there is none", () => {
    const columns = makeColumns(plansOf(snapshot))
    const history = [
      frame(500, { flow: flow(1) }),
      frame(1000, { flow: flow(5), readings: snapshot.readings }),
      frame(2000, { flow: [] }),
    ]
    const { times, values } = columns(history, 1000)
    assert.deepStrictEqual(times, [1, 2])
    assert.deepStrictEqual(values[0], [[5, null]])
    assert.deepStrictEqual(values[1]?.[2], [0.003, null])
  })

  it("read each frame once", () => {
    let reads = 0
    const columns = makeColumns([
      {
        id: "a",
        title: "",
        unit: "count",
        lines: [{ label: "", valueOf: () => ((reads += 1), 1) }],
      },
    ])
    const history = [frame(1000), frame(2000)]
    columns(history, 0)
    columns([...history, frame(3000)], 0)
    assert.strictEqual(reads, 3)
  })

  it("of an actor that is not there are gaps", () => {
    const { values } = makeColumns(actorPlans("log"))([frame(1000)], 0)
    assert.deepStrictEqual(values, [[[null]], [[null]], [[null]]])
  })
})

describe("marks of alerts", () => {
  const alert = (
    id: string,
    sinceMillis: number,
    given: { state?: "pending" | "firing" } = {},
  ) => ({
    id,
    rule: id,
    severity: "warning" as const,
    state: "firing" as const,
    summary: `${id} is high`,
    subject: id,
    value: 1,
    group: "",
    sinceMillis,
    changedMillis: sinceMillis,
    escalation: 0,
    evidence: [],
    ...given,
  })

  it("stand where each began, also of those that are over", () => {
    const lag = alert("lag", 900)
    const history = [
      frame(1000, { alerts: [lag] }),
      frame(2000, { alerts: [lag, alert("queue", 1500)] }),
      frame(3000, { alerts: [] }),
      frame(4000, { alerts: [alert("lag", 3500)] }),
    ]
    assert.deepStrictEqual(
      alertMarks(history, 900).map(({ atMillis, summary }) => [atMillis, summary]),
      [
        [900, "lag is high"],
        [1500, "queue is high"],
        [3500, "lag is high"],
      ],
    )
  })

  it("leave out those that nobody was told of, and those before", () => {
    const alerts = [alert("seen", 2000, { state: "pending" }), alert("old", 10)]
    assert.deepStrictEqual(alertMarks([frame(2000, { alerts })], 1000), [])
  })
})

describe("the states of an actor", () => {
  it("are spans, the newest first", () => {
    const actors = (state: "running" | "blocked", waitsOn: string | null) => [
      idleActor("pool", { state, waitsOn }),
    ]
    const spans = makeStateSpans("pool")([
      frame(1000, { actors: actors("running", null) }),
      frame(2000, { actors: actors("blocked", "log") }),
      frame(3000, { actors: actors("blocked", "log") }),
      frame(4000),
    ])
    assert.deepStrictEqual(spans, [
      { state: "blocked", waitsOn: "log", fromMillis: 2000, toMillis: 3000 },
      { state: "running", waitsOn: null, fromMillis: 1000, toMillis: 1000 },
    ])
  })
})
