/**
 * Literals and figurative constants.
 *
 * @since 0.1.0
 */
import { clipped, type Token } from "../source/Token.ts"
import type { EntryContext } from "./Entry.ts"
import type { Literal } from "./Item.ts"

type FigurativeName = Extract<Literal, { readonly kind: "figurative" }>["name"]

const figuratives: ReadonlyMap<string, FigurativeName> = new Map<string, FigurativeName>([
  ["ZERO", "zero"],
  ["ZEROS", "zero"],
  ["ZEROES", "zero"],
  ["SPACE", "space"],
  ["SPACES", "space"],
  ["HIGH-VALUE", "high-value"],
  ["HIGH-VALUES", "high-value"],
  ["LOW-VALUE", "low-value"],
  ["LOW-VALUES", "low-value"],
  ["QUOTE", "quote"],
  ["QUOTES", "quote"],
  ["NULL", "null"],
  ["NULLS", "null"],
])

const numberForm = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:E[+-]?\d+)?$/i

/**
 * A number as written, its point a `.`; nothing where the word is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const numberOf = (text: string, isDecimalComma: boolean): string | undefined => {
  const plain = isDecimalComma ? text.replace(",", ".") : text
  return numberForm.test(plain) ? plain : undefined
}

const bytesOf = (hex: string): Uint8Array | undefined => {
  if (hex.length % 2 !== 0 || !/^[\dA-F]*$/i.test(hex)) return undefined
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  )
}

const literalOf = (token: Token, context: EntryContext): Piece | undefined => {
  const open = token.text.search(/["']/)
  const prefix = token.text.slice(0, open).toUpperCase()
  const quote = token.text[open] ?? '"'
  const inside = token.text.slice(open + 1, token.isUnclosed ? undefined : -1)
  const text = inside.replaceAll(quote + quote, quote)
  if (prefix === "" || prefix === "N" || prefix === "G") return { kind: "text", text, isAll: false }
  if (prefix === "Z") return { kind: "text", text: `${text}\0`, isAll: false }
  if (prefix === "X" || prefix === "NX" || prefix === "GX") {
    const bytes = bytesOf(text)
    if (bytes !== undefined) return { kind: "hex", bytes }
    const message = `${clipped(token.text)} is no hexadecimal literal: it needs pairs of 0 to 9 and A to F`
    context.report("CPY-1107", message, token.span)
    return undefined
  }
  context.report(
    "CPY-1108",
    `literals such as ${prefix}${quote}…${quote} are not supported`,
    token.span,
  )
  return undefined
}

type Piece = Extract<Literal, { readonly kind: "text" | "hex" }>

/** One literal of many, made at once: there may be very many. */
const concatenated = ([first, ...more]: readonly [Piece, ...ReadonlyArray<Piece>]): Literal => {
  if (first.kind === "text") {
    const texts = more.map((piece) => (piece.kind === "text" ? piece.text : ""))
    return { ...first, text: [first.text, ...texts].join("") }
  }
  const all = [first, ...more].flatMap((piece) => (piece.kind === "hex" ? [piece.bytes] : []))
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of all) {
    bytes.set(piece, at)
    at += piece.length
  }
  return { kind: "hex", bytes }
}

const textLiteral = (context: EntryContext): Literal | undefined => {
  const { cursor } = context
  const token = cursor.next()
  const first = token === undefined ? undefined : literalOf(token, context)
  if (first === undefined) return undefined
  const more: Array<Piece> = []
  while (cursor.peek()?.kind === "ampersand") {
    cursor.next()
    const { span } = cursor
    const next = cursor.peek()?.kind === "text" ? cursor.next() : undefined
    if (next === undefined) {
      context.report("CPY-1107", "& is followed by no literal", span)
      return undefined
    }
    const piece = literalOf(next, context)
    if (piece === undefined) return undefined
    if (piece.kind !== first.kind) {
      context.report("CPY-1107", "& joins literals of one kind only", span)
      return undefined
    }
    more.push(piece)
  }
  return more.length === 0 ? first : concatenated([first, ...more])
}

/**
 * Whether a literal stands at the cursor.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isLiteral = ({ constants, cursor, pictures }: EntryContext): boolean => {
  const token = cursor.peek()
  if (token?.kind === "text") return true
  if (token?.kind !== "word") return false
  if (numberOf(token.text, pictures.isDecimalComma === true) !== undefined) return !cursor.isEntry
  if (token.text.includes(",")) return /^[\d.,+-]+$/.test(token.text)
  return figuratives.has(token.upper) || token.upper === "ALL" || constants.has(token.upper)
}

/**
 * Reads the literal at the cursor. Nothing comes of one that is malformed, and is reported.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseLiteral = (context: EntryContext): Literal | undefined => {
  const { constants, cursor, pictures } = context
  const token = cursor.peek()
  if (token?.kind === "text") return textLiteral(context)
  if (token?.kind !== "word") {
    context.report("CPY-1107", `${cursor.shown} stands where a literal is expected`)
    return undefined
  }
  if (token.upper === "ALL") {
    cursor.next()
    if (cursor.is("ALL")) {
      context.report("CPY-1107", "ALL is followed by ALL")
      return undefined
    }
    const repeated = parseLiteral(context)
    return repeated?.kind === "text" ? { ...repeated, isAll: true } : repeated
  }
  const name = figuratives.get(token.upper)
  if (name !== undefined) {
    cursor.next()
    return { kind: "figurative", name }
  }
  const number = numberOf(token.text, pictures.isDecimalComma === true)
  if (number !== undefined) {
    cursor.next()
    return { kind: "number", text: number }
  }
  const constant = constants.get(token.upper)
  if (constant !== undefined) {
    cursor.next()
    return constant
  }
  context.report("CPY-1107", `${cursor.shown} is no literal`)
  return undefined
}
