import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "./CodePages.ts"
import type { TextOptions } from "./TextCoding.ts"
import {
  latinTable,
  nationalTranslator,
  toLatin1,
  translator,
  type Translator,
} from "./Translate.ts"

const bytes = (hex: string): Uint8Array =>
  new Uint8Array(Buffer.from(hex.replaceAll(" ", ""), "hex"))
const hex = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : JSON.stringify(value)

const of = (name: string, options?: TextOptions): Translator =>
  translator(Result.getOrThrow(codePage(name)), options)

const decode = (text: Translator, given: string): unknown => {
  const all = bytes(given)
  return text.decode(all, 0, all.length)
}

const utf8 = (text: Translator, given: string): unknown => {
  const all = bytes(given)
  const into = new Uint8Array(Math.ceil(all.length * text.utf8Max) + 2).fill(0xaa)
  const size = text.toUtf8(all, 0, all.length, into, 1)
  if (typeof size !== "number") return size
  assert.strictEqual(into[0], 0xaa)
  assert.strictEqual(into[size + 1], 0xaa)
  return Buffer.from(into.subarray(1, size + 1)).toString("utf8")
}

const fill = (
  text: Translator,
  given: string,
  length: number,
  how?: Parameters<Translator["fill"]>[4],
): string => {
  const into = new Uint8Array(length + 2).fill(0xaa)
  const fault = text.fill(given, into, 1, length, how)
  assert.strictEqual(into[0], 0xaa)
  assert.strictEqual(into[length + 1], 0xaa)
  return fault === undefined ? hex(into.subarray(1, length + 1)) : JSON.stringify(fault)
}

describe("text of single bytes", () => {
  it("is read and written in EBCDIC", () => {
    const text = of("cp037")
    assert.strictEqual(decode(text, "c8 85 93 93 96 6b 40 e6 96 99 93 84 5a"), "Hello, World!")
    assert.strictEqual(utf8(text, "c8 85 93 93 96 6b 4a b1"), "Hello,¢£")
    assert.strictEqual(hex(text.encode("Hello!")), "c8859393965a")
  })

  it("is read from its place and nowhere else", () => {
    assert.strictEqual(of("cp037").decode(bytes("c1 c2 c3 c4 c5"), 1, 3), "BCD")
    assert.strictEqual(of("cp1140").decode(bytes("c1 9f c3"), 1, 1), "€")
  })

  it("becomes Latin-1 with a table", () => {
    const into = new Uint8Array(4)
    toLatin1(latinTable(Result.getOrThrow(codePage("cp273"))), bytes("00 4a 81 e0"), 1, 3, into, 1)
    assert.strictEqual(hex(into), "00c461d6")
  })

  it("tells the byte that is no character, or does with it as told", () => {
    const fault = { reason: "unassigned", at: 1 }
    assert.deepStrictEqual(decode(of("ascii"), "41 e4 42"), fault)
    assert.deepStrictEqual(utf8(of("ascii"), "41 e4 42"), fault)
    assert.strictEqual(decode(of("ascii", { unassigned: "replace" }), "41 e4 42"), "A\ufffdB")
    const keeps = of("ascii", { unassigned: "keep" })
    assert.strictEqual(decode(keeps, "41 e4 42"), "A\uf7e4B")
    assert.strictEqual(utf8(keeps, "41 e4 42"), "A\uf7e4B")
    assert.strictEqual(hex(keeps.encode("A\uf7e4B")), "41e442")
    assert.deepStrictEqual(of("ascii").encode("A\uf7e4"), { reason: "unmappable", at: 1 })
  })

  it("tells the character that has no byte, or writes the substitute", () => {
    assert.deepStrictEqual(of("cp037").encode("AB€"), { reason: "unmappable", at: 2 })
    const replaces = of("cp037", { unmappable: "replace" })
    assert.strictEqual(hex(replaces.encode("A€B")), "c13fc2")
    assert.strictEqual(hex(replaces.encode("A😀B")), "c13fc2")
    assert.strictEqual(hex(of("ascii", { unmappable: "replace" }).encode("Ä")), "1a")
  })

  it("fills a field with blanks, and is cut only where that was said", () => {
    const text = of("cp037")
    assert.strictEqual(fill(text, "AB", 4), "c1c24040")
    assert.strictEqual(fill(text, "AB", 4, { isJustified: true }), "4040c1c2")
    assert.strictEqual(fill(text, "ABC   ", 4), "c1c2c340")
    assert.strictEqual(fill(text, "   ABC", 4, { isJustified: true }), "40c1c2c3")
    assert.strictEqual(fill(text, "ABCDE", 4), '{"reason":"long","at":4}')
    assert.strictEqual(fill(text, "ABCDE", 4, { canTruncate: true }), "c1c2c3c4")
    assert.strictEqual(fill(text, "ABCDE", 4, { canTruncate: true, isJustified: true }), "c2c3c4c5")
  })
})

describe("text of Unicode", () => {
  it("is UTF-8, cut between characters", () => {
    const text = of("utf-8")
    assert.strictEqual(decode(text, "c3a4 e282ac f09f9880"), "ä€😀")
    assert.strictEqual(utf8(text, "c3a4 e282ac f09f9880"), "ä€😀")
    assert.strictEqual(hex(text.encode("ä€😀")), "c3a4e282acf09f9880")
    assert.strictEqual(fill(text, "ä€", 4, { canTruncate: true }), "c3a42020")
    assert.strictEqual(fill(text, "ä€", 4, { canTruncate: true, isJustified: true }), "20e282ac")
    assert.strictEqual(fill(text, "ä€", 4), '{"reason":"long","at":1}')
  })

  it("keeps a byte order mark, which is a character of a field", () => {
    assert.strictEqual(decode(of("utf-8"), "efbbbf 41"), "\ufeffA")
  })

  it("tells where bytes are no UTF-8", () => {
    assert.deepStrictEqual(decode(of("utf-8"), "41 c3 41 42"), { reason: "malformed", at: 2 })
    assert.deepStrictEqual(decode(of("utf-8"), "41 42 e2 82"), { reason: "malformed", at: 3 })
    assert.deepStrictEqual(of("utf-8").encode("A\ud800"), { reason: "malformed", at: 1 })
  })

  it("is UTF-16 in national fields, of either order", () => {
    const big = nationalTranslator("big")
    assert.strictEqual(decode(big, "0041 20ac d83d de00"), "A€😀")
    assert.strictEqual(utf8(big, "0041 20ac d83d de00"), "A€😀")
    assert.strictEqual(hex(big.encode("A€")), "004120ac")
    assert.strictEqual(hex(nationalTranslator("little").encode("A€")), "4100ac20")
    assert.strictEqual(decode(nationalTranslator("little"), "4100 ac20"), "A€")
    assert.strictEqual(fill(big, "A", 4), "00410020")
    assert.strictEqual(fill(nationalTranslator("little"), "A", 4), "41002000")
    assert.strictEqual(fill(big, "A😀", 4, { canTruncate: true }), "00410020")
  })

  it("tells where UTF-16 is torn", () => {
    const big = nationalTranslator("big")
    assert.deepStrictEqual(decode(big, "0041 d83d 0041"), { reason: "malformed", at: 2 })
    assert.deepStrictEqual(decode(big, "0041 00"), { reason: "half", at: 2 })
    assert.deepStrictEqual(big.encode("A\ude00"), { reason: "malformed", at: 1 })
  })
})
