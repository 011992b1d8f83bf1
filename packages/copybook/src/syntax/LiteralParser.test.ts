import { assert, describe, it } from "@effect/vitest"
import { codesOf, parsedItem } from "../testing/ParsedCopybook.ts"
import type { ParseOptions } from "./CopybookParser.ts"
import type { Literal } from "./Item.ts"

describe("literals", () => {
  const value = (text: string, options?: ParseOptions): Literal | undefined =>
    parsedItem(`A PIC X VALUE ${text}`, { format: "free", ...options }).value

  it("are text, with doubled quotes as one", () => {
    assert.deepStrictEqual(value("'it''s'"), { kind: "text", text: "it's", isAll: false })
    assert.deepStrictEqual(value(`"a'b"`), { kind: "text", text: "a'b", isAll: false })
    assert.deepStrictEqual(value("N'ab'"), { kind: "text", text: "ab", isAll: false })
    assert.deepStrictEqual(value(`G"ab"`), { kind: "text", text: "ab", isAll: false })
    assert.deepStrictEqual(value("Z'ab'"), { kind: "text", text: "ab\0", isAll: false })
    assert.deepStrictEqual(value("ALL '*'"), { kind: "text", text: "*", isAll: true })
    assert.deepStrictEqual(value("'a' & 'b'&'c'"), { kind: "text", text: "abc", isAll: false })
  })

  it("are bytes", () => {
    const bytes: Literal = { kind: "hex", bytes: Uint8Array.of(0x0a, 0xff) }
    assert.deepStrictEqual(value("X'0aFF'"), bytes)
    assert.deepStrictEqual(value("NX'0AFF'"), bytes)
    assert.deepStrictEqual(value("X'0A' & X'FF'"), bytes)
  })

  it("are joined only with their like, and repeated once", () => {
    assert.deepStrictEqual(codesOf("01 A PIC X VALUE 'a' & X'00'."), ["CPY-1107"])
    assert.deepStrictEqual(codesOf("01 A PIC X VALUE 'a' & 5."), ["CPY-1107"])
    assert.deepStrictEqual(codesOf("01 A PIC X VALUE ALL ALL 'a'."), ["CPY-1107"])
  })

  it("are numbers as written, with a point", () => {
    for (const text of ["0", "-12.50", "+.5", "1.5E3", "+0.6E08"]) {
      assert.deepStrictEqual(value(text), { kind: "number", text })
    }
    assert.deepStrictEqual(value("-1,5", { isDecimalComma: true }), {
      kind: "number",
      text: "-1.5",
    })
  })

  it("are figurative constants", () => {
    const names = {
      zero: "ZERO ZEROS ZEROES",
      space: "SPACE SPACES",
      "high-value": "HIGH-VALUE HIGH-VALUES",
      "low-value": "LOW-VALUE LOW-VALUES",
      quote: "QUOTE QUOTES",
      null: "NULL NULLS",
    }
    for (const [name, words] of Object.entries(names)) {
      for (const word of words.split(" ")) {
        assert.deepStrictEqual(value(word), { kind: "figurative", name } as Literal)
        assert.deepStrictEqual(value(`ALL ${word}`), { kind: "figurative", name } as Literal)
      }
    }
  })
})
