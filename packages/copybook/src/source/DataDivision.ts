/**
 * The data division of a program, and what the divisions before it say about pictures.
 *
 * @since 0.1.0
 */
import type { Token } from "./Token.ts"

/**
 * A symbol of pictures, and what stands in the data in its place.
 *
 * @category models
 * @since 0.1.0
 */
export interface CurrencySign {
  /** One character. */
  readonly symbol: string
  /** Default: the symbol. */
  readonly sign?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DataDivision {
  /** What stands before the PROCEDURE DIVISION, without the divisions before the DATA DIVISION. */
  readonly tokens: ReadonlyArray<Token>
  /** DECIMAL-POINT IS COMMA was said. */
  readonly isDecimalComma: boolean
  /** Of CURRENCY SIGN clauses. */
  readonly currencySigns: ReadonlyArray<CurrencySign>
}

const divisionAt = (tokens: ReadonlyArray<Token>, at: number): string | undefined =>
  tokens[at]?.kind === "word" && tokens[at + 1]?.upper === "DIVISION"
    ? tokens[at]?.upper
    : undefined

const content = (token: Token | undefined): string | undefined =>
  token?.kind === "text" && token.text.length > 2 ? token.text.slice(1, -1) : undefined

const currencyAt = (tokens: ReadonlyArray<Token>, at: number): CurrencySign | undefined => {
  let next = at + 1
  while (tokens[next]?.upper === "SIGN" || tokens[next]?.upper === "IS") next++
  const sign = content(tokens[next++])
  if (sign === undefined) return undefined
  while (tokens[next]?.upper === "WITH") next++
  if (tokens[next]?.upper !== "PICTURE" && tokens[next]?.upper !== "PIC") {
    return sign.length === 1 ? { symbol: sign } : undefined
  }
  next++
  while (tokens[next]?.upper === "SYMBOL" || tokens[next]?.upper === "IS") next++
  const symbol = content(tokens[next])
  return symbol?.length === 1 ? { symbol, sign } : undefined
}

/**
 * Finds it; a text without divisions is all data.
 *
 * @category constructors
 * @since 0.1.0
 */
export const dataDivisionOf = (tokens: ReadonlyArray<Token>): DataDivision => {
  let from = 0
  let to = tokens.length
  let isProgram = false
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at + 1]?.upper !== "DIVISION") continue
    const division = divisionAt(tokens, at)
    if (division === "IDENTIFICATION" || division === "ID" || division === "ENVIRONMENT") {
      isProgram ||= from === 0
    }
    if (division === "DATA" && from === 0) from = at
    if (division === "PROCEDURE") {
      to = at
      break
    }
  }
  if (isProgram && from === 0) from = to
  const head = isProgram ? tokens.slice(0, from) : []
  const isDecimalComma = head.some(
    ({ upper }, at) =>
      upper === "DECIMAL-POINT" &&
      (head[at + 1]?.upper === "COMMA" || head[at + 2]?.upper === "COMMA"),
  )
  const currencySigns = head.flatMap(({ upper }, at) => {
    const sign = upper === "CURRENCY" ? currencyAt(head, at) : undefined
    return sign === undefined ? [] : [sign]
  })
  return {
    tokens: isProgram ? tokens.slice(from, to) : tokens.slice(0, to),
    isDecimalComma,
    currencySigns,
  }
}
