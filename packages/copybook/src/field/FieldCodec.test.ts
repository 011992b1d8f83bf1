import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codePage } from "../charset/CodePages.ts"
import { translator } from "../charset/Translate.ts"
import type { ElementaryField, Storage } from "../layout/Layout.ts"
import { binary, bytesOf, field, hexOf, packed, picture, zoned } from "../testing/Fields.ts"
import * as FieldCodec from "./FieldCodec.ts"
import type { FieldOptions } from "./FieldOptions.ts"

const ebcdic = Result.getOrThrow(codePage("cp037"))
const ascii = Result.getOrThrow(codePage("ascii"))
const utf8 = Result.getOrThrow(codePage("utf-8"))

/** A double-byte half of Latin letters: 0x42xx, with its blank. */
const double = {
  name: "letters",
  toUnicode: (bytes: number) =>
    bytes === 0x4040 ? 0x3000 : bytes >> 8 === 0x42 ? 0xff00 + (bytes & 0xff) : 0,
  fromUnicode: (unit: number) =>
    unit === 0x3000 ? 0x4040 : unit >> 8 === 0xff ? 0x4200 + (unit & 0xff) : -1,
}
const mixed = { ...ebcdic, double }

const codecOf = (
  storage: Storage,
  options: Partial<FieldOptions> = {},
  more: Partial<ElementaryField> = {},
) => FieldCodec.make(field(storage, more), "ibm", { codePage: ebcdic, ...options })

const read = (
  hex: string,
  storage: Storage,
  options: Partial<FieldOptions> = {},
  more: Partial<ElementaryField> = {},
) => {
  const bytes = bytesOf(hex)
  const codec = codecOf(storage, options, { length: bytes.length, ...more })
  return codec.decode(bytes, 0) ?? codec.fault()
}

const write = (
  value: unknown,
  length: number,
  storage: Storage,
  options: Partial<FieldOptions> = {},
  more: Partial<ElementaryField> = {},
) => {
  const bytes = new Uint8Array(length)
  return codecOf(storage, options, { length, ...more }).encode(value, bytes, 0) ?? hexOf(bytes)
}

const text: Storage = { kind: "text", isAlphabetic: false }

const decoded = (hex: string): string => {
  const bytes = bytesOf(hex)
  const wide = Result.getOrThrow(codePage("cp300"))
  const characters = translator(wide).decode(bytes, 0, bytes.length)
  return typeof characters === "string" ? characters : assert.fail(hex)
}

describe("texts", () => {
  it("are read and written as their code page has them", () => {
    const japanese = Result.getOrThrow(codePage("cp930"))
    const wide = Result.getOrThrow(codePage("cp300"))
    const codecs = { codePage: japanese } as const
    assert.strictEqual(read("0E45810F", text, codecs, {}), decoded("4581"))
    assert.strictEqual(read("81820F", text, codecs), "CPY-4008")
    assert.strictEqual(read("0E4581", text, codecs), "CPY-4008")
    assert.strictEqual(read("45814582", text, { codePage: wide }), decoded("45814582"))
    assert.strictEqual(write(decoded("4581"), 4, text, { codePage: wide }), "45814040")
    // What the double bytes 0x6941 and on are is for each site to say.
    assert.strictEqual(read("0E69410F", text, codecs), "\uE000")
  })

  it("are cut where they begin where they are justified", () => {
    const cut = { longTexts: "truncate" } as const
    assert.strictEqual(write("ABCDE", 4, text, cut, { isJustified: true }), "c2c3c4c5")
    assert.strictEqual(write("ABCDE", 4, text, {}, { isJustified: true }), "CPY-5006")
  })

  it("are padded, and justified where the field is", () => {
    assert.strictEqual(write("AB", 4, text), "c1c24040")
    assert.strictEqual(write("AB", 4, text, {}, { isJustified: true }), "4040c1c2")
    assert.strictEqual(write("AB   ", 4, text), "c1c24040")
    assert.strictEqual(read("4040C1C2", text, {}, { isJustified: true }), "AB")
    assert.strictEqual(read("40C1C240", text, {}, { isJustified: true }), "AB ")
    assert.strictEqual(read("40C1C240", text, { trim: "right" }, { isJustified: true }), " AB")
    assert.strictEqual(write("ABCDE", 4, text), "CPY-5006")
    assert.strictEqual(write("ABCDE", 4, text, { longTexts: "truncate" }), "c1c2c3c4")
    assert.strictEqual(write("\u65E5", 4, text), "CPY-5007")
  })

  it("may be UTF-8, cut between characters", () => {
    assert.strictEqual(read("C3A97820", text, { codePage: utf8 }), "\u00E9x")
    assert.strictEqual(read("C3282020", text, { codePage: utf8 }), "CPY-4007")
    assert.strictEqual(write("x\u00E9", 4, text, { codePage: utf8 }), "78c3a920")
    assert.strictEqual(
      write("xxx\u00E9", 4, text, { codePage: utf8, longTexts: "truncate" }),
      "78787820",
    )
  })

  it("may mix single and double bytes between shifts", () => {
    assert.strictEqual(read("C10E424142420FC2", text, { codePage: mixed }), "A\uFF41\uFF42B")
    assert.strictEqual(write("A\uFF41\uFF42B", 8, text, { codePage: mixed }), "c10e424142420fc2")
    // The second of two bytes may look like the shift back.
    assert.strictEqual(read("0E420F0FC1", text, { codePage: mixed }), "\uFF0FA")
    assert.strictEqual(read("C10E4241", text, { codePage: mixed }), "CPY-4008")
    assert.strictEqual(read("0E43410F", text, { codePage: mixed }), "CPY-4007")
    assert.strictEqual(write("\uFF41", 3, text, { codePage: mixed }), "CPY-5006")
  })

  it("looks for shifts in the field alone, however many records lie behind it", () => {
    let last = -1
    const bytes = new Proxy(bytesOf("C10E42410F".padEnd(200, "C1")), {
      get: (target, key) => {
        if (typeof key === "string" && /^\d+$/.test(key)) last = Math.max(last, Number(key))
        return Reflect.get(target, key)
      },
    })
    const codec = codecOf(text, { codePage: mixed }, { length: 6 })
    assert.strictEqual(codec.decode(bytes, 0), "A\uFF41A")
    assert.strictEqual(last, 5)
  })

  it("may be double bytes alone, or UTF-16", () => {
    const dbcs: Storage = { kind: "dbcs" }
    assert.strictEqual(read("42414242", dbcs, { codePage: mixed }), "\uFF41\uFF42")
    assert.strictEqual(write("\uFF41", 4, dbcs, { codePage: mixed }), "42414040")
    assert.strictEqual(read("42414242", dbcs), "42414242")
    const national: Storage = { kind: "national" }
    assert.strictEqual(read("65E50020", national), "\u65E5")
    assert.strictEqual(write("\u65E5", 4, national, { nationalEndian: "little" }), "e5652000")
    assert.strictEqual(read("D8000020", national), "CPY-4007")
    assert.strictEqual(write("\uD800", 4, national), "CPY-5007")
  })

  it("say which bytes are no characters", () => {
    const page = { ...ascii, unassigned: [0x80] }
    assert.strictEqual(read("4180", text, { codePage: page }), "CPY-4007")
  })
})

describe("numbers", () => {
  it("may be digits in UTF-16", () => {
    const national: Storage = {
      kind: "national",
      decimal: zoned(3, { isSignSeparate: true, signPosition: "leading" }),
    }
    assert.strictEqual(read("002D003000310032", national), -12)
    assert.strictEqual(write(-12, 8, national), "002d003000310032")
    assert.strictEqual(read("002D003001310032", national), "CPY-4003")
  })

  it("are blank when zero where the field says so", () => {
    const more = { isBlankWhenZero: true }
    assert.strictEqual(read("404040", zoned(3), {}, more), 0)
    assert.strictEqual(write(0, 3, zoned(3), {}, more), "404040")
    assert.strictEqual(write(1, 3, zoned(3), {}, more), "f0f0c1")
    assert.strictEqual(read("404040", zoned(3)), "CPY-4001")
  })

  it("keep within the digits of a binary where asked", () => {
    assert.strictEqual(read("FFFF", binary(2, { isSigned: false })), 65_535)
    const strict = { binaryRange: "digits" } as const
    assert.strictEqual(read("FFFF", binary(2, { isSigned: false }), strict), "CPY-4006")
    assert.strictEqual(read("270F", binary(2), strict), 9999)
    assert.strictEqual(read("2710", binary(2), strict), "CPY-4006")
    assert.strictEqual(read("2710", binary(2, { isFullRange: true }), strict), 10_000)
    assert.strictEqual(read("2710", binary(2, { scale: 2 }), strict), "CPY-4006")
  })

  it("are texts where a double can't hold them", () => {
    const wide = binary(8, { digits: 15 })
    assert.strictEqual(read("00038D7EA4C67FFF", wide), 999_999_999_999_999)
    assert.strictEqual(read("7FFFFFFFFFFFFFFF", wide), "9223372036854775807")
    assert.strictEqual(
      read("7FFFFFFFFFFFFFFF", binary(8, { digits: 15, scale: 2 })),
      "92233720368547758.07",
    )
    assert.strictEqual(read("0001", binary(2, { scale: 6 })), 0.000001)
  })

  it("may be floating point in characters", () => {
    const storage: Storage = {
      kind: "edited",
      isNumeric: true,
      picture: picture("+9.99E+99", "external-float"),
    }
    assert.strictEqual(read("2B312E3530452B3032", storage, { codePage: ascii }), 150)
    assert.strictEqual(write(-0.0125, 9, storage, { codePage: ascii }), "2d312e3235452d3032")
    assert.strictEqual(write("1e150", 9, storage, { codePage: ascii }), "CPY-5008")
    assert.strictEqual(read("2B312E3530652B3032", storage, { codePage: ascii }), "CPY-4010")
  })

  it("are read loosely in every storage where that is asked for", () => {
    const german = Result.getOrThrow(codePage("cp273"))
    const relaxed = { digits: "relaxed" } as const
    const unsigned = packed(5, { isSigned: false, hasSignNibble: false })
    assert.strictEqual(read("123456", unsigned, relaxed), 123_456)
    assert.strictEqual(read("123456", unsigned), "CPY-4006")
    const storage: Storage = {
      kind: "edited",
      isNumeric: true,
      picture: picture("S9(3).99", "numeric-edited"),
    }
    assert.strictEqual(read("F3F0F54BF0D3", storage, relaxed), -305.03)
    assert.strictEqual(read("F3F0F54BF0D0", storage, { ...relaxed, codePage: german }), -305)
    assert.strictEqual(read("F3F0F54BF0C0", storage, { ...relaxed, codePage: german }), 305)
    assert.strictEqual(read("F3F0F54BF0D3", storage), "CPY-4010")
  })

  it("show the characters of any field as they are where asked", () => {
    assert.strictEqual(read("F0F0F7", zoned(3), { as: "text" }), "007")
    assert.strictEqual(read("0007", binary(2), { as: "base64" }), "AAc=")
    assert.strictEqual(write("0007", 2, { kind: "opaque" }), "0007")
    assert.strictEqual(write("7", 2, { kind: "opaque" }), "CPY-5016")
  })

  it("keep the sign of zero where asked, in floating point too", () => {
    const kept = { keepsNegativeZero: true } as const
    assert.isTrue(Object.is(read("80000000", { kind: "float", bytes: 4 }, kept), -0))
    assert.isTrue(Object.is(read("80000000", { kind: "float", bytes: 4 }), 0))
    assert.strictEqual(write("-0", 2, packed(3), kept), "000d")
    assert.strictEqual(write(-0, 2, packed(3)), "000c")
  })

  it.prop(
    "come back from any storage in any form",
    [
      Schema.Int,
      Schema.Literals(["native", "string", "decimal"]),
      Schema.Literals(["zoned", "packed", "binary", "edited"]),
    ],
    ([value, numbers, kind]) => {
      const storages = {
        zoned: zoned(18, { scale: 4 }),
        packed: packed(18, { scale: 4 }),
        binary: binary(8, { scale: 4 }),
        edited: {
          kind: "edited",
          isNumeric: true,
          picture: picture("-(14)9.9999", "numeric-edited"),
        },
      } as const
      const storage = storages[kind]
      const one = field(storage)
      const codec = FieldCodec.make(one, "ibm", { codePage: ebcdic, numbers })
      const bytes = new Uint8Array(one.length)
      assert.isUndefined(codec.encode({ unscaled: BigInt(value), scale: 4 }, bytes, 0))
      const shown = codec.decode(bytes, 0)
      const again = new Uint8Array(one.length)
      assert.isUndefined(codec.encode(shown, again, 0))
      assert.strictEqual(hexOf(again), hexOf(bytes))
    },
  )
})
