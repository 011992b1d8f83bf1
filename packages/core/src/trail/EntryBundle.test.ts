import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as EntryBundle from "./EntryBundle.ts"

const texts = Schema.Array(Schema.String.check(Schema.isMaxLength(20_000))).check(
  Schema.isMaxLength(256),
)
const bytesOf = (list: ReadonlyArray<string>): ReadonlyArray<Buffer> =>
  list.map((text) => Buffer.from(text, "utf8"))
const failure = <A>(result: Result.Result<A, EntryBundle.BundleMalformed>) =>
  Result.isFailure(result) ? result.failure : assert.fail("should have been refused")

describe("EntryBundle", () => {
  it("lays each entry behind its length, high byte first", () => {
    const long = Buffer.alloc(258, "x")
    const bytes = EntryBundle.encode([Buffer.from("ab"), Buffer.alloc(0), long])
    assert.strictEqual(
      bytes.toString("latin1"),
      `\u0000\u0002ab\u0000\u0000\u0001\u0002${long.toString("latin1")}`,
    )
  })

  it.prop("gives back what was laid out", { texts }, ({ texts }) => {
    const entries = bytesOf(texts)
    const bytes = EntryBundle.encode(entries)
    const decoded = Result.getOrThrow(EntryBundle.decode(bytes))
    assert.deepStrictEqual(
      decoded.map((entry) => Buffer.from(entry)),
      entries,
    )
  })

  it.prop("splits between any two entries", { texts, at: Schema.Int }, ({ at, texts }) => {
    const entries = bytesOf(texts)
    const count = Math.abs(at) % (entries.length + 1)
    const [before, after] = Result.getOrThrow(EntryBundle.split(EntryBundle.encode(entries), count))
    assert.deepStrictEqual(Buffer.from(before), EntryBundle.encode(entries.slice(0, count)))
    assert.deepStrictEqual(Buffer.from(after), EntryBundle.encode(entries.slice(count)))
  })

  it("says which entry is cut, and where", () => {
    const bytes = EntryBundle.encode(bytesOf(["one", "two", "three"]))
    const inEntry = failure(EntryBundle.decode(bytes.subarray(0, bytes.length - 1)))
    assert.strictEqual(
      inEntry.message,
      "AUD-3211: entry 2 of the bundle, at byte 10: 5 bytes announced, 4 left",
    )
    const inLength = failure(EntryBundle.decode(bytes.subarray(0, 6)))
    assert.deepInclude(inLength, { index: 1, offset: 5, detail: "ends within a length" })
    assert.deepInclude(failure(EntryBundle.split(bytes, 4)), { index: 3 })
  })

  it("refuses more entries than a bundle holds", () => {
    const bytes = EntryBundle.encode(Array.from({ length: 257 }, () => Buffer.alloc(0)))
    assert.deepInclude(failure(EntryBundle.decode(bytes)), { index: 256, offset: 512 })
    assert.strictEqual(Result.getOrThrow(EntryBundle.decode(bytes, 257)).length, 257)
  })

  it("refuses to lay out an entry that its length can't say", () => {
    assert.throws(() => EntryBundle.encode([Buffer.alloc(65_536)]), RangeError)
  })
})
