import { assert, describe, it } from "@effect/vitest"
import { parseErrorFindings } from "./ParseErrors.ts"

const text = `01 R.
   05 A PIC X.
      88 YES VALUE 'YES'.
   05 B PIC X VALUE HIGH-VALUE.`

const of = (...messages: ReadonlyArray<string>) => parseErrorFindings(text, { errors: messages })

describe("copybooks that another tool refuses", () => {
  it("need a finding of ours in each line", () => {
    assert.deepStrictEqual(of("Error at line 3, column 9: too long"), {
      different: [],
      explained: [],
    })
    assert.lengthOf(of("Error at line 2, column 9: too long").different, 1)
    assert.lengthOf(parseErrorFindings("01 R. 05 A PIC Q.", { errors: ["line 1"] }).different, 0)
  })

  it("are explained where the other tool has a limit", () => {
    const { different, explained } = of("Error at line 4: 'HIGH-VALUE' is not supported.")
    assert.lengthOf(different, 0)
    assert.lengthOf(explained, 1)
  })
})
