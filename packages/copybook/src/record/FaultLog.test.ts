import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { FaultLog } from "./FaultLog.ts"
import * as RecordDecoder from "./RecordDecoder.ts"

const ascii = Result.getOrThrow(codePage("ascii"))
const decoder = Result.getOrThrow(
  RecordDecoder.make(layoutOfText("01 R. 05 A PIC 9. 05 B PIC 9."), { codePage: ascii }),
)

const failuresOf = (log: FaultLog, records: ReadonlyArray<string>): ReadonlyArray<number> =>
  records.flatMap((record, index) =>
    Result.isFailure(log.add(decoder.decode(Buffer.from(record), 0, record.length, index)))
      ? [index]
      : [],
  )

describe("FaultLog", () => {
  it("ends a file at the first bad record where it is strict", () => {
    assert.deepStrictEqual(failuresOf(new FaultLog({ mode: "strict" }), ["12", "34", "!!"]), [2])
  })

  it("counts and goes on where it is lenient, up to a cap", () => {
    const records = ["12", "!1", "1!", "  ", "1", "!!"]
    const free = new FaultLog({ mode: "lenient", keptMax: 3 })
    assert.deepStrictEqual(failuresOf(free, records), [])
    assert.strictEqual(free.records, 5)
    assert.sameDeepMembers(
      [...free.byCode],
      [
        ["CPY-4001", 2],
        ["CPY-4003", 4],
        ["CPY-4013", 1],
      ],
    )
    assert.strictEqual(free.kept.length, 3)
    assert.deepStrictEqual(
      failuresOf(new FaultLog({ mode: "lenient", recordsMax: 3 }), records),
      [4, 5],
    )
  })

  it("says which record was the last straw", () => {
    const made = new FaultLog({ mode: "strict" }).add(decoder.decode(Buffer.from("!1")))
    assert.isTrue(Result.isFailure(made) && made.failure.message.startsWith("AUD-5033: 1 records"))
    const one = decoder.decodeResult(Buffer.from("!1"), 0, 2, 7)
    assert.isTrue(Result.isFailure(one) && one.failure.message.includes("record 7"))
    const good = decoder.decodeResult(Buffer.from("12"))
    assert.deepStrictEqual(Result.getOrThrow(good), { A: 1, B: 2 })
  })
})
