import { assert, describe, it } from "@effect/vitest"
import { codesOf, parsed } from "../testing/ParsedCopybook.ts"
import type { ParseOptions } from "./CopybookParser.ts"

describe("tables", () => {
  const occurs = (clause: string, options?: ParseOptions) => {
    const [record] = parsed(`01 R. 05 A PIC X ${clause}.`, { format: "free", ...options }).items
    const { span: _, ...rest } = record?.children[0]?.occurs ?? { span: undefined }
    return rest
  }

  it("have a fixed size, or one that depends on an item", () => {
    assert.deepStrictEqual(occurs("OCCURS 5"), { min: 5, max: 5 })
    assert.deepStrictEqual(occurs("OCCURS 05 TIMES"), { min: 5, max: 5 })
    assert.deepStrictEqual(occurs("OCCURS 0 TO 5 TIMES DEPENDING ON N"), {
      min: 0,
      max: 5,
      dependingOn: ["N"],
    })
    assert.deepStrictEqual(occurs("OCCURS 5 DEPENDING n OF g IN r"), {
      min: 1,
      max: 5,
      dependingOn: ["N", "G", "R"],
    })
  })

  it("may have keys and indexes", () => {
    const clause =
      "OCCURS 2 TO 9 TIMES DEPENDING ON N ASCENDING KEY IS K1, K2 OF A DESCENDING L INDEXED BY I1\n I2 VALUE 'A'"
    assert.deepStrictEqual(occurs(clause), { min: 2, max: 9, dependingOn: ["N"] })
  })

  it("may have the size of a constant", () => {
    const text = "78 N VALUE 3. 78 M VALUE N * 2 + 1. 01 R. 05 A PIC X(N) OCCURS M TIMES."
    const [record] = parsed(text).items
    assert.strictEqual(record?.children[0]?.occurs?.max, 7)
    assert.strictEqual(record?.children[0]?.picture?.size, 3)
    assert.strictEqual(parsed("01 N CONSTANT AS 4. 01 A PIC X(N).").items[0]?.picture?.size, 4)
    assert.deepStrictEqual(codesOf("78 N VALUE LENGTH OF A. 01 R PIC X."), ["CPY-1108"])
    assert.deepStrictEqual(codesOf("78 N VALUE 4 / 0. 01 R PIC X."), ["CPY-1108"])
  })

  it("with impossible bounds are refused", () => {
    for (const clause of ["OCCURS 0", "OCCURS 5 TO 2 DEPENDING ON N", "OCCURS 1 TO 5 TIMES"]) {
      assert.deepStrictEqual(codesOf(`01 R. 05 A PIC X ${clause}.`), ["CPY-1209"], clause)
    }
    assert.deepStrictEqual(codesOf("01 R. 05 A PIC X OCCURS 99999999999."), ["CPY-1209"])
  })
})
