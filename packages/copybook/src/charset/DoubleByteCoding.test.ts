import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codePage } from "./CodePages.ts"
import { doubleBytePage } from "./DoubleBytePages.ts"
import type { TextOptions } from "./TextCoding.ts"
import { doubleTranslator, type Filling, translator, type Translator } from "./Translate.ts"

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

const fill = (text: Translator, given: string, length: number, how?: Filling): string => {
  const into = new Uint8Array(length + 2).fill(0xaa)
  const fault = text.fill(given, into, 1, length, how)
  assert.strictEqual(into[0], 0xaa)
  assert.strictEqual(into[length + 1], 0xaa)
  return fault === undefined ? hex(into.subarray(1, length + 1)) : JSON.stringify(fault)
}

const mixedNames = [930, 933, 935, 937, 939, 1364, 1371, 1388, 1390, 1399].map(
  (number) => `cp${number}`,
)

describe("single and double bytes with shifts", () => {
  // The bytes are what two other converters write for the texts.
  it.each([
    ["cp930", "東京ﾄｳｷｮｳ TOKYO", "0e455745750f958387558340e3d6d2e8d6"],
    ["cp939", "東京 Tokyo", "0e455745750f40e39692a896"],
    ["cp1390", "𠮟る 東京", "0eb38d44af0f400e455745750f"],
    ["cp1399", "か゚ 東京 €", "0eecb50f400e455745750f40e1"],
    ["cp933", "서울 Seoul", "0eace1b6890f40e28596a493"],
    ["cp1364", "똠방각하", "0e99b1a4778862d0610f"],
    ["cp935", "北京 Beijing", "0e49514fa80f40c2858991899587"],
    ["cp937", "台北 Taipei", "0e4d5a4d410f40e38189978589"],
    ["cp1371", "台北 €", "0e4d5a4d410f409f"],
    ["cp870", "Zażółć gęślą jaźń", "e981b2ce9a494087528a93a0409181b79b"],
    ["cp875", "Αθήνα", "419bb3aa8a"],
    ["cp424", "שלום", "69544655"],
    ["cp838", "ไทย", "df738f"],
    ["cp1025", "Москва", "cf9eab9aaf77"],
    ["cp1026", "İstanbul ğüş", "5ba2a3819582a49340d0e06a"],
    ["cp1047", "[array]^", "ad81999981a8bd5f"],
    ["cp500", "[array]^", "4a81999981a85a5f"],
    ["cp273", "Größe {1}", "c7996aa1854043f1dc"],
    ["cp297", "été à Nîmes", "c0a3c0407c40d5569485a2"],
  ])("%s has %s as %s", (name, text, expected) => {
    assert.strictEqual(hex(of(name).encode(text)), expected)
    assert.strictEqual(decode(of(name), expected), text)
  })

  it("become UTF-8", () => {
    const all = bytes("c1 0e 4557 0f c2")
    const into = new Uint8Array(20)
    assert.strictEqual(of("cp930").toUtf8(all, 1, 4, into, 2), 3)
    assert.strictEqual(hex(into.subarray(0, 6)), "0000e69db100")
    assert.deepStrictEqual(of("cp930").toUtf8(all, 1, 3, into, 0), { reason: "shift", at: 1 })
  })

  it("tell where a shift has no partner", () => {
    const text = of("cp939")
    assert.deepStrictEqual(decode(text, "c1 0e 4557"), { reason: "shift", at: 1 })
    assert.deepStrictEqual(decode(text, "c1 0f c2"), { reason: "shift", at: 1 })
    assert.deepStrictEqual(decode(text, "0e 4557 0e 4575 0f"), { reason: "shift", at: 3 })
    assert.deepStrictEqual(decode(text, "0e 4557 45"), { reason: "half", at: 3 })
    assert.deepStrictEqual(decode(text, "0e 4557 41ff 0f"), { reason: "unassigned", at: 3 })
  })

  it("are read without their partners if that is asked", () => {
    const text = of("cp939", { isShiftLenient: true })
    assert.strictEqual(decode(text, "c1 0e 4557"), "A東")
    assert.strictEqual(decode(text, "c1 0f c2"), "AB")
    assert.strictEqual(decode(text, "0e 4557 0e 4575 0f"), "東京")
    assert.deepStrictEqual(decode(text, "0e 4557 45"), { reason: "half", at: 3 })
  })

  it("don't take a shift's value in the second byte for a shift", () => {
    assert.deepStrictEqual(decode(of("cp939"), "0e 450f 0f"), { reason: "unassigned", at: 1 })
  })

  it("replace what has no character", () => {
    const text = of("cp939", { unassigned: "replace", unmappable: "replace" })
    assert.strictEqual(decode(text, "0e 41ff 4557 0f c1"), "\ufffd東A")
    assert.strictEqual(hex(text.encode("A😀B")), "c13fc2")
    assert.deepStrictEqual(of("cp939").encode("A😀B"), { reason: "unmappable", at: 1 })
    assert.deepStrictEqual(of("cp939").encode("A\ud83d"), { reason: "malformed", at: 1 })
    assert.deepStrictEqual(of("cp939").encode("A\u000eB"), { reason: "unmappable", at: 1 })
  })

  it("fill a field, and are never cut inside a character or left shifted", () => {
    const text = of("cp939")
    assert.strictEqual(fill(text, "東京", 8), "0e455745750f4040")
    assert.strictEqual(fill(text, "東京", 8, { isJustified: true }), "40400e455745750f")
    assert.strictEqual(fill(text, "東京", 6), "0e455745750f")
    assert.strictEqual(fill(text, "東京", 5), '{"reason":"long","at":1}')
    const cut = { canTruncate: true }
    assert.strictEqual(fill(text, "東京", 5, cut), "0e45570f40")
    assert.strictEqual(fill(text, "東京", 3, cut), "404040")
    assert.strictEqual(fill(text, "A東京", 5, cut), "c10e45570f")
    assert.strictEqual(fill(text, "東A", 5), "0e45570fc1")
    assert.strictEqual(fill(text, "東A", 4, cut), "0e45570f")
    assert.strictEqual(fill(text, "東京", 5, { ...cut, isJustified: true }), "400e45750f")
    assert.strictEqual(fill(text, "東A   ", 5), "0e45570fc1")
  })

  it("prefer double bytes for private characters that single bytes only stand in for", () => {
    const page = Result.getOrThrow(codePage("cp937"))
    const byte = page.unassigned.find((one) => page.double?.fromUnicode(0xf700 + one) !== -1) ?? 0
    assert.strictEqual(page.toUnicode[byte], 0xf700 + byte)
    const pair = page.double?.fromUnicode(0xf700 + byte) ?? 0
    const written = translator(page).encode(String.fromCharCode(0xf700 + byte))
    assert.strictEqual(hex(written), `0e${pair.toString(16)}0f`)
  })

  for (const name of mixedNames) {
    const page = Result.getOrThrow(codePage(name))
    const { double } = page
    const characters: Array<string> = []
    for (let pair = 0x4141; pair < 0x10000; pair++) {
      const codePoint = double?.toUnicode(pair) ?? 0
      if (codePoint !== 0) characters.push(String.fromCodePoint(codePoint))
    }
    characters.push(...(double?.sequences?.values() ?? []))
    const wide = new Set(characters)
    page.toUnicode.forEach((unit, byte) => {
      if (byte === 0x0e || byte === 0x0f || page.unassigned.includes(byte)) return
      characters.push(String.fromCharCode(unit))
      wide.delete(String.fromCharCode(unit))
    })
    const text = translator(page)
    const pick = (indexes: ReadonlyArray<number>): Array<string> =>
      indexes.map((index) => {
        // Half of them single bytes.
        const from = index % 2 === 0 ? 0 : characters.length - 200
        return characters[from + (Math.abs(index) % (characters.length - from))] ?? ""
      })

    it.prop(
      `${name} reads what it writes, with as few shifts as there can be`,
      [Schema.Array(Schema.Int), Schema.Int],
      ([indexes, width]) => {
        const chosen = pick(indexes)
        const joined = chosen.join("")
        const written = text.encode(joined)
        assert.instanceOf(written, Uint8Array)
        if (!(written instanceof Uint8Array)) return
        assert.strictEqual(text.decode(written, 0, written.length), joined)
        const kinds = chosen.map((one) => wide.has(one))
        const runs = kinds.filter((isWide, index) => isWide && !(kinds[index - 1] ?? false)).length
        const size = kinds.reduce((sum, isWide) => sum + (isWide ? 2 : 1), runs * 2)
        assert.isAtMost(written.length, size)

        const room = Math.abs(width) % (size + 3)
        const into = new Uint8Array(room).fill(0xaa)
        assert.isUndefined(text.fill(joined, into, 0, room, { canTruncate: true }))
        const read = text.decode(into, 0, room)
        assert.isString(read)
        if (typeof read === "string") {
          assert.isTrue(`${joined}${" ".repeat(room)}`.startsWith(read.replace(/ +$/, "")))
        }
        assert.isUndefined(
          text.fill(joined, into, 0, room, { canTruncate: true, isJustified: true }),
        )
        const end = text.decode(into, 0, room)
        assert.isString(end)
        if (typeof end === "string") assert.isTrue(joined.endsWith(end.replace(/^ +/, "")))
      },
    )
  }
})

describe("double bytes alone", () => {
  it("are read and written without shifts", () => {
    for (const text of [doubleTranslator(doubleBytePage("cp300")), of("cp300"), of("IBM300")]) {
      assert.strictEqual(decode(text, "4557 4575 4040"), "東京\u3000")
      assert.strictEqual(hex(text.encode("東京 ")), "455745754040")
      assert.strictEqual(fill(text, "東京", 8), "4557457540404040")
      assert.strictEqual(fill(text, "東京", 8, { isJustified: true }), "4040404045574575")
      assert.strictEqual(fill(text, "東京", 3, { canTruncate: true }), "455740")
    }
  })

  it("keep low-values", () => {
    const text = of("cp834")
    assert.strictEqual(decode(text, "0000 0000"), "\0\0")
    assert.strictEqual(hex(text.encode("\0")), "0000")
  })

  it("hold characters of two, which are written whole", () => {
    const text = doubleTranslator(doubleBytePage("cp16684"))
    assert.strictEqual(decode(text, "ecb5 b38d"), "か゚𠮟")
    assert.strictEqual(hex(text.encode("か゚𠮟か")), "ecb5b38d4486")
  })

  it("tell what is wrong with them", () => {
    const text = of("cp837")
    assert.deepStrictEqual(decode(text, "4951 4f"), { reason: "half", at: 2 })
    assert.deepStrictEqual(decode(text, "4951 0000 40ff"), { reason: "unassigned", at: 4 })
    assert.deepStrictEqual(text.encode("北A"), { reason: "unmappable", at: 1 })
    assert.deepStrictEqual(text.encode("北\ud83d"), { reason: "malformed", at: 1 })
    const replaces = of("cp837", { unassigned: "replace", unmappable: "replace" })
    assert.strictEqual(decode(replaces, "4951 40ff"), "北\ufffd")
    assert.strictEqual(hex(replaces.encode("北A")), "4951fefe")
    assert.strictEqual(fill(text, "北北", 2), '{"reason":"long","at":1}')
  })
})
