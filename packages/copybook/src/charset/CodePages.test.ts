import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"
import type { CodePage } from "./CodePage.ts"
import { codePage, codePages } from "./CodePages.ts"
import { doubleBytePage, type DoubleByteName, doubleByteTables } from "./DoubleBytePages.ts"

const pageOf = (name: string, newline?: "nel" | "lf"): CodePage =>
  Result.getOrThrow(codePage(name, newline === undefined ? {} : { newline }))

const digest = (text: string): string =>
  createHash("sha256").update(text, "utf16le").digest("hex").slice(0, 12)

/**
 * How many characters each page has, and a digest of its map, taken when the maps were compared
 * byte for byte with those of other converters.
 */
const known: ReadonlyArray<readonly [name: string, characters: number, digest: string]> = [
  ["cp037", 256, "937defe8fb08"],
  ["cp273", 256, "33793c651a0e"],
  ["cp274", 256, "754ab81c2d2c"],
  ["cp275", 256, "d3376c7d5ec1"],
  ["cp277", 256, "d4d230bc4a38"],
  ["cp278", 256, "81c74bdca762"],
  ["cp280", 256, "097a55340d05"],
  ["cp284", 256, "c3e98eea2bfd"],
  ["cp285", 256, "0bde574656ff"],
  ["cp297", 256, "88c4831832a5"],
  ["cp500", 256, "ef703b8cf980"],
  ["cp871", 256, "4f359babeb65"],
  ["cp1047", 256, "c7db49788ae8"],
  ["cp1140", 256, "10498dfa16b8"],
  ["cp1141", 256, "86fb8ca60e43"],
  ["cp1142", 256, "30a0ad997f7c"],
  ["cp1143", 256, "edd9f0d03607"],
  ["cp1144", 256, "741b622867ad"],
  ["cp1145", 256, "a3e5de540adc"],
  ["cp1146", 256, "8e742b29f3fc"],
  ["cp1147", 256, "d38fe1cfb96a"],
  ["cp1148", 256, "da5628139b26"],
  ["cp1149", 256, "b4927c761887"],
  ["cp290", 228, "48236e105b77"],
  ["cp420", 247, "d073374dddf6"],
  ["cp424", 218, "5a84fc5dae17"],
  ["cp833", 217, "2ed21b6bb799"],
  ["cp836", 165, "12882fdae3a0"],
  ["cp838", 256, "daedda433de8"],
  ["cp870", 256, "5decc91311d7"],
  ["cp875", 250, "9002ac6a4e58"],
  ["cp918", 256, "fa78cf28b128"],
  ["cp1025", 256, "d909c59de6c5"],
  ["cp1026", 256, "7801bff35bf9"],
  ["cp1027", 228, "6e62ce23b0ee"],
  ["cp1097", 256, "8e4d54f7c3a6"],
  ["cp1112", 256, "cda688183797"],
  ["cp1122", 256, "8c741e8a6689"],
  ["cp1123", 256, "74128776ed78"],
  ["cp1130", 256, "41980a2603e0"],
  ["cp1132", 230, "c7413da3275d"],
  ["cp1153", 256, "72bf5c1e5f71"],
  ["cp1154", 256, "37f6e48317df"],
  ["cp1155", 256, "0d769010eb73"],
  ["cp1156", 256, "fe83c7465654"],
  ["cp1157", 256, "fdedd694fff0"],
  ["cp1158", 256, "53ffdd321532"],
  ["cp1159", 164, "4102412d5f7d"],
  ["cp1160", 256, "386f7b3165c9"],
  ["cp1164", 256, "61d4dd029881"],
  ["cp1166", 256, "b30b1d50a8e2"],
  ["cp4971", 251, "c6120bced58e"],
  ["cp5123", 229, "ff637284b966"],
  ["cp8482", 229, "b42f6eb97746"],
  ["cp12712", 227, "5d54023058a4"],
  ["cp16804", 249, "f79e1fb00baa"],
  ["cp28709", 163, "d525589e36e2"],
  ["cp437", 256, "91ff4744fc43"],
  ["cp850", 256, "5b6f4e0fba63"],
  ["cp858", 256, "eae19c8adf7a"],
  ["cp1252", 251, "67bcc9041458"],
  ["common", 256, "21ecc17906bd"],
  ["ascii", 128, "dccd1a869ed5"],
  ["latin1", 256, "d93bf0591d37"],
  ["utf-8", 128, "dccd1a869ed5"],
]

const knownDoubles: ReadonlyArray<
  readonly [name: DoubleByteName, characters: number, digest: string]
> = [
  ["cp300", 11635, "dc8f26bdf0d6"],
  ["cp834", 10757, "2152ec64f836"],
  ["cp835", 20264, "f7a39dcf5c42"],
  ["cp837", 9356, "91be2e82d5cc"],
  ["cp4930", 19551, "561d689a1189"],
  ["cp4933", 32405, "2239738133ce"],
  ["cp9027", 20265, "e08871293fa0"],
  ["cp16684", 22102, "7f6a6e2c4262"],
]

describe("code pages", () => {
  it.each(codePages)("%s is a bijection between bytes and characters", (name) => {
    for (const newline of ["nel", "lf"] as const) {
      const { fromUnicode, seconds = [], toUnicode } = pageOf(name, newline)
      assert.strictEqual(new Set(toUnicode).size, 256 - seconds.length)
      assert.strictEqual(fromUnicode.filter((byte) => byte >= 0).length, 256 - seconds.length)
      for (let byte = 0; byte < 256; byte++) {
        const written = fromUnicode[toUnicode[byte] ?? 0]
        if (seconds.includes(byte)) assert.strictEqual(toUnicode[written ?? 0], toUnicode[byte])
        else assert.strictEqual(written, byte)
      }
    }
  })

  it.each(known)("%s has its %i characters where they belong", (name, characters, expected) => {
    const { toUnicode, unassigned } = pageOf(name)
    assert.strictEqual(256 - unassigned.length, characters)
    assert.strictEqual(digest(String.fromCharCode(...toUnicode)), expected)
  })

  it("knows all pages of single bytes by their digests", () => {
    const single = codePages.filter((name) => pageOf(name).double === undefined)
    assert.deepStrictEqual(
      single,
      known.map(([name]) => name),
    )
  })

  it("has digits, capitals and the blank in their places in all EBCDIC pages", () => {
    const names = codePages.filter((name) => pageOf(name).isEbcdic)
    assert.strictEqual(names.length, 72)
    for (const name of names) {
      const { fromUnicode } = pageOf(name)
      const bytes = Array.from(" 09AIJRSZ+-", (character) => fromUnicode[character.charCodeAt(0)])
      const expected = [0x40, 0xf0, 0xf9, 0xc1, 0xc9, 0xd1, 0xd9, 0xe2, 0xe9, 0x4e, 0x60]
      assert.deepStrictEqual(bytes, expected, name)
    }
  })

  it.each(["cp037", "CP037", "ibm037", "IBM-37", "037", "37", "CCSID 37", "ibm-0037", "ebcdic"])(
    "finds code page 037 as %s",
    (name) => {
      assert.strictEqual(pageOf(name).name, "cp037")
    },
  )

  it.each([
    ["IBM01140", "cp1140"],
    ["x-IBM1025", "cp1025"],
    ["IBM-Thai", "cp838"],
    ["5026", "cp930"],
    ["US-ASCII", "ascii"],
    ["ISO-8859-1", "latin1"],
    ["ISO_8859_1", "latin1"],
    ["cp819", "latin1"],
    ["UTF-8", "utf-8"],
    ["windows-1252", "cp1252"],
    ["common_extended", "cp037"],
  ])("finds %s as %s", (given, name) => {
    assert.strictEqual(pageOf(given).name, name)
  })

  it.each(["cp999", "", "__proto__", "constructor", "37x", "-"])("refuses %j", (name) => {
    const refused = codePage(name)
    assert.isTrue(Result.isFailure(refused))
    if (Result.isFailure(refused)) {
      assert.include(refused.failure.message, `AUD-5020: no code page is named "${name}"`)
      assert.include(refused.failure.message, "cp1047")
    }
  })

  it("makes each page once", () => {
    assert.strictEqual(pageOf("37"), pageOf("IBM037"))
    assert.notStrictEqual(pageOf("37"), pageOf("37", "lf"))
  })

  it("has the newline where the caller wants it, and never twice", () => {
    assert.deepStrictEqual([pageOf("37").toUnicode[0x15], pageOf("37").toUnicode[0x25]], [0x85, 10])
    const unix = pageOf("37", "lf")
    assert.deepStrictEqual([unix.toUnicode[0x15], unix.toUnicode[0x25]], [10, 0x85])
    assert.strictEqual(unix.fromUnicode[10], 0x15)
    assert.strictEqual(pageOf("latin1", "lf").toUnicode[0x15], 0x15)
    assert.strictEqual(pageOf("cp930", "lf").toUnicode[0x15], 10)
  })

  it("reads control characters as blanks if that is asked", () => {
    const blanks = Result.getOrThrow(codePage("cp273", { controls: "blank" }))
    for (const byte of [0x00, 0x07, 0x15, 0x25, 0x3f, 0x40, 0xff]) {
      assert.strictEqual(blanks.toUnicode[byte], 0x20)
    }
    assert.strictEqual(blanks.toUnicode[0x41], 0xa0)
    assert.strictEqual(blanks.fromUnicode[0x20], 0x40)
    assert.strictEqual(blanks.fromUnicode[0], -1)
    assert.strictEqual(pageOf("cp273").toUnicode[0], 0)
    assert.strictEqual(pageOf("common").toUnicode[0], 0x20)
    assert.strictEqual(pageOf("common").toUnicode[0x4a], 0xa2)
    const kept = Result.getOrThrow(codePage("common", { controls: "keep" }))
    assert.strictEqual(kept.toUnicode[0], 0)
  })

  it("gives a byte without a character one of its own", () => {
    const ascii = pageOf("ascii")
    assert.strictEqual(ascii.unassigned.length, 128)
    assert.strictEqual(ascii.toUnicode[0x80], 0xf780)
    assert.isFalse(ascii.isLatin)
    assert.isTrue(pageOf("latin1").isLatin)
    assert.isFalse(pageOf("cp1140").isLatin)
  })

  it("writes the second tone marks of Thai as the first", () => {
    const thai = pageOf("838")
    assert.deepStrictEqual([thai.toUnicode[0x51], thai.toUnicode[0xed]], [0xe48, 0xe48])
    assert.strictEqual(thai.fromUnicode[0xe48], 0xed)
  })
})

describe("double-byte pages", () => {
  it("are all known by their digests", () => {
    assert.deepStrictEqual(
      Object.keys(doubleByteTables),
      knownDoubles.map(([name]) => name),
    )
  })

  it.each(knownDoubles)("%s has its %i characters where they belong", (name, count, expected) => {
    const page = doubleBytePage(name)
    let characters = 0
    let text = ""
    for (let pair = 0; pair < 0x10000; pair++) {
      const codePoint = page.toUnicode(pair)
      const one =
        codePoint === 0 ? (page.sequences?.get(pair) ?? "") : String.fromCodePoint(codePoint)
      if (one !== "") characters++
      text += `${one}\0`
    }
    assert.strictEqual(characters, count)
    assert.strictEqual(digest(text), expected)
  })

  it.each(knownDoubles)("%s writes what it reads, at one place of each character", (name) => {
    const page = doubleBytePage(name)
    const seconds = new Map<number, number>()
    const wrong: Array<number> = []
    for (let pair = 0; pair < 0x10000; pair++) {
      const codePoint = page.toUnicode(pair)
      if (codePoint === 0) continue
      const written = page.fromUnicode(codePoint)
      if (page.toUnicode(written) !== codePoint) wrong.push(pair)
      if (written !== pair) seconds.set(pair, written)
    }
    assert.deepStrictEqual(wrong, [])
    // Some characters of traditional Chinese have two places, and are written at the later.
    assert.strictEqual(seconds.size, name === "cp835" || name === "cp9027" ? 189 : 0)
    for (const [pair, written] of seconds) assert.isAbove(written, pair)
  })

  it("write the neighbours that other converters read", () => {
    const japanese = doubleBytePage("cp300")
    const shown = [0x4260, 0x426a, 0x43a1, 0x444a, 0x447c]
    assert.deepStrictEqual(
      [0xff0d, 0xffe4, 0xff5e, 0x2015, 0x2225].map(japanese.fromUnicode),
      shown,
    )
    assert.deepStrictEqual(shown.map(japanese.toUnicode), [0x2212, 0xa6, 0x301c, 0x2014, 0x2016])
  })
})
