import { assert, describe, it } from "@effect/vitest"
import { decodeCommand, inspectCommand, unsaid } from "./Command.ts"
import { samples } from "./Sample.ts"

describe("what is shown, as a command", () => {
  it("says how the file is read", () => {
    const command = decodeCommand("bank day.cpy", "monday.dat", samples[0]?.settings ?? {})
    assert.strictEqual(
      command,
      "countersign copybook decode monday.dat --copybook 'bank day.cpy' --records redefine --framing vb --codepage cp1140 --segment-field HEADER-TYPE --segment 'HEADER-RECORD=H' --segment 'ACCOUNT-RECORD=A' --segment 'TRANSACTION-RECORD=C,T' --segment 'TRAILER-RECORD=Z'",
    )
  })

  it("leaves out what holds anyway, and tells what no flag says", () => {
    const settings = { layout: { dialect: "ibm" }, copybook: { format: "auto" } } as const
    assert.strictEqual(inspectCommand("a.cpy", settings), "countersign copybook inspect a.cpy")
    assert.deepEqual(unsaid({ layout: { dialect: { base: "ibm", binaryEndian: "little" } } }), [
      "byte order",
    ])
    assert.deepEqual(unsaid(settings), [])
  })
})
