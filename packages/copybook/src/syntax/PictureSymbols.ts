/**
 * A picture's characters as symbols with their counts and places.
 *
 * @since 0.1.0
 */
import type { CurrencySign } from "../source/DataDivision.ts"
import type { DiagnosticCode } from "../source/DiagnosticCode.ts"

/**
 * What is wrong with a picture, and where in its string.
 *
 * @category models
 * @since 0.1.0
 */
export interface PictureFault {
  readonly code: DiagnosticCode
  readonly message: string
  /** 0-based. */
  readonly at: number
  readonly length: number
  readonly hint?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PictureOptions {
  /** Whether `,` is the decimal point and `.` the separator. */
  readonly isDecimalComma?: boolean
  /** Besides `$`. */
  readonly currencySigns?: ReadonlyArray<CurrencySign>
  /** Value of a constant that stands in parentheses. */
  readonly constant?: (name: string) => number | undefined
}

/**
 * A symbol where it stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlacedSymbol {
  /** In upper case; a currency symbol as written. */
  readonly symbol: string
  readonly count: number
  readonly at: number
  readonly length: number
}

/** The most that IBM Enterprise COBOL takes for an item. Units: bytes. */
const sizeMax = 134_217_727

const symbols = new Set("ABEGNPSUVXZ190/,.+-*")

const repetition = /^\(\s*([^()]*?)\s*\)/

/**
 * Cuts a picture to symbols; neighbours that are alike stay apart.
 *
 * @category constructors
 * @since 0.1.0
 */
export const symbolsOf = (
  text: string,
  options: PictureOptions,
): {
  readonly symbols: ReadonlyArray<PlacedSymbol>
  readonly faults: ReadonlyArray<PictureFault>
} => {
  const found: Array<PlacedSymbol> = []
  const faults: Array<PictureFault> = []
  const currencies = new Set(options.currencySigns?.map(({ symbol }) => symbol))
  let size = 0
  for (let at = 0; at < text.length;) {
    const from = at
    const written = text[at] ?? ""
    let symbol = currencies.has(written) ? written : written.toUpperCase()
    const pair = text.slice(at, at + 2).toUpperCase()
    if (!currencies.has(written) && (pair === "CR" || pair === "DB")) symbol = pair
    else if (symbol !== "$" && !currencies.has(written) && !symbols.has(symbol)) {
      faults.push(
        symbol === "(" || symbol === ")"
          ? {
              code: "CPY-1303",
              message: `${symbol} in the picture ${text} belongs to no symbol`,
              at,
              length: 1,
            }
          : {
              code: "CPY-1302",
              message: `${written} is no symbol of pictures, in ${text}`,
              at,
              length: 1,
            },
      )
      at++
      continue
    }
    at += symbol.length
    let count = 1
    if (text[at] === "(") {
      const match = repetition.exec(text.slice(at))
      const inside = match?.[1] ?? ""
      const value = /^\d+$/.test(inside) ? Number(inside) : options.constant?.(inside)
      const length = match?.[0].length ?? text.length - at
      if (value === undefined || value < 1) {
        faults.push({
          code: "CPY-1303",
          message:
            match === null
              ? `the parenthesis in the picture ${text} is not closed`
              : `${inside === "" ? "nothing" : inside} is no count, in the picture ${text}`,
          at,
          length,
        })
      } else count = value
      at += length
    }
    size += count
    if (size > sizeMax) {
      faults.push({
        code: "CPY-1308",
        message: `the picture ${text} has more than ${sizeMax} positions`,
        at: from,
        length: at - from,
      })
      return { symbols: found, faults }
    }
    found.push({ symbol, count, at: from, length: at - from })
  }
  return { symbols: found, faults }
}

/**
 * Neighbours that are alike as one.
 *
 * @category combinators
 * @since 0.1.0
 */
export const merged = (placed: ReadonlyArray<PlacedSymbol>): ReadonlyArray<PlacedSymbol> => {
  const result: Array<PlacedSymbol> = []
  for (const symbol of placed) {
    const last = result.at(-1)
    if (last?.symbol !== symbol.symbol) result.push(symbol)
    else {
      result[result.length - 1] = {
        ...last,
        count: last.count + symbol.count,
        length: symbol.at + symbol.length - last.at,
      }
    }
  }
  return result
}
