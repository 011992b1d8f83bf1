import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import { assert, describe, it } from "@effect/vitest"
import { understand } from "./Codec.ts"
import { jsonLine } from "./Export.ts"
import { readRecord } from "./FieldTree.ts"
import { recordFaults } from "./RecordFaults.ts"

const text = `       01 R.
           05 KIND PIC X.
           05 HEAD.
              10 A PIC X(4).
           05 DETAIL REDEFINES HEAD.
              10 N PIC 9(4).
`
type Unknown = NonNullable<FileSettings["segments"]>["unknown"]

/** A record of a file whose kinds are H and D. */
const look = (record: string, unknown: NonNullable<Unknown>) => {
  const { codec } = understand(text, {
    codePage: "ascii",
    framing: { kind: "fixed" },
    segments: { fields: ["KIND"], views: { HEAD: ["H"], DETAIL: ["D"] }, unknown },
  })
  if (codec === undefined) throw new Error("the copybook is refused")
  const bytes = { number: 7, fileOffset: 35, bytes: new TextEncoder().encode(record) }
  const line: unknown = JSON.parse(jsonLine(codec, bytes))
  return { ...recordFaults(readRecord(codec, bytes), bytes), line }
}

describe("the faults of a record", () => {
  it("are those of its fields", () => {
    const { faults, isDecoded } = look("Dxxxx", "fault")
    assert.isTrue(isDecoded)
    assert.isNotEmpty(faults)
    assert.strictEqual(faults[0]?.record, 7)
  })

  it("are none where all of it can be read", () => {
    assert.isEmpty(look("Habcd", "fault").faults)
  })

  it("are its own where nothing says what kind it is, though its bytes can be read", () => {
    const { faults, line } = look("Xabcd", "fault")
    assert.deepStrictEqual(
      faults.map(({ code, fileOffset }) => [code, fileOffset]),
      [["CPY-3021", 35]],
    )
    assert.nestedPropertyVal(line, "_faults[0].code", "CPY-3021")
  })

  it("are not known where the settings leave the record out", () => {
    const { faults, isDecoded, line } = look("Xabcd", "skip")
    assert.isFalse(isDecoded)
    assert.isEmpty(faults)
    assert.nestedPropertyVal(line, "_isLeftOut", true)
  })
})
