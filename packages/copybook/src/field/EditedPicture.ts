/**
 * A numeric-edited picture, place by place.
 *
 * @since 0.1.0
 */
import type { Picture } from "../syntax/Picture.ts"

/**
 * What stands at one place of the edited text.
 *
 * - `digit`: 9, a digit always.
 * - `suppress`: Z or *, a digit or the fill.
 * - `float`: a place of a floating string: a digit, the string's character, or a blank.
 * - `anchor`: the first place of a floating string: its character or a blank.
 * - `insert`: a comma, blank, zero, slash or point of thousands: itself, or the fill.
 * - `point`: the decimal point.
 * - `sign`: a single + or −.
 * - `currency`: a single currency sign.
 * - `credit`: one of the two characters of CR or DB.
 *
 * @category models
 * @since 0.1.0
 */
export interface Place {
  readonly kind:
    | "digit"
    | "suppress"
    | "float"
    | "anchor"
    | "insert"
    | "point"
    | "sign"
    | "currency"
    | "credit"
  /** The character of the picture, or of CR and DB. */
  readonly character: string
  /** Whether it lies behind the decimal point. */
  readonly isFraction: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface EditedPicture {
  readonly places: ReadonlyArray<Place>
  /** What stands for suppressed digits. */
  readonly fill: " " | "*"
  /** The character of the floating string, if there is one. */
  readonly floating?: string
  /** What stands in the data where the picture has its currency symbol. */
  readonly currencySign: string
  /** Places that hold a digit before and behind the point. */
  readonly wholeDigits: number
  readonly fractionDigits: number
  /** Whether every digit may be suppressed, so that zero shows no digit. */
  readonly isAllSuppressed: boolean
  readonly scale: number
  readonly digits: number
  readonly isSigned: boolean
  /** Whether it has an S, which has no place: a sign may stand over the first or the last digit. */
  readonly hasOperationalSign: boolean
}

interface Raw {
  readonly symbol: string
}

const isInsertion = (symbol: string): boolean =>
  symbol === "B" || symbol === "0" || symbol === "/" || symbol === "," || symbol === "."

/** Of a run of one of + − and the currency sign, with insertions between: is it more than one? */
const floatingSymbol = (raws: ReadonlyArray<Raw>, currency: string): string | undefined => {
  for (const symbol of ["+", "-", currency]) {
    const first = raws.findIndex((raw) => raw.symbol === symbol)
    for (let index = first + 1; first >= 0 && index < raws.length; index++) {
      const next = raws[index]?.symbol ?? ""
      if (next === symbol) return symbol
      if (!isInsertion(next) && next !== "V") break
    }
  }
  return undefined
}

const kindOf = (symbol: string, point: string, currency: string): Place["kind"] | undefined => {
  if (symbol === "9") return "digit"
  if (symbol === "Z" || symbol === "*") return "suppress"
  if (symbol === point) return "point"
  if (isInsertion(symbol)) return "insert"
  if (symbol === "+" || symbol === "-") return "sign"
  return symbol === currency ? "currency" : undefined
}

const standard = new Set([
  "9",
  "Z",
  "*",
  "+",
  "-",
  ",",
  ".",
  "/",
  "B",
  "0",
  "V",
  "P",
  "S",
  "CR",
  "DB",
])

/** Any character may be made the currency symbol, so it is the one that is nothing else. */
const currencyOf = (picture: Picture): string =>
  picture.symbols.map(({ symbol }) => symbol.toUpperCase()).find((each) => !standard.has(each)) ??
  "$"

/**
 * Lays out a numeric-edited picture.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (picture: Picture): EditedPicture => {
  const point = picture.decimalPoint ?? "."
  const currency = currencyOf(picture)
  const raws: Array<Raw> = picture.symbols.flatMap(({ count, symbol }) =>
    Array.from({ length: count }, () => ({ symbol: symbol.toUpperCase() })),
  )
  const floating = floatingSymbol(raws, currency)
  const places: Array<Place> = []
  let isFraction = false
  let hasAnchor = false
  for (const { symbol } of raws) {
    if (symbol === "CR" || symbol === "DB") {
      for (const character of symbol) places.push({ kind: "credit", character, isFraction })
      continue
    }
    if (symbol === "V") isFraction = true
    const isFloat = symbol === floating
    const kind = isFloat ? (hasAnchor ? "float" : "anchor") : kindOf(symbol, point, currency)
    // V, P and S take no place.
    if (kind === undefined) continue
    if (isFloat) hasAnchor = true
    if (kind === "point") isFraction = true
    places.push({ kind, character: symbol, isFraction })
  }
  const held = places.filter(
    ({ kind }) => kind === "digit" || kind === "suppress" || kind === "float",
  )
  return {
    places,
    fill: raws.some(({ symbol }) => symbol === "*") ? "*" : " ",
    ...(floating === undefined ? {} : { floating }),
    currencySign: picture.currencySign?.[0] ?? currency,
    wholeDigits: held.filter((place) => !place.isFraction).length,
    fractionDigits: held.filter((place) => place.isFraction).length,
    isAllSuppressed: held.every(({ kind }) => kind !== "digit"),
    scale: picture.scale,
    digits: held.length,
    hasOperationalSign: raws.some(({ symbol }) => symbol === "S") && currency !== "S",
    isSigned: places.some(
      ({ character, kind }) =>
        kind === "sign" || kind === "credit" || (kind === "anchor" && character !== currency),
    ),
  }
}
