/**
 * The rules of numeric editing: which symbols may stand where, and what they say about the number.
 *
 * @since 0.1.0
 */
import type { PictureFault, PlacedSymbol } from "./PictureSymbols.ts"

/**
 * The number that an edited picture shows.
 *
 * @category models
 * @since 0.1.0
 */
export interface EditedNumber {
  readonly digits: number
  readonly scale: number
  readonly isSigned: boolean
}

/** What a picture's symbols are in this picture. */
export interface EditingSymbols {
  readonly point: "." | ","
  readonly separator: "." | ","
  readonly isCurrency: (symbol: string) => boolean
}

const isSign = (symbol: string): boolean => symbol === "+" || symbol === "-"
const isCredit = (symbol: string): boolean => symbol === "CR" || symbol === "DB"

/** One picture under the rules; the first fault that is found is the one that is told. */
class Editing {
  readonly #symbols: ReadonlyArray<PlacedSymbol>
  readonly #editing: EditingSymbols
  readonly #text: string
  /** The symbol that floats: a sign or a currency symbol that stands more than once. */
  #floating: string | undefined

  constructor(text: string, symbols: ReadonlyArray<PlacedSymbol>, editing: EditingSymbols) {
    this.#text = text
    this.#symbols = symbols
    this.#editing = editing
  }

  fault(): PictureFault | undefined {
    return (
      this.#unknown() ??
      this.#points() ??
      this.#signs() ??
      this.#currency() ??
      this.#scaling() ??
      this.#suppression()
    )
  }

  number(): EditedNumber {
    let digits = 0
    let fraction = 0
    let before = 0
    let behind = 0
    let isBehind = false
    let isFirstFloating = true
    let hasDigit = false
    for (const { count, symbol } of this.#symbols) {
      if (this.#isPoint(symbol)) isBehind = true
      else if (symbol === "P") {
        if (hasDigit) behind += count
        else before += count
      } else if (this.#holdsDigit(symbol)) {
        hasDigit = true
        // The first of a floating string only ever holds the symbol itself.
        const held = symbol === this.#floating && isFirstFloating ? count - 1 : count
        if (symbol === this.#floating) isFirstFloating = false
        digits += held
        if (isBehind) fraction += held
      }
    }
    const scale = before > 0 ? digits + before : behind > 0 ? -behind : fraction
    const isSigned = this.#symbols.some(
      ({ symbol }) => isSign(symbol) || isCredit(symbol) || symbol === "S",
    )
    return { digits, scale, isSigned }
  }

  #isPoint(symbol: string): boolean {
    return symbol === "V" || symbol === this.#editing.point
  }

  #isInsertion(symbol: string): boolean {
    return /^[B0/]$/.test(symbol) || symbol === this.#editing.separator
  }

  #holdsDigit(symbol: string): boolean {
    return symbol === "9" || symbol === "Z" || symbol === "*" || symbol === this.#floating
  }

  #order(symbol: PlacedSymbol, why: string): PictureFault {
    const { at, length } = symbol
    return {
      code: "CPY-1304",
      message: `${symbol.symbol} can't stand there in the picture ${this.#text}: ${why}`,
      at,
      length,
    }
  }

  #unknown(): PictureFault | undefined {
    const strange = this.#symbols.find(
      ({ symbol }) => /^[AEGNXU1]$/.test(symbol) && !this.#editing.isCurrency(symbol),
    )
    if (strange === undefined) return undefined
    const { at, length, symbol } = strange
    return {
      code: "CPY-1302",
      message: `${symbol} can't stand beside the other symbols of the picture ${this.#text}`,
      at,
      length,
    }
  }

  #points(): PictureFault | undefined {
    const points = this.#symbols.filter(({ symbol }) => this.#isPoint(symbol))
    const [, second] = points
    if (second !== undefined) return this.#order(second, "a number has one decimal point")
    const repeated = points.find(({ count }) => count > 1)
    if (repeated !== undefined) return this.#order(repeated, "a number has one decimal point")
    const sign = this.#symbols.find(({ symbol }) => symbol === "S")
    if (sign === undefined) return undefined
    if (sign !== this.#symbols[0] || sign.count > 1) {
      return this.#order(sign, "S stands once, and first")
    }
    const editing = this.#symbols.find(
      (each) => each !== sign && each.symbol !== "9" && each.symbol !== this.#editing.point,
    )
    return editing === undefined
      ? undefined
      : this.#order(sign, "an edited number has its sign as +, -, CR or DB")
  }

  #signs(): PictureFault | undefined {
    const all = this.#symbols.filter(({ symbol }) => isSign(symbol) || isCredit(symbol))
    const [first] = all
    if (first === undefined) return undefined
    const other = all.find(({ symbol }) => symbol !== first.symbol)
    if (other !== undefined) return this.#order(other, "a number has one kind of sign")
    const last = this.#symbols.at(-1)
    if (isCredit(first.symbol)) {
      return all.length > 1 || first.count > 1 || first !== last
        ? this.#order(first, `${first.symbol} stands once, and last`)
        : undefined
    }
    if (all.length > 1 || first.count > 1) return this.#floats(first.symbol)
    const index = this.#symbols.indexOf(first)
    const isLeading = index === 0 || (index === 1 && this.#isCurrencyAt(0))
    const isTrailing = first === last || (first === this.#symbols.at(-2) && this.#isCurrencyAt(-1))
    return isLeading || isTrailing
      ? undefined
      : this.#order(first, "a sign stands first or last, or is repeated to float")
  }

  #isCurrencyAt(index: number): boolean {
    return this.#editing.isCurrency(this.#symbols.at(index)?.symbol ?? "")
  }

  #currency(): PictureFault | undefined {
    const all = this.#symbols.filter(({ symbol }) => this.#editing.isCurrency(symbol))
    const [first, ...more] = all
    if (first === undefined) return undefined
    const other = more.find(({ symbol }) => symbol !== first.symbol)
    if (other !== undefined) return this.#order(other, "a number has one currency")
    if (more.length > 0 || first.count > 1) {
      if (this.#floating === undefined) return this.#floats(first.symbol)
      return this.#order(first, `${this.#floating} floats already`)
    }
    const index = this.#symbols.indexOf(first)
    const before = this.#symbols[index - 1]
    const behind = this.#symbols[index + 1]
    const isLeading = index === 0 || (index === 1 && isSign(before?.symbol ?? ""))
    const isTrailing =
      behind === undefined ||
      (index === this.#symbols.length - 2 && (isSign(behind.symbol) || isCredit(behind.symbol)))
    return isLeading || isTrailing
      ? undefined
      : this.#order(first, "a currency symbol stands first, or is repeated to float")
  }

  /** A floating string is one run, in which only insertions and the point may lie. */
  #floats(symbol: string): PictureFault | undefined {
    const indexes = this.#symbols.flatMap((each, index) => (each.symbol === symbol ? [index] : []))
    const from = indexes[0] ?? 0
    const to = indexes.at(-1) ?? from
    for (let index = 0; index <= to; index++) {
      const each = this.#symbols[index]
      if (each === undefined || each.symbol === symbol) continue
      const isInside = index > from
      const may =
        this.#isInsertion(each.symbol) ||
        (isInside
          ? this.#isPoint(each.symbol)
          : isSign(each.symbol) || this.#editing.isCurrency(each.symbol))
      if (may) continue
      const stranger = isInside ? this.#symbols[indexes.find((at) => at > index) ?? to] : undefined
      return this.#order(
        stranger ?? this.#symbols[from] ?? each,
        `only one sign is there, or it floats, and then ${each.symbol} stands behind all of it`,
      )
    }
    this.#floating = symbol
    return undefined
  }

  #scaling(): PictureFault | undefined {
    const all = this.#symbols.filter(({ symbol }) => symbol === "P")
    const [first, second] = all
    if (first === undefined) return undefined
    if (second !== undefined) return this.#order(second, "P stands in one run")
    const point = this.#symbols.find(({ symbol }) => symbol === this.#editing.point)
    if (point !== undefined) return this.#order(point, "with P the point follows from it")
    const index = this.#symbols.indexOf(first)
    const hasBefore = this.#symbols.slice(0, index).some(({ symbol }) => this.#holdsDigit(symbol))
    const hasBehind = this.#symbols.slice(index).some(({ symbol }) => this.#holdsDigit(symbol))
    return hasBefore && hasBehind
      ? this.#order(first, "P stands before or behind all digits")
      : undefined
  }

  /** Z, * and floating symbols stand before the digits that are always shown. */
  #suppression(): PictureFault | undefined {
    let kind = this.#floating
    let hasNine = false
    let isBehind = false
    let isBehindPoint = false
    for (const each of this.#symbols) {
      const { symbol } = each
      if (this.#isPoint(symbol)) isBehind = true
      else if (symbol === "9") {
        if (isBehindPoint) {
          return this.#order(each, "behind the point all digits are suppressed, or none")
        }
        hasNine = true
      } else if (symbol === "Z" || symbol === "*" || symbol === this.#floating) {
        if (kind !== undefined && kind !== symbol) {
          return this.#order(each, `digits are suppressed by ${kind} already`)
        }
        if (hasNine) return this.#order(each, "it stands behind a 9")
        kind = symbol
        isBehindPoint ||= isBehind
      }
    }
    return undefined
  }
}

/**
 * Reads numeric editing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const editedNumber = (
  text: string,
  symbols: ReadonlyArray<PlacedSymbol>,
  editing: EditingSymbols,
): EditedNumber | PictureFault => {
  const rules = new Editing(text, symbols, editing)
  return rules.fault() ?? rules.number()
}
