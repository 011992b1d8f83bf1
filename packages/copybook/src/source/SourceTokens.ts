/**
 * A text, read to the words of its data division.
 *
 * @since 0.1.0
 */
import { type CopyContext, expandCopies, type MemberResolver } from "./CopyReplacing.ts"
import { dataDivisionOf, type DataDivision } from "./DataDivision.ts"
import type { Findings } from "./Findings.ts"
import { lex } from "./Lexer.ts"
import type { FormatFinding } from "./SourceFormat.ts"
import { readSource, type SourceOptions } from "./SourceText.ts"
import { clipped, joined, type Token } from "./Token.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TokenOptions extends SourceOptions {
  /** Finds what COPY names. Without it every COPY is an error. */
  readonly resolve?: MemberResolver
  /** Of the text, and of each copied member. Default: 16 MiB. Units: UTF-16 units. */
  readonly textMax?: number
  /**
   * With members and replacements. Default: 1,500,000, which is fifteen for each of 100,000 items;
   * each takes some 200 bytes.
   */
  readonly wordsMax?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SourceTokens extends DataDivision {
  readonly format: FormatFinding
}

/**
 * Reads a text to words, with its members in their places.
 *
 * @category constructors
 * @since 0.1.0
 */
export const readTokens = (
  text: string,
  options: TokenOptions,
  findings: Findings,
): SourceTokens => {
  const wordsMax = options.wordsMax ?? 1_500_000
  const textMax = options.textMax ?? 16 * 1024 * 1024
  const isTooLarge = (text: string, span: Token["span"]): boolean => {
    if (text.length <= textMax) return false
    findings.add(
      "CPY-1001",
      span,
      `the text has ${text.length} characters, which is more than ${textMax}`,
    )
    return true
  }
  const start: Token["span"] = { line: 1, column: 1, offset: 0, length: 0 }
  if (isTooLarge(text, start)) {
    const format = { format: "fixed", reason: "the text was not read" } as const
    return { tokens: [], isDecimalComma: false, currencySigns: [], format }
  }
  const words = (text: string, member?: string): readonly [ReadonlyArray<Token>, FormatFinding] => {
    const source = readSource(text, options, findings, member)
    const tokens = lex(source, wordsMax)
    tooMany(tokens)
    return [tokens, source.format]
  }
  const tooMany = (tokens: ReadonlyArray<Token>): void => {
    const last = tokens[wordsMax]
    if (last === undefined) return
    findings.add("CPY-1002", last.span, `the text has more than ${wordsMax} words`)
  }
  const [lexed, format] = words(text)
  const division = dataDivisionOf(lexed)
  const context: CopyContext = {
    findings,
    resolve: options.resolve ?? (() => undefined),
    read: (member, name) =>
      isTooLarge(member, { ...start, member: name }) ? [] : words(member, name)[0],
    wordsMax,
  }
  const expanded = expandCopies(division.tokens, context)
  tooMany(expanded)
  const tokens = joined(expanded)
  for (const { isUnclosed, span, text } of tokens) {
    if (isUnclosed) findings.add("CPY-1003", span, `the literal ${clipped(text)} is not closed`)
  }
  return { ...division, tokens, format }
}
