import { planFile } from "@countersign/copybook/file/FilePlan"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { maskFor } from "./Rejecting.ts"

const { layout } = Result.getOrThrow(
  planFile(`
       01  R.
           05  AMOUNT       PIC 9(4).
           05  WHO.
               10  CUSTOMER-NAME  PIC X(10).
           05  DATED REDEFINES WHO.
               10  RUN-DATE  PIC 9(8).
           05  ITEMS.
               10  ITEM      PIC 9(3) OCCURS 2.
`),
)

const rejectOf = (path: string) => ({
  record: 0,
  fileOffset: 0,
  length: 20,
  faults: [{ code: "CPY-4003", message: `CPY-4003: ${path}: no digit (X'C1C2')`, path, offset: 0 }],
  bytes: Uint8Array.of(1, 2),
})

describe("masking", () => {
  it.each([
    ["WHO.CUSTOMER-NAME", true],
    ["DATED.RUN-DATE", true],
    ["WHO", true],
    ["ITEMS.ITEM[1]", false],
  ])("hides the bytes of %s, by whatever name they go: %s", (path, isHidden) => {
    const reject = rejectOf(path)
    const masked = maskFor(layout, true)(reject)
    assert.strictEqual(!masked.faults[0]?.message.includes("C1C2"), isHidden)
    assert.lengthOf(masked.bytes, 0)
    assert.strictEqual(maskFor(layout, false)(reject), reject)
  })
})
