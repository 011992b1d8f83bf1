import { assert, describe, it } from "@effect/vitest"
import { fit, join } from "./DeliveryBatch.ts"
import type { DeliveredBatch } from "./Sink.ts"

const batchOf = (firstSequence: number, texts: ReadonlyArray<string>): DeliveredBatch => ({
  trail: "example.org/audit/batches",
  firstSequence,
  entries: texts.map((text) => Buffer.from(text)),
  bytes: texts.join("").length,
})

const textsOf = ({ entries }: DeliveredBatch) =>
  entries.map((entry) => Buffer.from(entry).toString())

const batch = batchOf(10, ["aa", "bb", "cc", "dd"])

describe("DeliveryBatch", () => {
  it("cuts a batch at the count and at the bytes, whichever is first", () => {
    const byCount = fit(batch, 11, { recordsMax: 2, bytesMax: 100 })
    assert.deepStrictEqual(textsOf(byCount), ["bb", "cc"])
    assert.strictEqual(byCount.firstSequence, 11)
    assert.strictEqual(byCount.bytes, 4)
    assert.deepStrictEqual(textsOf(fit(batch, 10, { recordsMax: 9, bytesMax: 7 })), [
      "aa",
      "bb",
      "cc",
    ])
    assert.deepStrictEqual(textsOf(fit(batch, 10, { recordsMax: 9, bytesMax: 8 })), textsOf(batch))
  })

  it("hands on a record that is larger than the bytes allow, alone", () => {
    assert.deepStrictEqual(textsOf(fit(batch, 12, { recordsMax: 9, bytesMax: 1 })), ["cc"])
  })

  it("joins batches that follow each other, with memory of their own", () => {
    const second = batchOf(14, ["e"])
    const joined = join(batch, [second, batchOf(15, ["f", "g"])])
    for (const entry of [...batch.entries, ...second.entries]) entry.fill(0xdb)
    assert.deepStrictEqual(textsOf(joined), ["aa", "bb", "cc", "dd", "e", "f", "g"])
    assert.strictEqual(joined.firstSequence, 10)
    assert.strictEqual(joined.bytes, 11)
  })

  it("joins no batches with a gap between them", () => {
    assert.throws(() => join(batchOf(0, ["a"]), [batchOf(2, ["b"])]), "record 1 was to follow")
  })
})
