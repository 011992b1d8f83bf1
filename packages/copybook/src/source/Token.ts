/**
 * A text word of COBOL, with the place that it came from.
 *
 * @since 0.1.0
 */
import type { Span } from "./Diagnostic.ts"

/**
 * - `word`: names, numbers, pieces of pictures: whatever has no separator inside.
 * - `text`: a literal with its quotes and its prefix.
 * - `pseudo`: the delimiter `==`.
 *
 * @category models
 * @since 0.1.0
 */
export type TokenKind =
  | "word"
  | "text"
  | "period"
  | "open"
  | "close"
  | "colon"
  | "ampersand"
  | "pseudo"

/**
 * @category models
 * @since 0.1.0
 */
export interface Token {
  readonly kind: TokenKind
  /** As written. */
  readonly text: string
  /** In upper case, but for literals. */
  readonly upper: string
  /** Whether nothing, not even a blank, stands between it and what comes before it. */
  readonly isAdjacent: boolean
  /** Whether it is the first of its line. */
  readonly isFirst: boolean
  /** A literal that its line does not close. */
  readonly isUnclosed: boolean
  readonly span: Span
}

/**
 * Whether it is one of the words, which are in upper case.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isWord = (token: Token | undefined, ...words: ReadonlyArray<string>): boolean =>
  token?.kind === "word" && words.includes(token.upper)

/**
 * A text as a finding tells it: of a long one only how it begins.
 *
 * @category combinators
 * @since 0.1.0
 */
export const clipped = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

/**
 * From the beginning of one place to the end of another, where both lie in one text.
 *
 * @category combinators
 * @since 0.1.0
 */
export const spanOver = (first: Span, last: Span): Span => {
  const length = last.offset + last.length - first.offset
  return first.member === last.member && length > first.length ? { ...first, length } : first
}

/**
 * Words that nothing separates are one word: replacements leave such, and tags that nothing
 * replaced.
 *
 * @category combinators
 * @since 0.1.0
 */
export const joined = (tokens: ReadonlyArray<Token>): ReadonlyArray<Token> => {
  const isPart = (token: Token | undefined): token is Token =>
    token !== undefined && (token.kind === "word" || token.kind === "colon")
  const result: Array<Token> = []
  for (const token of tokens) {
    const last = result.at(-1)
    if (!token.isAdjacent || !isPart(token) || !isPart(last)) {
      result.push(token)
      continue
    }
    result[result.length - 1] = {
      ...last,
      kind: "word",
      text: last.text + token.text,
      upper: last.upper + token.upper,
      span: spanOver(last.span, token.span),
    }
  }
  return result
}
