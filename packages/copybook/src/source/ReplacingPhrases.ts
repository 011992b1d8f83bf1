/**
 * The phrases of COPY and REPLACE statements.
 *
 * @since 0.1.0
 */
import type { Span } from "./Diagnostic.ts"
import type { DiagnosticCode } from "./DiagnosticCode.ts"
import { isWord, type Token } from "./Token.ts"

/** More are in no COPY statement; what is compared with every word has to be bounded. */
const pairsMax = 256
const pairWordsMax = 256

type Extent = "whole" | "leading" | "trailing"

/**
 * One pair of a REPLACING phrase.
 *
 * @category models
 * @since 0.1.0
 */
export interface Replacement {
  readonly extent: Extent
  readonly from: ReadonlyArray<Token>
  readonly to: ReadonlyArray<Token>
  readonly span: Span
}

/**
 * What is wrong, and at which word.
 *
 * @category models
 * @since 0.1.0
 */
export class Malformed {
  readonly code: DiagnosticCode
  readonly token: Token
  readonly message: string

  constructor(code: DiagnosticCode, token: Token, message: string) {
    this.code = code
    this.token = token
    this.message = message
  }
}

/**
 * Reads the phrases of a COPY or REPLACE statement.
 *
 * - Bounds: 256 pairs of 256 words.
 *
 * @category models
 * @since 0.1.0
 */
export class ReplacingPhrases {
  readonly #tokens: ReadonlyArray<Token>
  readonly #code: "CPY-1020" | "CPY-1025"
  at: number

  constructor(tokens: ReadonlyArray<Token>, at: number, code: "CPY-1020" | "CPY-1025") {
    this.#tokens = tokens
    this.at = at
    this.#code = code
  }

  get token(): Token | undefined {
    return this.#tokens[this.at]
  }

  malformed(message: string): Malformed {
    // The statement's own word is always there.
    const token = this.token ?? this.#tokens[this.#tokens.length - 1] ?? noToken
    return new Malformed(this.#code, token, message)
  }

  take(...words: ReadonlyArray<string>): boolean {
    const isThere = isWord(this.token, ...words)
    if (isThere) this.at++
    return isThere
  }

  /** Pairs up to the period, which is left. */
  pairs(): ReadonlyArray<Replacement> | Malformed {
    const pairs: Array<Replacement> = []
    while (this.token !== undefined && this.token.kind !== "period") {
      const first = this.token
      let extent: Extent = "whole"
      if (this.#tokens[this.at + 1]?.kind === "pseudo") {
        if (this.take("LEADING")) extent = "leading"
        else if (this.take("TRAILING")) extent = "trailing"
      }
      const from = this.#operand("BY")
      if (from instanceof Malformed) return from
      if (from.length === 0) return this.malformed("what is to be replaced is empty")
      if (!this.take("BY")) return this.malformed(`BY is missing${this.#shown()}`)
      const to = this.#operand()
      if (to instanceof Malformed) return to
      if (extent !== "whole" && (from.length > 1 || to.length > 1)) {
        return this.malformed("LEADING and TRAILING replace one word's part by one")
      }
      if (pairs.length === pairsMax || from.length > pairWordsMax || to.length > pairWordsMax) {
        return this.malformed(
          `there are more than ${pairsMax} replacements, or ${pairWordsMax} words in one`,
        )
      }
      pairs.push({ extent, from, to, span: first.span })
    }
    return pairs
  }

  #shown(): string {
    return this.token === undefined ? " at the end of the text" : ` before ${this.token.text}`
  }

  /** Pseudo-text, or words up to the one that ends them; without such a word, one word. */
  #operand(end?: string): ReadonlyArray<Token> | Malformed {
    const opening = this.token
    if (opening === undefined) return this.malformed("the statement has no end")
    const from = this.at
    if (opening.kind === "pseudo") {
      for (let at = from + 1; at < this.#tokens.length; at++) {
        if (this.#tokens[at]?.kind !== "pseudo") continue
        this.at = at + 1
        return this.#tokens.slice(from + 1, at)
      }
      return new Malformed("CPY-1024", opening, "the pseudo-text that begins here has no end")
    }
    do this.at++
    while (
      this.token !== undefined &&
      this.token.kind !== "period" &&
      (end === undefined ? this.token.isAdjacent || this.#isQualified() : !isWord(this.token, end))
    )
    return this.#tokens.slice(from, this.at)
  }

  #isQualified(): boolean {
    const before = this.#tokens[this.at - 1]
    return isWord(this.token, "OF", "IN") || isWord(before, "OF", "IN")
  }
}

const noToken: Token = {
  kind: "word",
  text: "",
  upper: "",
  isAdjacent: false,
  isFirst: false,
  isUnclosed: false,
  span: { line: 1, column: 1, offset: 0, length: 0 },
}
