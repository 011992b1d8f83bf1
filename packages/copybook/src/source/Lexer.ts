/**
 * Code to text words.
 *
 * @since 0.1.0
 */
import { placeOf, type SourceText } from "./SourceText.ts"
import type { Token, TokenKind } from "./Token.ts"

const prefixes = new Set(["X", "N", "G", "Z", "NX", "GX", "B", "BX", "H", "U", "UX"])

const isBlank = (code: number): boolean =>
  code <= 0x20 || code === 0xa0 || code === 0x3000 || Number.isNaN(code)

/** What words are mostly made of: digits, letters and hyphens. */
const isPlain = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x2d

const alone: ReadonlyMap<string, TokenKind> = new Map([
  ["(", "open"],
  [")", "close"],
  [":", "colon"],
  ["&", "ampersand"],
])

class Scanner {
  readonly #code: string
  readonly #source: SourceText
  readonly tokens: Array<Token> = []
  #at = 0
  #hint = 0
  #isAdjacent = false
  #isFirst = true

  constructor(source: SourceText) {
    this.#source = source
    this.#code = source.code
  }

  run(wordsMax: number): ReadonlyArray<Token> {
    while (this.#at < this.#code.length && this.tokens.length <= wordsMax) this.#step()
    return this.tokens
  }

  #isBlankAt(at: number): boolean {
    return isBlank(this.#code.charCodeAt(at))
  }

  #step(): void {
    const start = this.#at
    const character = this.#code[start] ?? ""
    if (this.#isBlankAt(start)) {
      this.#at++
      this.#isAdjacent = false
      if (character === "\n") this.#isFirst = true
      return
    }
    if (character === "," || character === ";") {
      // Between literals a comma needs no blank.
      if (this.#isBlankAt(start + 1) || this.tokens.at(-1)?.kind === "text") {
        this.#at++
        this.#isAdjacent = false
        return
      }
    }
    const kind = alone.get(character)
    if (kind !== undefined) return this.#add(kind, start + 1)
    if (this.#code.startsWith("==", start)) return this.#add("pseudo", start + 2)
    if (character === "." && (this.#isBlankAt(start + 1) || this.#isBehindText(start))) {
      return this.#add("period", start + 1)
    }
    if (character === '"' || character === "'") return this.#literal(start)
    this.#word(start)
  }

  #isBehindText(start: number): boolean {
    return this.#isAdjacent && this.tokens.at(-1)?.kind === "text" && start > 0
  }

  #word(start: number): void {
    let at = start + 1
    for (; at < this.#code.length; at++) {
      if (isPlain(this.#code.charCodeAt(at))) continue
      const character = this.#code[at] ?? ""
      if (this.#isBlankAt(at) || character === '"' || character === "'") break
      if (alone.has(character) || this.#code.startsWith("==", at)) break
      if (/[.,;]/.test(character) && this.#isBlankAt(at + 1)) break
    }
    const quote = this.#code[at]
    if (
      (quote === '"' || quote === "'") &&
      prefixes.has(this.#code.slice(start, at).toUpperCase())
    ) {
      return this.#literal(at)
    }
    this.#add("word", at)
  }

  #literal(open: number): void {
    const quote = this.#code[open] ?? '"'
    for (let at = open + 1; at < this.#code.length; at++) {
      const character = this.#code[at]
      if (character === "\n") return this.#add("text", at, true)
      if (character !== quote) continue
      if (this.#code[at + 1] !== quote) return this.#add("text", at + 1)
      at++
    }
    return this.#add("text", this.#code.length, true)
  }

  #add(kind: TokenKind, end: number, isUnclosed = false): void {
    const text = this.#code.slice(this.#at, end)
    const [span, hint] = placeOf(this.#source, this.#at, end, this.#hint)
    this.tokens.push({
      kind,
      text,
      upper: kind === "word" ? text.toUpperCase() : text,
      isAdjacent: this.#isAdjacent,
      isFirst: this.#isFirst,
      isUnclosed,
      span,
    })
    this.#hint = hint
    this.#at = end
    this.#isAdjacent = true
    this.#isFirst = false
  }
}

/**
 * Cuts code into text words; stops one word behind the limit.
 *
 * @category constructors
 * @since 0.1.0
 */
export const lex = (source: SourceText, wordsMax: number): ReadonlyArray<Token> =>
  new Scanner(source).run(wordsMax)
