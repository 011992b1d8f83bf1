import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { entryOf } from "../testing/PostgresRows.ts"
import { CopyRows } from "./CopyRows.ts"

const lastMillis = Date.UTC(9999, 11, 31, 23, 59, 59, 999)
const firstMillis = Date.parse("0000-01-01T00:00:00.000Z")

const headerBytes = 19
/** Where the instant lies in the first row: behind the count of columns, the trail, the sequence. */
const instantAt = headerBytes + 2 + 8 + 12 + 4

const chunksOf = (entries: ReadonlyArray<Uint8Array>, chunkBytes: number) => {
  const rows = new CopyRows(7, chunkBytes)
  const chunks: Array<Buffer> = []
  for (const [index, entry] of entries.entries()) {
    rows.add(index, entry)
    if (rows.isFull) chunks.push(rows.takeChunk())
  }
  return [...chunks, rows.takeLast()]
}

const whole = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }))

describe("CopyRows", () => {
  it.prop(
    "write any instant as microseconds since 2000",
    { millis: whole(firstMillis, lastMillis), micros: whole(0, 999) },
    ({ micros, millis }) => {
      const iso = new Date(millis).toISOString().slice(0, 23)
      const time = `${iso}${String(micros).padStart(3, "0")}Z`
      const bytes = Buffer.concat(chunksOf([entryOf(0, { time })], 1_000))
      const expected = (BigInt(millis) - BigInt(Date.UTC(2000))) * 1000n + BigInt(micros)
      assert.strictEqual(bytes.readBigInt64BE(instantAt), expected)
    },
  )

  it.prop(
    "are the same bytes in chunks of any length, for rows of any length",
    {
      sessions: Schema.Array(Schema.String),
      repeats: whole(1, 5_000),
      chunkBytes: whole(32, 100_000),
    },
    ({ chunkBytes, repeats, sessions }) => {
      const entries = sessions.map((session, index) =>
        entryOf(index, {
          session: `s${session.toWellFormed().repeat(repeats).slice(0, 65_000)}`,
          target: Array.from({ length: index * 10 }, (_, id) => ({ id: `${id}`, type: "T" })),
        }),
      )
      const chunks = chunksOf(entries, chunkBytes)
      assert.isTrue(Buffer.concat(chunks).equals(Buffer.concat(chunksOf(entries, 100_000_000))))
      for (const entry of entries) assert.isTrue(Buffer.concat(chunks).includes(entry))
    },
  )

  it("bear bytes that are no text, and no record", () => {
    const noise = Buffer.alloc(65_535, 0xff)
    const [bytes] = chunksOf([noise, Buffer.from("[]"), Buffer.from('{"actor":3,"target":[4]}')], 1)
    assert.isTrue(bytes?.includes(noise))
  })
})
