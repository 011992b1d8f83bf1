/**
 * What a picture's string says, by the rules of IBM Enterprise COBOL.
 *
 * @since 0.1.0
 */
import { clipped } from "../source/Token.ts"
import type { Picture, PictureCategory } from "./Picture.ts"
import { editedNumber, type EditingSymbols } from "./PictureEditing.ts"
import {
  merged,
  type PictureFault,
  type PictureOptions,
  type PlacedSymbol,
  symbolsOf,
} from "./PictureSymbols.ts"

/** Decimals of 128 bits hold them; no compiler has more. */
const digitsMax = 38

/** IBM Enterprise COBOL takes 50. Units: characters. */
const textMax = 500

/** What follows from the symbols, but for their count of positions. */
interface Reading {
  readonly category: PictureCategory
  readonly digits: number
  readonly scale: number
  readonly isSigned: boolean
}

const text = (category: PictureCategory): Reading => ({
  category,
  digits: 0,
  scale: 0,
  isSigned: false,
})

const total = (symbols: ReadonlyArray<PlacedSymbol>, ...wanted: ReadonlyArray<string>): number =>
  symbols.reduce((sum, { count, symbol }) => (wanted.includes(symbol) ? sum + count : sum), 0)

/** The first symbol that is none of these. */
const stranger = (
  written: string,
  symbols: ReadonlyArray<PlacedSymbol>,
  allowed: string,
  category: string,
): PictureFault | undefined => {
  const found = symbols.find(({ symbol }) => symbol.length > 1 || !allowed.includes(symbol))
  if (found === undefined) return undefined
  const { at, length, symbol } = found
  return {
    code: "CPY-1302",
    message: `${symbol} can't stand in ${written}, a picture of ${category}`,
    at,
    length,
  }
}

const order = (written: string, { at, length, symbol }: PlacedSymbol, why: string) =>
  ({
    code: "CPY-1304",
    message: `${symbol} can't stand there in the picture ${written}: ${why}`,
    at,
    length,
  }) satisfies PictureFault

/** S, V and P are no positions; without editing they follow one of these. */
const numericForm = /^S?(?:V?P?9|9PV?|9V?|9V9)$/

const numeric = (written: string, symbols: ReadonlyArray<PlacedSymbol>): Reading | PictureFault => {
  const form = symbols.map(({ symbol }) => symbol).join("")
  const once = symbols.find(({ count, symbol }) => /[SV]/.test(symbol) && count > 1)
  if (once !== undefined) return order(written, once, `${once.symbol} stands once`)
  const digits = total(symbols, "9")
  const scaling = total(symbols, "P")
  const [first] = symbols
  if (digits === 0 && first !== undefined) {
    const { at, length } = first
    return { code: "CPY-1305", message: `the picture ${written} has no digit`, at, length }
  }
  if (!numericForm.test(form)) {
    const wrong =
      symbols.find(({ symbol }, index) => symbol === "S" && index > 0) ??
      symbols.find(({ symbol }, index) => symbol === "V" && form.indexOf("V") < index) ??
      symbols.findLast(({ symbol }) => symbol === "P" || symbol === "V") ??
      first
    if (wrong !== undefined) {
      return order(
        written,
        wrong,
        wrong.symbol === "S"
          ? "S stands first"
          : wrong.symbol === "V" && form.indexOf("V") < form.lastIndexOf("V")
            ? "a number has one decimal point"
            : "P stands before or behind all digits, and V behind or before all P",
      )
    }
  }
  const isSigned = form.startsWith("S")
  const behind = symbols.findLastIndex(({ symbol }) => symbol === "V")
  const fraction = behind < 0 ? 0 : total(symbols.slice(behind), "9")
  const isLeading = scaling > 0 && form.indexOf("P") < form.indexOf("9")
  const scale = isLeading ? digits + scaling : scaling > 0 ? -scaling : fraction
  return { category: "numeric", digits, scale, isSigned }
}

/** A sign, up to 16 digits with a point, E, a sign and two digits. */
const floatForm = /^[+-](?:9V|9\.9|9V9|9\.|\.9|V9|9)E[+-]9$/

const float = (
  written: string,
  symbols: ReadonlyArray<PlacedSymbol>,
  point: string,
): Reading | PictureFault => {
  const form = symbols.map(({ symbol }) => (symbol === point ? "." : symbol)).join("")
  const at = symbols.findIndex(({ symbol }) => symbol === "E")
  const exponent = symbols[at]
  const mantissa = symbols.slice(0, at)
  const digits = total(mantissa, "9")
  if (
    exponent !== undefined &&
    (!floatForm.test(form) || digits > 16 || symbols.at(-1)?.count !== 2 || exponent.count > 1)
  ) {
    return order(written, exponent, "a number with an exponent is written such as +9.9(5)E+99")
  }
  const behind = mantissa.findIndex(({ symbol }) => symbol === point || symbol === "V")
  const scale = behind < 0 ? 0 : total(mantissa.slice(behind), "9")
  return { category: "external-float", digits, scale, isSigned: true }
}

const edited = (
  written: string,
  symbols: ReadonlyArray<PlacedSymbol>,
  editing: EditingSymbols,
): Reading | PictureFault => {
  const number = editedNumber(written, symbols, editing)
  return "code" in number ? number : { category: "numeric-edited", ...number }
}

/** Text of one kind, with insertions or without. */
const textual = (
  written: string,
  symbols: ReadonlyArray<PlacedSymbol>,
  has: (symbol: string) => boolean,
): Reading | PictureFault | undefined => {
  const isInserted = has("B") || has("0") || has("/")
  if (has("N")) {
    const wrong = stranger(written, symbols, "NB0/", "national characters")
    return wrong ?? text(isInserted ? "national-edited" : "national")
  }
  if (has("G")) return stranger(written, symbols, "GB", "double-byte characters") ?? text("dbcs")
  if (!has("X") && !has("A")) return undefined
  const wrong = stranger(written, symbols, "AX9B0/", "characters")
  if (wrong !== undefined) return wrong
  if (isInserted) return text("alphanumeric-edited")
  return text(has("X") || has("9") ? "alphanumeric" : "alphabetic")
}

const unsupported = (
  written: string,
  symbols: ReadonlyArray<PlacedSymbol>,
): PictureFault | undefined => {
  const found = symbols.find(({ symbol }) => symbol === "1" || symbol === "U")
  if (found === undefined) return undefined
  const { at, length, symbol } = found
  const what = symbol === "1" ? "bits" : "UTF-8 characters"
  return { code: "CPY-1307", message: `the picture ${written} has ${what}`, at, length }
}

const readingOf = (
  written: string,
  symbols: ReadonlyArray<PlacedSymbol>,
  editing: EditingSymbols,
): Reading | PictureFault => {
  const has = (wanted: string): boolean =>
    symbols.some(({ symbol }) => symbol === wanted && !editing.isCurrency(symbol))
  const bits = unsupported(written, symbols)
  if (bits !== undefined) return bits
  if (has("E")) return float(written, symbols, editing.point)
  const characters = textual(written, symbols, has)
  if (characters !== undefined) return characters
  return symbols.every(({ symbol }) => "9PSV".includes(symbol) && !editing.isCurrency(symbol))
    ? numeric(written, symbols)
    : edited(written, symbols, editing)
}

/** Faults that need all of the reading. */
const limits = (
  written: string,
  { category, digits, scale }: Reading,
  symbols: ReadonlyArray<PlacedSymbol>,
): PictureFault | undefined => {
  const isNumber = category === "numeric" || category === "numeric-edited"
  const place = { at: 0, length: written.length }
  if (isNumber && digits === 0) {
    return { code: "CPY-1305", message: `the picture ${written} has no digit`, ...place }
  }
  const positions = digits + total(symbols, "P")
  if (isNumber && positions > digitsMax) {
    return {
      code: "CPY-1306",
      message: `the picture ${written} has ${positions} digits, and ${digitsMax} are the most`,
      ...place,
    }
  }
  return isNumber && Math.abs(scale) > digitsMax
    ? { code: "CPY-1306", message: `the picture ${written} has a scale of ${scale}`, ...place }
    : undefined
}

/**
 * Reads a picture. Without faults, or with warnings alone, there is a picture.
 *
 * - Bounds: 500 characters, 38 digits, 134,217,727 positions.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parsePicture = (
  written: string,
  options: PictureOptions = {},
): { readonly picture?: Picture; readonly faults: ReadonlyArray<PictureFault> } => {
  if (written.length > textMax) {
    const message = `the picture ${clipped(written)} is written in ${written.length} characters`
    return { faults: [{ code: "CPY-1308", message, at: 0, length: 1 }] }
  }
  const { faults, symbols: placed } = symbolsOf(written, options)
  // What follows the first is not worth telling: most pictures have one fault, and lose their thread.
  if (faults.length > 0) return { faults: faults.slice(0, 1) }
  if (placed.length === 0) {
    return { faults: [{ code: "CPY-1301", message: "the picture is empty", at: 0, length: 1 }] }
  }
  const symbols = merged(placed)
  const currencies = new Map(
    (options.currencySigns ?? []).map(({ sign, symbol }) => [symbol, sign]),
  )
  const editing: EditingSymbols = {
    point: options.isDecimalComma === true ? "," : ".",
    separator: options.isDecimalComma === true ? "." : ",",
    isCurrency: (symbol) => symbol === "$" || currencies.has(symbol),
  }
  const reading = readingOf(written, symbols, editing)
  if ("code" in reading) return { faults: [reading] }
  const limit = limits(written, reading, symbols)
  if (limit !== undefined) return { faults: [limit] }
  const currency = symbols.find(({ symbol }) => editing.isCurrency(symbol))
  const sign = currency === undefined ? undefined : currencies.get(currency.symbol)
  const size = symbols.reduce(
    (sum, { count, symbol }) =>
      /^[SVP]$/.test(symbol) && !editing.isCurrency(symbol) ? sum : sum + count * symbol.length,
    // The first currency symbol is as long as what stands in the data.
    sign === undefined ? 0 : sign.length - 1,
  )
  const picture: Picture = {
    text: written,
    symbols: symbols.map(({ count, symbol }) => ({ symbol, count })),
    size,
    ...reading,
    ...(options.isDecimalComma === true ? { decimalPoint: "," } : {}),
    ...(sign === undefined || sign === currency?.symbol ? {} : { currencySign: sign }),
  }
  const isOdd = reading.category === "numeric-edited" && symbols[0]?.symbol === "S"
  return {
    picture,
    faults: isOdd
      ? [
          {
            code: "CPY-1309",
            message: `the picture ${written} has S and a decimal point`,
            at: 0,
            length: 1,
          },
        ]
      : [],
  }
}
