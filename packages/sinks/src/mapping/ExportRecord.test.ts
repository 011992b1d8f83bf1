import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { records, trail } from "../testing/RecordFixture.ts"
import { read, RecordUnreadable } from "./ExportRecord.ts"

const failureOf = (bytes: Uint8Array): RecordUnreadable => {
  const found = read(trail, 9, bytes)
  if (Result.isSuccess(found)) throw new Error("it was read")
  return found.failure
}

describe("ExportRecord", () => {
  it("has the event and the very text of its bytes", () => {
    for (const record of records) {
      const bytes = Buffer.from(record.text)
      assert.deepStrictEqual(read(trail, record.sequence, bytes), Result.succeed(record))
    }
  })

  it("refuses what is no event, and does not repeat it", () => {
    const secret = "canary-4711"
    for (const text of [`{"id":"${secret}"}`, `"${secret}`, "", "null", `["${secret}"]`]) {
      const failure = failureOf(Buffer.from(text))
      assert.instanceOf(failure, RecordUnreadable)
      assert.match(failure.message, /^AUD-4601: record 9 of clinic\.example\/audit is no event/)
      assert.notInclude(JSON.stringify(failure) + failure.message, secret)
    }
  })

  it("refuses bytes that are not UTF-8 rather than exporting others", () => {
    const [record] = records
    const bytes = Buffer.from(record?.text.replace("u-1", "u-\u0001") ?? "")
    bytes[bytes.indexOf(1)] = 0xff
    assert.include(failureOf(bytes).message, "it is not UTF-8")
  })
})
