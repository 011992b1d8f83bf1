import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { bytesOf, framedFile } from "../testing/FramedFile.ts"
import { formatReject, parseReject, rejectOf, rejectOfFraming } from "./Rejects.ts"

const text = Schema.String.check(Schema.isMaxLength(20))
const number = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))

describe("the rejects file", () => {
  it.prop(
    "is read as it was written",
    {
      record: number,
      fileOffset: number,
      length: number,
      faults: Schema.Array(
        Schema.Struct({ code: text, message: text, path: text, offset: number }),
      ),
      bytes: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))),
    },
    ({ bytes, ...rest }) => {
      const reject = { ...rest, bytes: Uint8Array.from(bytes) }
      const line = formatReject(reject)
      assert.strictEqual(line.indexOf("\n"), line.length - 1)
      assert.deepStrictEqual(Result.getOrThrow(parseReject(line)), reject)
    },
  )

  it("has records with the faults of their fields", () => {
    const fault = {
      code: "CPY-4003",
      class: "digit",
      record: 7,
      path: "A.B",
      offset: 3,
      fileOffset: 103,
      bytes: bytesOf("C1"),
      message: "no digit",
    } as const
    assert.strictEqual(
      formatReject(rejectOf(bytesOf("C1C2C3C4"), [fault])),
      '{"record":7,"fileOffset":100,"length":4,"faults":[{"code":"CPY-4003","message":"no digit","path":"A.B","offset":3}],"bytes":"wcLDxA=="}\n',
    )
  })

  it("has bytes that are no record", () => {
    const { faults } = framedFile({ framing: { kind: "fixed", length: 3 }, bytes: bytesOf("C1C2") })
    const [fault = assert.fail("no fault")] = faults
    const reject = Result.getOrThrow(parseReject(formatReject(rejectOfFraming(fault))))
    assert.strictEqual(reject.faults[0]?.code, "CPY-3001")
    assert.deepStrictEqual(reject.bytes, bytesOf("C1C2"))
    assert.strictEqual(reject.length, 2)
  })

  it.each([
    ["", /line 3 is no reject/],
    ["{}", /record/],
    ['{"record":0,"fileOffset":0,"length":0,"faults":[],"bytes":"*"}', /base64/],
  ])("says what is wrong with the line %s", (line, message) => {
    const parsed = parseReject(line, 3)
    assert.match(Result.isFailure(parsed) ? parsed.failure.message : "", message)
  })
})
