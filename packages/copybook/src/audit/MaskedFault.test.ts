import { assert, describe, it } from "@effect/vitest"
import { maskFraming, maskReject } from "./MaskedFault.ts"
import type { SensitiveField } from "./SensitiveFields.ts"

const ssn: SensitiveField = { path: "R.SSN", kind: "ssn", classification: "PII" }
const bytes = Uint8Array.of(0xf1, 0xf2)

/** The messages of a masked reject whose faults are these. */
const masked = (...faults: ReadonlyArray<{ path?: string; message: string }>) => {
  const all = faults.map((each) => ({ code: "CPY", ...each }))
  const reject = maskReject({ record: 0, fileOffset: 0, length: 2, faults: all, bytes }, [ssn])
  assert.lengthOf(reject.bytes, 0)
  return reject.faults.map(({ message }) => message)
}

describe("a masked reject", () => {
  it("has no bytes of sensitive fields, and keeps those of others", () => {
    assert.deepStrictEqual(
      masked(
        { path: "R.SSN", message: "no digit (X'F1F2')" },
        { path: "R.CODE", message: "no digit (X'C1')" },
      ),
      ["no digit", "no digit (X'C1')"],
    )
  })

  it("has no bytes that framing shows, which may be those of any field", () => {
    const message = "the file ends inside a header: 2 bytes, 0xF1f2"
    assert.deepStrictEqual(masked({ message }), ["the file ends inside a header: 2 bytes, 0x…"])
    assert.strictEqual(maskFraming("0xC3F9F0F0: 50169"), "0x…")
  })
})
