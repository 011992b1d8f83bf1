/**
 * Words in the place of others.
 *
 * @since 0.1.0
 */
import type { Replacement } from "./ReplacingPhrases.ts"
import { spanOver, type Token } from "./Token.ts"

/** One word with its beginning or end replaced. */
const partly = (token: Token, { extent, from, to }: Replacement): Token | undefined => {
  const part = from[0]?.upper ?? ""
  const by = to[0]?.text ?? ""
  if (token.kind !== "word" || extent === "whole" || part === "") return undefined
  const isThere = extent === "leading" ? token.upper.startsWith(part) : token.upper.endsWith(part)
  if (!isThere) return undefined
  const text =
    extent === "leading"
      ? by + token.text.slice(part.length)
      : token.text.slice(0, token.text.length - part.length) + by
  return { ...token, text, upper: text.toUpperCase() }
}

/**
 * What may still be done for one text.
 *
 * @category models
 * @since 0.1.0
 */
export interface Budget {
  /** Of members: those that only copy others leave nothing behind. */
  words: number
  characters: number
  /** Of words with what is to be replaced. */
  comparisons: number
}

/**
 * Replaces each word by the first pair that fits; what came from a pair is not looked at again.
 *
 * @category models
 * @since 0.1.0
 */
export class Replacer {
  readonly #budget: Budget
  readonly #wordsMax: number
  readonly #whole = new Map<string, Array<Replacement>>()
  readonly #parts: ReadonlyArray<Replacement>
  readonly used = new Set<Replacement>()

  constructor(pairs: ReadonlyArray<Replacement>, budget: Budget, wordsMax: number) {
    this.#budget = budget
    this.#wordsMax = wordsMax
    this.#parts = pairs.filter(({ extent }) => extent !== "whole")
    for (const pair of pairs) {
      const first = pair.from[0]?.upper
      if (pair.extent !== "whole" || first === undefined) continue
      const alike = this.#whole.get(first)
      if (alike === undefined) this.#whole.set(first, [pair])
      else alike.push(pair)
    }
  }

  run(tokens: ReadonlyArray<Token>): ReadonlyArray<Token> {
    const result: Array<Token> = []
    /** Whether a blank stood before words that were replaced by none. */
    let isApart = false
    const push = (token: Token): void => {
      result.push(isApart && token.isAdjacent ? { ...token, isAdjacent: false } : token)
      isApart = false
    }
    for (let at = 0; at < tokens.length && result.length <= this.#wordsMax; at++) {
      const token = tokens[at]
      if (token === undefined || this.#budget.comparisons < 0) break
      const whole = this.#whole
        .get(token.upper)
        ?.find(({ from }) => this.#matches(tokens, at, from))
      if (whole === undefined) {
        const word = this.#partly(token)
        if (word.text !== "") push(word)
        continue
      }
      this.used.add(whole)
      const span = spanOver(token.span, tokens[at + whole.from.length - 1]?.span ?? token.span)
      whole.to.forEach((word, index) => {
        const isStart = index === 0
        const isAdjacent = isStart ? token.isAdjacent : word.isAdjacent
        push({ ...word, isAdjacent, isFirst: isStart && token.isFirst, span })
      })
      if (whole.to.length === 0) isApart ||= !token.isAdjacent
      at += whole.from.length - 1
    }
    return result
  }

  #matches(tokens: ReadonlyArray<Token>, at: number, from: ReadonlyArray<Token>): boolean {
    return from.every((wanted, index) => {
      this.#budget.comparisons--
      const token = tokens[at + index]
      return token?.kind === wanted.kind && token.upper === wanted.upper
    })
  }

  #partly(token: Token): Token {
    for (const pair of this.#parts) {
      this.#budget.comparisons--
      const changed = partly(token, pair)
      if (changed === undefined) continue
      this.used.add(pair)
      return changed
    }
    return token
  }
}
