import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { asciiFields, bytesOf } from "../testing/FramedFile.ts"
import { makeFramer } from "./Framer.ts"
import type { FieldReader } from "./Framing.ts"
import { hex } from "./FramingFault.ts"
import type { RecordBatch } from "./RecordBatch.ts"
import { bySegment, makeSegments, selectSegments, type SegmentOptions } from "./Segments.ts"

/** `ID` is the third character, `KIND` the fourth. */
const fields: FieldReader = {
  ...asciiFields,
  textOf: (path) => {
    if (path !== "KIND") return asciiFields.textOf(path)
    return (bytes, start, available) =>
      available < 4 ? null : String.fromCharCode(bytes[start + 3] ?? 0)
  },
}

const made = (options: Partial<SegmentOptions> = {}) =>
  makeSegments(
    { fields: ["ID"], views: { COMPANY: ["C"], CONTACT: ["P", "Q"] }, ...options },
    fields,
  )

const batchOf = (text: string): RecordBatch => {
  const framer = Result.getOrThrow(makeFramer({ kind: "lines" }))
  const [batch = assert.fail("no batch")] = framer.push(Buffer.from(text), true)
  return batch
}

const textsOf = ({ bytes, count, lengths, starts }: RecordBatch): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, index) => {
    const start = starts[index] ?? 0
    return Buffer.from(bytes.subarray(start, start + (lengths[index] ?? 0))).toString()
  })

describe("segments", () => {
  it("are told by a field, and read by a view", () => {
    const segments = Result.getOrThrow(made())
    assert.strictEqual(segments.idOf(Buffer.from("..P"), 0, 3), "P")
    assert.strictEqual(segments.viewOf("Q"), "CONTACT")
    assert.isUndefined(segments.viewOf("X"))
    assert.isUndefined(segments.idOf(Buffer.from(".."), 0, 2))
    assert.deepStrictEqual(segments.views, ["COMPANY", "CONTACT"])
  })

  it("are told by several fields together", () => {
    const segments = Result.getOrThrow(made({ fields: ["ID", "KIND"], views: { A: ["C|1"] } }))
    assert.strictEqual(segments.idOf(Buffer.from("..C1"), 0, 4), "C|1")
    assert.strictEqual(segments.viewOf("C|1"), "A")
  })

  it("part a batch, and each record keeps its number and place", () => {
    const batch = batchOf("..C1\n..P2\n..X3\n.\n..P4\n")
    const { parts, unread } = bySegment(batch, Result.getOrThrow(made({ select: ["C", "P"] })))
    assert.deepStrictEqual([...parts.keys()], ["C", "P"])
    const contacts = parts.get("P") ?? assert.fail("none")
    assert.deepStrictEqual(textsOf(contacts), ["..P2", "..P4"])
    assert.deepStrictEqual([...(contacts.numbers ?? [])], [1, 4])
    assert.strictEqual(contacts.bytes, batch.bytes)
    assert.deepStrictEqual(unread, [3])
  })

  it("select records of a batch", () => {
    const batch = batchOf("..C1\n..P2\n..X3\n.\n..P4\n")
    const selected = selectSegments(batch, Result.getOrThrow(made({ select: ["C", "P"] })))
    assert.deepStrictEqual(textsOf(selected.batch), ["..C1", "..P2", "..P4"])
    assert.deepStrictEqual(selected.unread, [3])
    const all = selectSegments(batch, Result.getOrThrow(made()))
    assert.deepStrictEqual(textsOf(all.batch), ["..C1", "..P2", "..X3", "..P4"])
  })

  it("keep the places of joined records", () => {
    const framer = Result.getOrThrow(makeFramer({ kind: "rdw", isSpanned: true }))
    const file = bytesOf("00070000 2E2E43 00070000 2E2E50")
    const [batch = assert.fail("no batch")] = framer.push(file, true)
    const { parts } = bySegment(batch, Result.getOrThrow(made()))
    assert.deepStrictEqual([...(parts.get("P")?.offsets ?? [])], [11])
    assert.strictEqual(hex(file.subarray(11)), "2E2E50")
  })

  it("are refused where a field is not there, or an id has two views", () => {
    const messageOf = (options: Partial<SegmentOptions>): string => {
      const result = made(options)
      return Result.isFailure(result) ? result.failure.message : ""
    }
    assert.match(messageOf({ fields: ["NONE"] }), /not in the layout: NONE/)
    assert.match(messageOf({ fields: [] }), /are none/)
    assert.match(messageOf({ views: { A: ["1"], B: ["1"] } }), /1 has two views, A and B/)
  })
})
