import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Snapshot } from "./Snapshot.ts"
import { advance, between, type Frame, patch, sharing, updateFrom } from "./Update.ts"

/** Snapshots whose rows have few names, so that two of them share some. */
const name = Schema.Literals(["a", "b", "c", "__proto__"])
const Readings = Schema.Array(
  Schema.Struct({ series: name, value: Schema.Literals([0, 1, 2]) }),
).check(Schema.isMaxLength(4))

const empty: Snapshot = {
  engine: {
    state: "open",
    detail: "",
    durableSize: 0,
    publishedSize: 0,
    publishedMillis: null,
    verification: null,
    samplingRate: 1,
    waiting: 0,
    walSegments: 1,
    walAbandoned: 0,
    slabs: 0,
    slabsMax: 4,
    systemRecords: 1,
  },
  flow: [],
  ledger: [],
  actors: [],
  sinks: [],
  readings: [],
  readingsLeftOut: 0,
  baselines: [],
  alerts: [],
  alertsLeftOut: 0,
  findings: [],
}

/** Each series once, as frames have it. */
const unique = (rows: typeof Readings.Type): Snapshot["readings"] =>
  [...new Map(rows.map((row) => [row.series, row])).values()].toSorted((left, right) =>
    left.series < right.series ? -1 : 1,
  )

const sorted = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  readings: snapshot.readings.toSorted((left, right) => (left.series < right.series ? -1 : 1)),
})

const frame = (sequence: number, snapshot: Snapshot): Frame => ({
  sequence,
  atMillis: sequence * 1000,
  snapshot,
})

describe("Update", () => {
  it.prop(
    "brings whoever has one snapshot to another",
    [Readings, Readings, Schema.Int, Schema.Int],
    ([one, other, before, after]) => {
      const from = {
        ...empty,
        readings: unique(one),
        engine: { ...empty.engine, waiting: before },
        alertsLeftOut: Math.abs(before),
      }
      const to = {
        ...empty,
        readings: unique(other),
        engine: { ...empty.engine, waiting: after },
        alertsLeftOut: Math.abs(after),
      }
      assert.deepStrictEqual(sorted(patch(from, between(from, to))), sorted(to))
    },
    { arbitrary: { runs: 300, seed: 7 } },
  )

  it("sends nothing of what has not changed", () => {
    const rows = [{ series: "a", value: 1 }]
    const from = { ...empty, readings: rows, flow: [] }
    assert.deepStrictEqual(between(from, { ...empty, readings: [{ series: "a", value: 1 }] }), {})
    assert.deepStrictEqual(between(from, { ...empty, readings: [{ series: "a", value: 2 }] }), {
      readings: { put: [{ series: "a", value: 2 }], gone: [] },
    })
    assert.deepStrictEqual(between(from, empty), { readings: { put: [], gone: ["a"] } })
  })

  it("holds a value that is no number for the same as itself", () => {
    const odd = { ...empty, readings: [{ series: "a", value: Number.NaN }] }
    assert.deepStrictEqual(between(odd, structuredClone(odd)), {})
  })

  it("is refused by a viewer that does not have the frame it is about", () => {
    const [one, two, three] = [1, 2, 3].map((waiting) =>
      frame(waiting, { ...empty, engine: { ...empty.engine, waiting } }),
    ) as [Frame, Frame, Frame] // as many as numbers above
    const full = updateFrom(undefined, one)
    assert.strictEqual(full._tag, "Full")
    const seen = advance(undefined, full)
    assert.deepStrictEqual(seen, one)
    assert.deepStrictEqual(advance(seen, updateFrom(one, three)), three)
    assert.isUndefined(advance(seen, updateFrom(two, three)))
  })

  it("keeps the rows of an earlier snapshot where they are equal", () => {
    const before = {
      ...empty,
      readings: [
        { series: "a", value: 1 },
        { series: "b", value: 1 },
      ],
    }
    const same = sharing(before, structuredClone(before))
    assert.strictEqual(same.readings, before.readings)
    assert.strictEqual(same.engine, before.engine)
    const after = structuredClone(before)
    const changed = sharing(before, {
      ...after,
      readings: [
        { series: "a", value: 1 },
        { series: "b", value: 2 },
      ],
    })
    assert.strictEqual(changed.readings[0], before.readings[0])
    assert.deepStrictEqual(changed.readings[1], { series: "b", value: 2 })
  })

  it("survives the wire, whatever number a metric gives", () => {
    const codec = Schema.fromJsonString(Schema.toCodecJson(Snapshot))
    const odd = {
      ...empty,
      readings: [Number.NaN, Infinity, -0.5].map((value, index) => ({
        series: `s${index}`,
        value,
      })),
    }
    const text = Schema.encodeSync(codec)(odd)
    assert.deepStrictEqual(Schema.decodeSync(codec)(text), odd)
  })
})
