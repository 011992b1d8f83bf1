/**
 * Vectors of single fields: the function of another tool that reads one, its arguments, the bytes,
 * and what it gives; `null` where it gives nothing.
 *
 * A vector names no picture. It gets the one that its arguments and bytes ask for: a byte a digit,
 * at least as many as it has decimals, and a SIGN SEPARATE where a sign is written.
 */
import type { CodePage } from "@countersign/copybook/charset/CodePage"
import * as FieldCodec from "@countersign/copybook/field/FieldCodec"
import type { FieldOptions } from "@countersign/copybook/field/FieldOptions"
import type { ElementaryField, Storage } from "@countersign/copybook/layout/Layout"
import { canonicalNumber } from "./Comparison.ts"
import type { Findings } from "./Finding.ts"
import { isObject, type Json, type JsonObject, textAt } from "./Manifest.ts"

interface Vector {
  readonly name: string
  readonly bytes: Uint8Array
  /** Named arguments, and the others by their place among them. */
  readonly args: Readonly<Record<string, string>>
  readonly expect: Json
}

interface Reading {
  readonly storage: Storage
  /** Of the field; the bytes may be fewer. */
  readonly length: number
  readonly options: Partial<FieldOptions>
  /** What bytes that are blank are read as. */
  readonly isBlankZero?: boolean
  /** How many digits a value has at most. */
  readonly most?: number
}

const vectorOf = (json: JsonObject): Vector => {
  const args: Record<string, string> = {}
  let unnamed = 0
  for (const each of Array.isArray(json["args"]) ? json["args"] : []) {
    const [left = "", right] = String(each).split(" = ")
    args[right === undefined ? String(unnamed++) : left] = right ?? left
  }
  return {
    name: textAt(json, "function"),
    bytes: Buffer.from(textAt(json, "data_hex"), "hex"),
    args,
    expect: json["expect"] ?? null,
  }
}

/** Digits that the tool's whole numbers hold. */
const digitsMost: Readonly<Record<string, number>> = { Int: 9, Long: 18 }

const scaleOf = (digits: number, scale: number, factor: number): number => {
  // P of a picture: behind all digits, or before them.
  if (factor > 0) return -factor
  return factor < 0 ? digits - factor : scale
}

const zonedOf = ({ args, bytes, name }: Vector): Reading => {
  const isEbcdic = name.startsWith("decodeEbcdic")
  const kind = name.replace(/^decode(Ebcdic|Ascii)/, "")
  const at = (...found: ReadonlyArray<number>): number =>
    bytes.findIndex((byte) => found.includes(byte))
  const sign = isEbcdic ? at(0x4e, 0x60) : at(0x2b, 0x2d)
  const point = isEbcdic ? at(0x4b, 0x6b) : at(0x2e, 0x2c)
  const isSigned = args["isUnsigned"] === "false"
  const isSignSeparate = isSigned && sign >= 0
  const around = (sign < 0 ? 0 : 1) + (point < 0 ? 0 : 1)
  const most = digitsMost[kind]
  const isScaled = kind === "BigNumber"
  const isBehind = (byte: number, index: number): boolean =>
    index > point && (byte & 0x0f) <= 9 && byte >> 4 >= 3 && index !== sign
  const written =
    point < 0 || most !== undefined
      ? 0
      : bytes.filter(isBehind).filter((byte) => byte !== 0x40).length
  const wanted = Number(args["0"] ?? 0)
  const decimals = isScaled && point < 0 ? wanted : written
  const factor = isScaled ? Number(args["1"] ?? 0) : 0
  const room = bytes.length - around
  const digits = Math.max(room, factor === 0 ? decimals : 0)
  return {
    storage: {
      kind: "zoned",
      digits,
      scale: scaleOf(digits, decimals, factor),
      isSigned,
      signPosition: sign > 0 && sign === bytes.length - 1 ? "trailing" : "leading",
      isSignSeparate,
    },
    length: digits + around,
    options: {
      digits: args["relaxedOverpunch"] === "true" ? "any-zone" : "relaxed",
      ...(args["allowSignOverpunch"] === "false" ? { signRule: "none" } : {}),
    },
    isBlankZero: args["improvedNullDetection"] === "false",
    ...(most === undefined ? {} : { most }),
  }
}

const packedOf = ({ args, bytes }: Vector): Reading => {
  const hasSignNibble = args["mandatorySignNibble"] === "true"
  const digits = Math.max(1, bytes.length * 2 - (hasSignNibble ? 1 : 0))
  const scale = scaleOf(digits, Number(args["scale"] ?? 0), Number(args["scaleFactor"] ?? 0))
  return {
    storage: { kind: "packed", digits, scale, isSigned: hasSignNibble, hasSignNibble },
    length: Math.max(1, bytes.length),
    options: {},
  }
}

const binaryOf = ({ args, bytes }: Vector): Reading => ({
  storage: {
    kind: "binary",
    digits: Math.ceil(bytes.length * 2.41),
    scale: Number(args["0"] ?? 0),
    isSigned: args["signed"] === "true",
    bytes: bytes.length,
    endian: args["bigEndian"] === "true" ? "big" : "little",
    isFullRange: true,
  },
  length: bytes.length,
  options: {},
})

const floatOf = ({ bytes, name }: Vector): Reading => ({
  storage: { kind: "float", bytes: bytes.length === 4 ? 4 : 8 },
  length: bytes.length,
  options: {
    floats: name.includes("Ibm") ? "ibm" : "ieee",
    floatEndian: name.endsWith("LittleEndian") ? "little" : "big",
    numbers: "native",
  },
})

const readingOf = (vector: Vector): Reading | undefined => {
  if (/^decode(Ebcdic|Ascii)(Number|Int|Long|BigNumber|BigDecimal)$/.test(vector.name)) {
    return zonedOf(vector)
  }
  if (/^decode(BigBCD|BCDIntegral)Number$/.test(vector.name)) return packedOf(vector)
  if (vector.name === "decodeBinaryNumber") return binaryOf(vector)
  return /^decode(Ibm|Ieee754)(Single|Double)/.test(vector.name) ? floatOf(vector) : undefined
}

export const fieldOf = (storage: Storage, length: number): ElementaryField => ({
  kind: "elementary",
  name: "F",
  path: "F",
  level: 1,
  isFiller: false,
  offset: 0,
  length,
  lengthMin: length,
  isShifted: false,
  conditions: [],
  span: { line: 1, column: 1, offset: 0, length: 1 },
  storage,
  isJustified: false,
  isBlankWhenZero: false,
})

const read = (vector: Vector, page: CodePage): string | undefined => {
  const reading = readingOf(vector)
  if (reading === undefined) return "a function that is not known here"
  // A field that the bytes end within has no value.
  if (reading.length > vector.bytes.length) return undefined
  const codec = FieldCodec.make(fieldOf(reading.storage, reading.length), "ibm", {
    codePage: page,
    numbers: "string",
    ...reading.options,
  })
  const value = codec.decode(vector.bytes, 0)
  if (typeof value === "number" || typeof value === "string") {
    const text = canonicalNumber(String(value))
    return text.replace("-", "").length > (reading.most ?? Number.POSITIVE_INFINITY)
      ? undefined
      : text
  }
  return codec.fault() === "CPY-4001" && reading.isBlankZero === true ? "0" : undefined
}

/** Whether a number in floating point is the written one, to one unit of its last digit. */
const isNear = (text: string, actual: number): boolean => {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e")
  const decimals = mantissa.split(".")[1]?.length ?? 0
  return Math.abs(actual - Number(text)) <= 10 ** (Number(exponent) - decimals)
}

const isSame = (expected: Json, actual: string | undefined): boolean => {
  if (expected === null || actual === undefined) return expected === null && actual === undefined
  if (isObject(expected)) {
    const text = textAt(expected, "#")
    return /[.e]/i.test(text) ? isNear(text, Number(actual)) : canonicalNumber(text) === actual
  }
  return typeof expected === "string" && canonicalNumber(expected) === actual
}

const shown = (value: Json): string =>
  isObject(value) ? textAt(value, "#") : typeof value === "string" ? value : "nothing"

/** Vectors that are marked as suspect are told, with the mark, and not judged. */
export const fieldVectorFindings = (
  vectors: ReadonlyArray<Json>,
  pages: { readonly ebcdic: CodePage; readonly ascii: CodePage },
): Findings => {
  const different: Array<string> = []
  const explained: Array<string> = []
  for (const [index, json] of vectors.entries()) {
    if (!isObject(json)) continue
    const vector = vectorOf(json)
    const actual = read(vector, vector.name.startsWith("decodeAscii") ? pages.ascii : pages.ebcdic)
    if (isSame(vector.expect, actual)) continue
    const place = `vector ${index}, ${vector.name} of ${textAt(json, "data_hex")}`
    const found = `${place}: expected ${shown(vector.expect)}, is ${actual ?? "nothing"}`
    const mark = textAt(json, "suspect")
    if (mark === "") different.push(found)
    else explained.push(`${found}; marked: ${mark}`)
  }
  return { different, explained }
}
