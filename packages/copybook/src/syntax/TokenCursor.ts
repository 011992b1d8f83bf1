/**
 * A place in the words of a copybook, and what is asked there.
 *
 * @since 0.1.0
 */
import type { Span } from "../source/Diagnostic.ts"
import { clipped, isWord, type Token } from "../source/Token.ts"

const levels = new Set([66, 77, 78, 88, ...Array.from({ length: 49 }, (_, index) => index + 1)])

/**
 * Whether there is such a level number.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isLevel = (level: number): boolean => levels.has(level)

/**
 * @category models
 * @since 0.1.0
 */
export class TokenCursor {
  readonly #tokens: ReadonlyArray<Token>
  #at = 0

  constructor(tokens: ReadonlyArray<Token>) {
    this.#tokens = tokens
  }

  /** The word here, or further on. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead]
  }

  /** The word before this one. */
  get last(): Token | undefined {
    return this.#tokens[this.#at - 1]
  }

  next(): Token | undefined {
    const token = this.#tokens[this.#at]
    if (token !== undefined) this.#at++
    return token
  }

  is(...words: ReadonlyArray<string>): boolean {
    return this.isAhead(0, ...words)
  }

  isAhead(ahead: number, ...words: ReadonlyArray<string>): boolean {
    return isWord(this.peek(ahead), ...words)
  }

  /** Goes over one of these words, where it stands here. */
  take(...words: ReadonlyArray<string>): boolean {
    const isThere = this.is(...words)
    if (isThere) this.#at++
    return isThere
  }

  get isPeriod(): boolean {
    return this.peek()?.kind === "period"
  }

  /** A number that is a level, with what can be a name or a clause behind it, begins an entry. */
  get isEntry(): boolean {
    const token = this.peek()
    const behind = this.peek(1)
    if (token?.kind !== "word" || !/^\d{1,2}$/.test(token.text)) return false
    if (!isLevel(Number(token.text)) || behind?.kind !== "word") return false
    return (
      token.isFirst &&
      /\p{L}/u.test(behind.text) &&
      !["THRU", "THROUGH", "TIMES", "TO", "WHEN", "FALSE"].includes(behind.upper)
    )
  }

  /** Goes behind the next period, or before an entry that lacks the period before it. */
  recover(): void {
    for (let token = this.peek(); token !== undefined; token = this.peek()) {
      if (this.isEntry) return
      this.#at++
      if (token.kind === "period") return
    }
  }

  /** The place here; at the end, the one of the last word. */
  get span(): Span {
    const token = this.peek() ?? this.#tokens.at(-1)
    return token?.span ?? { line: 1, column: 1, offset: 0, length: 0 }
  }

  /** What stands here, in words. */
  get shown(): string {
    const token = this.peek()
    if (token === undefined) return "the end of the text"
    return token.kind === "period" ? "the period" : clipped(token.text)
  }
}
