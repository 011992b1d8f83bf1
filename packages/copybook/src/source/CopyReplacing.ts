/**
 * COPY and REPLACE: members in the place of the statements that name them, words in the place of
 * others.
 *
 * @since 0.1.0
 */
import type { Span } from "./Diagnostic.ts"
import type { DiagnosticCode } from "./DiagnosticCode.ts"
import type { Findings } from "./Findings.ts"
import { spanOver, type Token } from "./Token.ts"

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

/** More are in no COPY statement; what is compared with every word has to be bounded. */
const pairsMax = 256
const pairWordsMax = 256

/** Comments in members are read as often as these are copied, and leave no words. */
const charactersMax = 64 * 1024 * 1024

type Extent = "whole" | "leading" | "trailing"

/** One pair of a REPLACING phrase. */
interface Replacement {
  readonly extent: Extent
  readonly from: ReadonlyArray<Token>
  readonly to: ReadonlyArray<Token>
  readonly span: Span
}

const isWord = (token: Token | undefined, ...words: ReadonlyArray<string>): boolean =>
  token?.kind === "word" && words.includes(token.upper)

/** A literal's content, or a word as it stands. */
const nameOf = (token: Token): string =>
  token.kind === "text" ? token.text.replace(/^.*?["']|["']$/g, "") : token.text

/** What is wrong, and at which word. */
class Malformed {
  readonly code: DiagnosticCode
  readonly token: Token
  readonly message: string

  constructor(code: DiagnosticCode, token: Token, message: string) {
    this.code = code
    this.token = token
    this.message = message
  }
}

/** Reads the phrases of a COPY or REPLACE statement. */
class Phrases {
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

const matches = (tokens: ReadonlyArray<Token>, at: number, from: ReadonlyArray<Token>): boolean =>
  from.every((wanted, index) => {
    const token = tokens[at + index]
    return token?.kind === wanted.kind && token.upper === wanted.upper
  })

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

/** Each word replaced by the first pair that fits; what came from a pair is not looked at again. */
const replaced = (
  tokens: ReadonlyArray<Token>,
  pairs: ReadonlyArray<Replacement>,
  used: Set<Replacement>,
  wordsMax: number,
): ReadonlyArray<Token> => {
  const result: Array<Token> = []
  /** Whether a blank stood before words that were replaced by none. */
  let isApart = false
  const push = (token: Token): void => {
    result.push(isApart && token.isAdjacent ? { ...token, isAdjacent: false } : token)
    isApart = false
  }
  for (let at = 0; at < tokens.length && result.length <= wordsMax; at++) {
    const token = tokens[at]
    if (token === undefined) break
    const whole = pairs.find(({ extent, from }) => extent === "whole" && matches(tokens, at, from))
    if (whole !== undefined) {
      used.add(whole)
      const span = spanOver(token.span, tokens[at + whole.from.length - 1]?.span ?? token.span)
      whole.to.forEach((word, index) =>
        push({
          ...word,
          isAdjacent: index === 0 ? token.isAdjacent : word.isAdjacent,
          isFirst: index === 0 && token.isFirst,
          span,
        }),
      )
      if (whole.to.length === 0) isApart ||= !token.isAdjacent
      at += whole.from.length - 1
      continue
    }
    let word = token
    for (const pair of pairs) {
      const changed = partly(token, pair)
      if (changed === undefined) continue
      used.add(pair)
      word = changed
      break
    }
    if (word.text !== "") push(word)
  }
  return result
}

/** How many words members may have in all; those that only copy others leave nothing behind. */
interface Budget {
  words: number
  characters: number
}

class Copier {
  readonly #context: CopyContext
  readonly #budget: Budget
  readonly #result: Array<Token> = []

  constructor(context: CopyContext, budget: Budget) {
    this.#context = context
    this.#budget = budget
  }

  get isFull(): boolean {
    const { characters, words } = this.#budget
    return words < 0 || characters < 0 || this.#result.length > this.#context.wordsMax
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
    const phrases = new Phrases(tokens, at + 1, "CPY-1020")
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
    const used = new Set<Replacement>()
    // Tags in the names of members that it copies in its turn are replaced first.
    const words = replaced(read(text, member), pairs, used, wordsMax)
    this.#budget.words -= words.length + 1
    if (this.#budget.words < 0) {
      findings.add("CPY-1002", name.span, `the copied members have more than ${wordsMax} words`)
      return
    }
    const inner = new Copier(
      { ...this.#context, wordsMax: wordsMax - this.#result.length },
      this.#budget,
    )
    for (const token of inner.run(words, [...chain, key])) this.#result.push(token)
    for (const pair of pairs) {
      if (used.has(pair)) continue
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
): ReadonlyArray<Token> => {
  if (!tokens.some((token) => isWord(token, "REPLACE"))) return tokens
  const result: Array<Token> = []
  let pairs: ReadonlyArray<Replacement> = []
  let from = 0
  const flush = (to: number): void => {
    const part = tokens.slice(from, to)
    const words = pairs.length === 0 ? part : replaced(part, pairs, new Set(), wordsMax)
    for (const token of words) result.push(token)
  }
  for (let at = 0; at < tokens.length; at++) {
    if (!isWord(tokens[at], "REPLACE")) continue
    flush(at)
    const phrases = new Phrases(tokens, at + 1, "CPY-1025")
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
): ReadonlyArray<Token> =>
  withReplace(
    new Copier(context, { words: context.wordsMax, characters: charactersMax }).run(tokens, []),
    context,
  )
