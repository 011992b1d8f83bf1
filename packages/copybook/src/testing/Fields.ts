/** Test kit: pictures, storages and fields as the layout would give them. */
import type {
  BinaryStorage,
  ElementaryField,
  PackedStorage,
  Storage,
  ZonedStorage,
} from "../layout/Layout.ts"
import type { Picture, PictureCategory, PictureSymbol } from "../syntax/Picture.ts"

/** Symbols of a picture string, repetition resolved. */
const symbolsOf = (text: string): Array<PictureSymbol> => {
  const symbols: Array<{ symbol: string; count: number }> = []
  for (const [, symbol = "", count] of text.matchAll(/(CR|DB|.)(?:\((\d+)\))?/g)) {
    const last = symbols.at(-1)
    const times = Number(count ?? 1)
    if (last?.symbol === symbol) last.count += times
    else symbols.push({ symbol, count: times })
  }
  return symbols
}

export const picture = (
  text: string,
  category: PictureCategory,
  more: Partial<Picture> = {},
): Picture => {
  const symbols = symbolsOf(text)
  const size = symbols.reduce(
    (sum, { count, symbol }) => sum + ("VPS".includes(symbol) ? 0 : symbol.length * count),
    0,
  )
  const point = more.decimalPoint ?? "."
  const [, fraction = ""] = text
    .replaceAll(/(.)\((\d+)\)/g, (_, c: string, n: string) => c.repeat(Number(n)))
    .split(point)
  const held = (part: string): number => part.replaceAll(/[^9Z*+\-$]/g, "").length
  return {
    text,
    category,
    symbols,
    size,
    digits: held(text),
    scale:
      category === "numeric-edited"
        ? fraction.replaceAll(/CR|DB|[+-]$/g, "").replaceAll(/[^9Z*+\-$]/g, "").length
        : 0,
    isSigned: text.startsWith("S"),
    ...more,
  }
}

export const zoned = (digits: number, more: Partial<ZonedStorage> = {}): ZonedStorage => ({
  kind: "zoned",
  digits,
  scale: 0,
  isSigned: true,
  signPosition: "trailing",
  isSignSeparate: false,
  ...more,
})

export const packed = (digits: number, more: Partial<PackedStorage> = {}): PackedStorage => ({
  kind: "packed",
  digits,
  scale: 0,
  isSigned: true,
  hasSignNibble: true,
  ...more,
})

export const binary = (bytes: number, more: Partial<BinaryStorage> = {}): BinaryStorage => ({
  kind: "binary",
  digits: bytes <= 2 ? 4 : bytes <= 4 ? 9 : 18,
  scale: 0,
  isSigned: true,
  bytes,
  endian: "big",
  isFullRange: false,
  ...more,
})

const lengthOf = (storage: Storage): number => {
  switch (storage.kind) {
    case "zoned":
      return storage.digits + (storage.isSigned && storage.isSignSeparate ? 1 : 0)
    case "packed":
      return (storage.digits + (storage.hasSignNibble ? 2 : 1)) >> 1
    case "binary":
    case "float":
      return storage.bytes
    case "edited":
      return storage.picture.size
    case "national":
    case "dbcs":
    case "opaque":
    case "text":
      return 8
  }
}

/** An elementary field at the start of its record. */
export const field = (storage: Storage, more: Partial<ElementaryField> = {}): ElementaryField => {
  const length = more.length ?? lengthOf(storage)
  return {
    kind: "elementary",
    name: "F",
    path: "F",
    level: 5,
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
    ...more,
  }
}

export const bytesOf = (hex: string): Uint8Array =>
  Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"))

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
