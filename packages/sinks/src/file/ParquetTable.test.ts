import * as zlib from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { parquetMetadata, parquetReadObjects } from "hyparquet"
import { eventColumns } from "./EventColumns.ts"
import { ParquetTable } from "./ParquetTable.ts"

const trail = "example.org/audit/table"

interface Row {
  readonly sequence: number
  readonly event: unknown
}

const write = (
  rows: ReadonlyArray<Row>,
  limits: { readonly rowsMax?: number; readonly bytesMax?: number } = {},
): ArrayBuffer => {
  const table = new ParquetTable({ trail, ...limits })
  const pieces: Array<Uint8Array> = []
  for (const { event, sequence } of rows) {
    table.add(sequence, Buffer.from(JSON.stringify(event)), event)
    pieces.push(table.take())
  }
  table.end()
  pieces.push(table.take())
  // A copy in memory of its own, as the reader wants it.
  return Uint8Array.from(Buffer.concat(pieces)).buffer
}

const read = (
  file: ArrayBuffer,
  parsers: { readonly timestampFromMicroseconds?: (micros: bigint) => unknown } = {},
) =>
  parquetReadObjects({
    file,
    parsers,
    compressors: { ZSTD: (bytes) => zlib.zstdDecompressSync(bytes) },
  })

const text = Schema.String
const rowSchema = Schema.Struct({
  reason: Schema.optionalKey(text),
  actor: Schema.Struct({ id: text, roles: Schema.optionalKey(Schema.Array(text)) }),
  target: Schema.optionalKey(Schema.Array(Schema.Struct({ id: text, type: text }))),
  data: Schema.optionalKey(Schema.Json),
})

describe("ParquetTable", () => {
  it("gives an event's members back, each in its column", async () => {
    const event = {
      id: "e1",
      time: "2026-11-21T09:30:00.123456789Z",
      type: "patient.record.read",
      actor: { id: "u-1", type: "user", roles: ["nurse", "clerk"] },
      target: [
        { id: "p-7", type: "Patient" },
        { id: "p-8", type: "Patient" },
      ],
      source: { ip: "192.0.2.7" },
      data: { line: 3 },
    }
    const [row, ...others] = await read(write([{ sequence: 41, event }]))
    assert.isEmpty(others)
    assert.deepInclude(row, {
      sequence: 41n,
      id: "e1",
      type: "patient.record.read",
      time: new Date("2026-11-21T09:30:00.123Z"),
      actor_id: "u-1",
      actor_roles: '["nurse","clerk"]',
      target_type: "Patient",
      target_id: "p-7",
      target: JSON.stringify(event.target),
      source_ip: "192.0.2.7",
      data: '{"line":3}',
      event: JSON.stringify(event),
      reason: null,
      observed: null,
    })
  })

  it("keeps an instant to the microsecond", async () => {
    const event = { time: "2026-11-21T09:30:00.123456789Z", observed: "2026-11-21T09:30:00Z" }
    const [row] = await read(write([{ sequence: 0, event }]), { timestampFromMicroseconds: String })
    assert.strictEqual(row?.["time"], `${Date.parse("2026-11-21T09:30:00.123Z")}456`)
    assert.strictEqual(row?.["observed"], `${Date.parse(event.observed)}000`)
  })

  it.effect.prop(
    "keeps every event's bytes, in order, however the rows are grouped",
    { events: Schema.Array(rowSchema), rowsMax: Schema.Literals([1, 2, 7, 1000]) },
    ({ events, rowsMax }) =>
      Effect.gen(function* () {
        const rows = events.map((event, index) => ({ sequence: index * 3, event }))
        const found = yield* Effect.promise(() => read(write(rows, { rowsMax })))
        assert.deepStrictEqual(
          found.map(({ event, sequence }) => [sequence, event]),
          rows.map(({ event, sequence }) => [BigInt(sequence), JSON.stringify(event)]),
        )
        assert.deepStrictEqual(
          found.map((row) => row["reason"]),
          // Canonical JSON has no half of a surrogate pair, and neither has UTF-8.
          events.map(({ reason }) => reason?.toWellFormed() ?? null),
        )
      }),
  )

  it("begins another group of rows when one is full, by count or by bytes", () => {
    const rows = Array.from({ length: 10 }, (_, sequence) => ({ sequence, event: { id: "x" } }))
    const groups = (limits: { readonly rowsMax?: number; readonly bytesMax?: number }) =>
      parquetMetadata(write(rows, limits)).row_groups.map(({ num_rows }) => Number(num_rows))
    assert.deepStrictEqual(groups({ rowsMax: 4 }), [4, 4, 2])
    assert.deepStrictEqual(groups({ bytesMax: 15 }), [2, 2, 2, 2, 2])
    assert.deepStrictEqual(groups({}), [10])
  })

  it("is a table also without rows, and takes what is no event", async () => {
    assert.deepStrictEqual(await read(write([])), [])
    const odd = ["text", null, 3, [], { time: "yesterday", actor: 5, target: {} }]
    const found = await read(write(odd.map((event, sequence) => ({ sequence, event }))))
    assert.strictEqual(found.length, odd.length)
    assert.strictEqual(found[4]?.["time"], null)
    assert.strictEqual(Object.keys(found[0] ?? {}).length, eventColumns.length + 2)
  })

  it("says of which trail it is", () => {
    const { key_value_metadata: members } = parquetMetadata(write([]))
    assert.deepStrictEqual(members, [{ key: "countersign.trail", value: trail }])
  })
})
