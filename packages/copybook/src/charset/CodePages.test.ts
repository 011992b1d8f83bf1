import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import type { CodePage } from "./CodePage.ts"
import { codePage, codePages } from "./CodePages.ts"

const pageOf = (name: string, newline?: "nel" | "lf"): CodePage =>
  Result.getOrThrow(codePage(name, newline === undefined ? {} : { newline }))

describe("code pages", () => {
  it.each(codePages)("%s is a bijection between 256 bytes and 256 characters", (name) => {
    for (const newline of ["nel", "lf"] as const) {
      const { fromUnicode, toUnicode } = pageOf(name, newline)
      assert.strictEqual(new Set(toUnicode).size, 256)
      for (let byte = 0; byte < 256; byte++) {
        assert.strictEqual(fromUnicode[toUnicode[byte] ?? 0], byte)
      }
      assert.strictEqual(fromUnicode.filter((byte) => byte >= 0).length, 256)
    }
  })

  it.each(["cp037", "CP037", "ibm037", "IBM-37", "037", "37", "CCSID 37", "ibm-0037", "ebcdic"])(
    "finds code page 037 as %s",
    (name) => {
      assert.strictEqual(pageOf(name).name, "cp037")
    },
  )

  it("refuses other names and tells those that there are", () => {
    const refused = codePage("cp999")
    assert.isTrue(Result.isFailure(refused))
    if (Result.isFailure(refused)) {
      assert.match(refused.failure.message, /^AUD-5020: no code page is named "cp999".*cp1047/)
    }
  })

  it("has the newline where the caller wants it, and never twice", () => {
    assert.deepStrictEqual([pageOf("37").toUnicode[0x15], pageOf("37").toUnicode[0x25]], [0x85, 10])
    const unix = pageOf("37", "lf")
    assert.deepStrictEqual([unix.toUnicode[0x15], unix.toUnicode[0x25]], [10, 0x85])
    assert.strictEqual(unix.fromUnicode[10], 0x15)
  })

  it("gives a byte without a character one of its own", () => {
    const ascii = pageOf("ascii")
    assert.strictEqual(ascii.unassigned.length, 128)
    assert.strictEqual(ascii.toUnicode[0x80], 0xf780)
    assert.isFalse(ascii.isLatin)
    assert.isTrue(pageOf("latin1").isLatin)
  })
})
