/**
 * COPY and REPLACE: members in the place of the statements that name them, words in the place of
 * others.
 *
 * @since 0.1.0
 */
import type { Findings } from "./Findings.ts"
import { type Budget, Replacer } from "./Replacer.ts"
import { Malformed, type Replacement, ReplacingPhrases } from "./ReplacingPhrases.ts"
import { isWord, type Token } from "./Token.ts"

/**
 * The text of a member, or nothing where there is none of that name.
 *
 * @category models
 * @since 0.1.0
 */
export type MemberResolver = (name: string, library?: string) => string | undefined

/**
 * @category models
 * @since 0.1.0
 */
export interface CopyContext {
  readonly findings: Findings
  readonly resolve: MemberResolver
  /** Reads a member's text to words. */
  readonly read: (text: string, member: string) => ReadonlyArray<Token>
  /** Of the text and everything that is copied into it. */
  readonly wordsMax: number
}

/** Deeper than any library that was seen; a circle is found sooner. */
const depthMax = 32

/** Comments in members are read as often as these are copied, and leave no words. */
const charactersMax = 64 * 1024 * 1024

/** A second's work. */
const comparisonsMax = 50_000_000

/** A literal's content, or a word as it stands. */
const nameOf = (token: Token): string =>
  token.kind === "text" ? token.text.replace(/^.*?["']|["']$/g, "") : token.text

const budgetOf = ({ wordsMax }: CopyContext): Budget => ({
  words: wordsMax,
  characters: charactersMax,
  comparisons: comparisonsMax,
})

class Copier {
  readonly #context: CopyContext
  readonly #budget: Budget
  readonly #result: Array<Token> = []

  constructor(context: CopyContext, budget: Budget) {
    this.#context = context
    this.#budget = budget
  }

  get isFull(): boolean {
    const { characters, comparisons, words } = this.#budget
    return (
      words < 0 || characters < 0 || comparisons < 0 || this.#result.length > this.#context.wordsMax
    )
  }

  run(tokens: ReadonlyArray<Token>, chain: ReadonlyArray<string>): ReadonlyArray<Token> {
    for (let at = 0; at < tokens.length && !this.isFull;) {
      const token = tokens[at]
      if (token === undefined) break
      const isInclude = isWord(token, "EXEC") && isWord(tokens[at + 2], "INCLUDE")
      if (isInclude) at = this.#include(tokens, at, chain)
      else if (isWord(token, "COPY")) at = this.#copy(tokens, at, chain)
      else {
        this.#result.push(token)
        at++
      }
    }
    return this.#result
  }

  /** EXEC SQL INCLUDE name END-EXEC: what no resolver knows stays as it is. */
  #include(tokens: ReadonlyArray<Token>, at: number, chain: ReadonlyArray<string>): number {
    const name = tokens[at + 3]
    const first = tokens[at]
    if (first === undefined) return at + 1
    if (name === undefined || !isWord(tokens[at + 4], "END-EXEC")) {
      this.#result.push(first)
      return at + 1
    }
    const text = this.#context.resolve(nameOf(name))
    if (text === undefined) {
      this.#result.push(...tokens.slice(at, at + 5))
      return at + 5
    }
    this.#insert(text, name, [], chain)
    return tokens[at + 5]?.kind === "period" ? at + 6 : at + 5
  }

  /** Gives where what follows the statement begins. */
  #copy(tokens: ReadonlyArray<Token>, at: number, chain: ReadonlyArray<string>): number {
    const phrases = new ReplacingPhrases(tokens, at + 1, "CPY-1020")
    const malformed = (what: Malformed): number => {
      this.#context.findings.add(what.code, what.token.span, what.message)
      let end = phrases.at
      while (end < tokens.length && tokens[end]?.kind !== "period") end++
      return end + 1
    }
    const name = phrases.token
    if (name === undefined || (name.kind !== "word" && name.kind !== "text")) {
      return malformed(phrases.malformed("COPY is followed by no name"))
    }
    phrases.at++
    let library: string | undefined
    if (phrases.take("OF", "IN")) {
      if (phrases.token === undefined || phrases.token.kind === "period") {
        return malformed(phrases.malformed("OF is followed by no library"))
      }
      library = nameOf(phrases.token)
      phrases.at++
    }
    phrases.take("SUPPRESS")
    const pairs = phrases.take("REPLACING") ? phrases.pairs() : []
    if (pairs instanceof Malformed) return malformed(pairs)
    if (phrases.token?.kind === "period") phrases.at++
    else return malformed(phrases.malformed("the COPY statement does not end with a period"))
    const text = this.#context.resolve(nameOf(name), library)
    if (text === undefined) {
      this.#context.findings.add(
        "CPY-1021",
        name.span,
        `the member ${nameOf(name)}${library === undefined ? "" : ` of ${library}`} was not found`,
      )
    } else this.#insert(text, name, pairs, chain)
    return phrases.at
  }

  #insert(
    text: string,
    name: Token,
    pairs: ReadonlyArray<Replacement>,
    chain: ReadonlyArray<string>,
  ): void {
    const { findings, read, wordsMax } = this.#context
    const member = nameOf(name)
    const key = member.toUpperCase()
    if (chain.includes(key) || chain.length >= depthMax) {
      findings.add(
        "CPY-1022",
        name.span,
        chain.includes(key)
          ? `the member ${member} copies itself: ${[...chain, key].join(" → ")}`
          : `the member ${member} would be the ${depthMax + 1}th inside others`,
      )
      return
    }
    this.#budget.characters -= text.length
    if (this.#budget.characters < 0) {
      const message = `the copied members have more than ${charactersMax} characters`
      findings.add("CPY-1001", name.span, message)
      return
    }
    const replacer = new Replacer(pairs, this.#budget, wordsMax)
    // Tags in the names of members that it copies in its turn are replaced first.
    const words = replacer.run(read(text, member))
    this.#budget.words -= words.length + 1
    if (this.#budget.words < 0 || this.#budget.comparisons < 0) {
      const message = `the copied members have more than ${wordsMax} words, or too many to compare`
      findings.add("CPY-1002", name.span, message)
      return
    }
    const inner = new Copier(
      { ...this.#context, wordsMax: wordsMax - this.#result.length },
      this.#budget,
    )
    for (const token of inner.run(words, [...chain, key])) this.#result.push(token)
    for (const pair of pairs) {
      if (replacer.used.has(pair)) continue
      findings.add(
        "CPY-1023",
        pair.span,
        `${pair.from.map(({ text }) => text).join(" ")} does not occur in ${member}`,
      )
    }
  }
}

/** Gives what the REPLACE statements of a text make of it. */
const withReplace = (
  tokens: ReadonlyArray<Token>,
  { findings, wordsMax }: CopyContext,
  budget: Budget,
): ReadonlyArray<Token> => {
  if (!tokens.some((token) => isWord(token, "REPLACE"))) return tokens
  const result: Array<Token> = []
  let pairs: ReadonlyArray<Replacement> = []
  let from = 0
  const flush = (to: number): void => {
    const part = tokens.slice(from, to)
    const words = pairs.length === 0 ? part : new Replacer(pairs, budget, wordsMax).run(part)
    for (const token of words) result.push(token)
    const [first] = pairs
    if (budget.comparisons < 0 && first !== undefined) {
      findings.add("CPY-1002", first.span, "there are too many words to compare")
    }
  }
  for (let at = 0; at < tokens.length; at++) {
    if (!isWord(tokens[at], "REPLACE")) continue
    flush(at)
    const phrases = new ReplacingPhrases(tokens, at + 1, "CPY-1025")
    const isOff = phrases.take("OFF")
    const next = isOff ? [] : phrases.pairs()
    const problem =
      next instanceof Malformed
        ? next
        : phrases.token?.kind !== "period"
          ? phrases.malformed("the REPLACE statement does not end with a period")
          : !isOff && next.length === 0
            ? phrases.malformed("REPLACE has nothing to replace")
            : undefined
    if (problem !== undefined) findings.add(problem.code, problem.token.span, problem.message)
    pairs = next instanceof Malformed ? [] : next
    while (phrases.token !== undefined && phrases.token.kind !== "period") phrases.at++
    at = phrases.at
    from = at + 1
  }
  flush(tokens.length)
  return result
}

/**
 * Puts members in the place of COPY statements, then does what REPLACE statements ask for.
 *
 * - Bounds: 32 members inside each other, with 64 MiB and no more words in all than the limit; 256
 *   replacements of 256 words; stops one word behind the limit.
 *
 * @category combinators
 * @since 0.1.0
 */
export const expandCopies = (
  tokens: ReadonlyArray<Token>,
  context: CopyContext,
): ReadonlyArray<Token> => {
  const budget = budgetOf(context)
  return withReplace(new Copier(context, budget).run(tokens, []), context, budget)
}
