import { assert, describe, it } from "@effect/vitest"
import { detectFormat, standardColumns } from "./SourceFormat.ts"

const detect = (...lines: ReadonlyArray<string>) => detectFormat(lines, standardColumns, 8)

describe("the format of a text", () => {
  it("is fixed where sequence numbers and indicators are", () => {
    const { format, reason } = detect("000100 01 R.", "000200*  a comment", "000300    05 A PIC X.")
    assert.strictEqual(format, "fixed")
    assert.match(reason, /^3 lines have sequence numbers in columns 1 to 6 .* line 1 the first/)
  })

  it("is free where code begins at the margin", () => {
    const { format, reason } = detect("01 REQUIRED PIC X.", "    88 YES VALUE 'Y'.")
    assert.strictEqual(format, "free")
    assert.match(reason, /^2 lines have code .* line 1 the first/)
  })

  it("is fixed where nothing tells", () => {
    assert.deepStrictEqual(detect("", "        01 R.", "            05 A PIC X."), {
      format: "fixed",
      reason: "no line has code in columns 1 to 6",
    })
  })

  it("is what a directive says", () => {
    assert.deepStrictEqual(detect("       >>SOURCE FORMAT IS FREE", "000100 01 R."), {
      format: "free",
      reason: "line 1 says so",
    })
    assert.strictEqual(detect(`       $SET SOURCEFORMAT"FREE"`).format, "free")
    assert.strictEqual(detect("01 R.", "  >>source fixed").format, "fixed")
  })

  it("is free where tabs lead to the margin", () => {
    assert.strictEqual(detect("01 R.\t", "\t03 A.", "\t\t05 B PIC X.").format, "free")
  })

  it("is free where lines go on behind column 80 in the middle of a word", () => {
    assert.strictEqual(detect(`        01 R PIC X VALUE '${"A".repeat(80)}'.`).format, "free")
  })

  it("is not told by comments that begin at the margin", () => {
    const stars = "*".repeat(72)
    assert.strictEqual(detect(stars, stars, stars, "01 R.", "  05 A PIC X.").format, "free")
    assert.strictEqual(detect(stars, stars, "000100 01 R.").format, "fixed")
  })

  it("is fixed where changes are marked in the sequence area", () => {
    assert.strictEqual(detect("       01 R.", "CH01      05 A PIC X.").format, "fixed")
  })
})
