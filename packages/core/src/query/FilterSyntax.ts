/**
 * The filter language: its tree, and the parser that makes the tree from a text.
 *
 * `docs/filter.md` has the grammar in words and examples.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { severities } from "../event/AuditEvent.ts"
import * as Glob from "./Glob.ts"
import { InvalidFilter } from "./InvalidFilter.ts"

/**
 * Longest filter. Units: characters.
 *
 * @category constants
 * @since 0.1.0
 */
export const filterLengthMax = 4096

/**
 * Deepest nesting of parentheses and `not`.
 *
 * @category constants
 * @since 0.1.0
 */
export const filterDepthMax = 32

/**
 * Most names in a path.
 *
 * @category constants
 * @since 0.1.0
 */
export const pathLengthMax = 16

/**
 * What an event's value is compared with.
 *
 * A bare word is what it looks like, and equals the same word as a text too; only a quoted one
 * is nothing but a text.
 *
 * - `Text`: `text` equals.
 * - `Number`, `Boolean`, `Null`: the JSON value, or the same `text`.
 * - `Instant`: a time given in full, or a day, which means its beginning in UTC.
 * - `Ago`: a time relative to the moment of matching.
 *
 * @category models
 * @since 0.1.0
 */
export type FilterValue =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Number"; readonly text: string; readonly number: number }
  | { readonly _tag: "Boolean"; readonly text: string; readonly isTrue: boolean }
  | { readonly _tag: "Null"; readonly text: string }
  | { readonly _tag: "Instant"; readonly text: string; readonly millis: number }
  | { readonly _tag: "Ago"; readonly text: string; readonly millis: number }

/**
 * @category models
 * @since 0.1.0
 */
export type FilterOperator = "=" | "<" | "<=" | ">" | ">="

/**
 * The names that lead from an event to a value. A name applied to an array means any element.
 *
 * @category models
 * @since 0.1.0
 */
export type FilterPath = readonly [string, ...Array<string>]

/**
 * A filter as a tree. `!=` and `!~` are a `Not`, and an order of severities is an `Or`, so
 * whoever translates the tree has these six cases and no more.
 *
 * @category models
 * @since 0.1.0
 */
export type Filter =
  | { readonly _tag: "And"; readonly all: ReadonlyArray<Filter> }
  | { readonly _tag: "Or"; readonly any: ReadonlyArray<Filter> }
  | { readonly _tag: "Not"; readonly filter: Filter }
  | { readonly _tag: "Exists"; readonly path: FilterPath }
  | { readonly _tag: "Like"; readonly path: FilterPath; readonly glob: Glob.Glob }
  | {
      readonly _tag: "Compare"
      readonly path: FilterPath
      readonly operator: FilterOperator
      readonly value: FilterValue
    }

/**
 * Lets every event through.
 *
 * @category constants
 * @since 0.1.0
 */
export const everything: Filter = { _tag: "And", all: [] }

const secondMillis = 1000
const unitMillis: Readonly<Record<string, number>> = {
  s: secondMillis,
  m: 60 * secondMillis,
  h: 3600 * secondMillis,
  d: 86_400 * secondMillis,
  w: 7 * 86_400 * secondMillis,
}

// Fixed patterns over single words of bounded length, none with nested repetition.
const numberPattern = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const agoPattern = /^-(\d{1,9})([smhdw])$/
const instantPattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/

/**
 * The moment that a text names, or `NaN` where it names none.
 *
 * @returns milliseconds since 1970
 * @category decoding
 * @since 0.1.0
 */
export const instantOf = (text: string): number =>
  text.length >= 10 && instantPattern.test(text) ? Date.parse(text) : Number.NaN

/** A bare word's value; `undefined` for a day or time that is in no calendar. */
const valueOf = (text: string): FilterValue | undefined => {
  if (text === "true" || text === "false") {
    return { _tag: "Boolean", text, isTrue: text === "true" }
  }
  if (text === "null") return { _tag: "Null", text }
  if (numberPattern.test(text)) {
    const number = Number(text)
    return Number.isFinite(number) ? { _tag: "Number", text, number } : { _tag: "Text", text }
  }
  const [, count, unit] = agoPattern.exec(text) ?? []
  if (count !== undefined && unit !== undefined) {
    return { _tag: "Ago", text, millis: Number(count) * (unitMillis[unit] ?? 0) }
  }
  if (!instantPattern.test(text)) return { _tag: "Text", text }
  const millis = Date.parse(text)
  return Number.isNaN(millis) ? undefined : { _tag: "Instant", text, millis }
}

const operators = ["<=", ">=", "!=", "!~", "=", "~", "<", ">"] as const
type Operator = (typeof operators)[number]

/** Members whose order is that of time, so that `time>=7d` is a slip. */
const times = new Set(["time", "observed"])
const keywords = new Set(["and", "or", "not"])
const endsWord = /[\s()"'=!~<>]/u
const isSpace = /\s/u

/** Where parsing stops. Thrown within this module alone, so that each rule need not pass it on. */
class Stop {
  readonly position: number
  readonly found: string
  readonly expected: string

  constructor(position: number, found: string, expected: string) {
    this.position = position
    this.found = found
    this.expected = expected
  }
}

/** Recursive descent over the text, one method a rule of the grammar. */
class Parser {
  private readonly text: string
  private at = 0
  private depth = 0

  constructor(text: string) {
    this.text = text
  }

  whole(): Filter {
    const filter = this.or()
    if (this.at < this.text.length) this.stop("and, or, or the end of the filter")
    return filter
  }

  private or(): Filter {
    const any = [this.and()]
    while (this.keyword("or")) any.push(this.and())
    return any.length > 1 ? { _tag: "Or", any } : (any[0] ?? everything)
  }

  private and(): Filter {
    const all = [this.unary()]
    while (this.keyword("and")) all.push(this.unary())
    return all.length > 1 ? { _tag: "And", all } : (all[0] ?? everything)
  }

  private unary(): Filter {
    this.space()
    const from = this.at
    if (this.keyword("not")) {
      const filter = this.nested(from, () => this.unary())
      return { _tag: "Not", filter }
    }
    if (this.text[this.at] === "(") {
      this.at += 1
      const filter = this.nested(from, () => this.or())
      this.close()
      return filter
    }
    const path = this.path()
    this.space()
    if (path.length === 1 && path[0] === "exists" && this.text[this.at] === "(") {
      this.at += 1
      this.space()
      const inner = this.path()
      this.close()
      return { _tag: "Exists", path: inner }
    }
    return this.comparison(path)
  }

  private nested(from: number, rule: () => Filter): Filter {
    this.depth += 1
    if (this.depth > filterDepthMax) {
      this.stop(`at most ${filterDepthMax} levels of parentheses and not`, from)
    }
    const filter = rule()
    this.depth -= 1
    return filter
  }

  private close(): void {
    this.space()
    if (this.text[this.at] !== ")") this.stop(")")
    this.at += 1
    this.space()
  }

  private comparison(path: FilterPath): Filter {
    const operator = operators.find((each) => this.text.startsWith(each, this.at))
    if (operator === undefined) return this.stop("an operator: = != ~ !~ < <= > >=")
    this.at += operator.length
    this.space()
    const from = this.at
    const value = this.value()
    this.space()
    return this.compare(path, operator, value, from)
  }

  private compare(path: FilterPath, operator: Operator, value: FilterValue, from: number): Filter {
    switch (operator) {
      case "~":
      case "!~": {
        if (value.text.length > Glob.globLengthMax) {
          this.stop(`a pattern of at most ${Glob.globLengthMax} characters`, from)
        }
        const like: Filter = { _tag: "Like", path, glob: Glob.make(value.text) }
        return operator === "~" ? like : { _tag: "Not", filter: like }
      }
      case "!=":
        return { _tag: "Not", filter: { _tag: "Compare", path, operator: "=", value } }
      case "=":
        return { _tag: "Compare", path, operator, value }
      default:
        return path.length === 1 && path[0] === "severity"
          ? this.severity(path, operator, value.text, from)
          : this.ordered(path, operator, value, from)
    }
  }

  private ordered(
    path: FilterPath,
    operator: FilterOperator,
    value: FilterValue,
    from: number,
  ): Filter {
    if (value._tag === "Boolean" || value._tag === "Null") {
      return this.stop(`a value that has an order: a number, a time or a text`, from)
    }
    const isTime = value._tag === "Ago" || value._tag === "Instant"
    if (!isTime && path.length === 1 && times.has(path[0])) {
      this.stop("a time such as -7d, 2026-11-21 or 2026-11-21T09:30:00Z", from)
    }
    return { _tag: "Compare", path, operator, value }
  }

  /** Severities have an order of their own, which is not that of the alphabet. */
  private severity(path: FilterPath, operator: FilterOperator, word: string, from: number): Filter {
    const rank = severities.findIndex((severity) => severity === word)
    if (rank < 0) return this.stop(`a severity: ${severities.join(", ")}`, from)
    const least = operator === ">" ? rank + 1 : operator === ">=" ? rank : 0
    const end = operator === "<" ? rank : operator === "<=" ? rank + 1 : severities.length
    const any = severities.slice(least, end).map((text): Filter => ({
      _tag: "Compare",
      path,
      operator: "=",
      value: { _tag: "Text", text },
    }))
    return { _tag: "Or", any }
  }

  private path(): FilterPath {
    const [from, first] = [this.at, this.name()]
    const path: [string, ...Array<string>] = [first]
    while (this.text[this.at] === ".") {
      this.at += 1
      path.push(this.name())
    }
    if (path.length > pathLengthMax) this.stop(`a path of at most ${pathLengthMax} names`, from)
    return path
  }

  private name(): string {
    if (this.isQuote()) return this.quoted()
    const from = this.at
    while (this.at < this.text.length && !this.endsName()) this.at += 1
    const name = this.text.slice(from, this.at)
    if (name === "" || keywords.has(name.toLowerCase())) {
      this.stop("a path such as outcome or target.id, not, or (", from)
    }
    return name
  }

  private endsName(): boolean {
    const character = this.text[this.at] ?? ""
    return character === "." || endsWord.test(character)
  }

  private value(): FilterValue {
    if (this.isQuote()) return { _tag: "Text", text: this.quoted() }
    const from = this.at
    const word = this.word()
    if (word === "" || keywords.has(word.toLowerCase())) {
      this.stop("a value, in quotes where it is no plain word", from)
    }
    this.at = from + word.length
    return valueOf(word) ?? this.stop("a day of the calendar and a time of the day", from)
  }

  /** The characters from here to the next space, parenthesis, quote or operator. */
  private word(): string {
    let end = this.at
    while (end < this.text.length && !endsWord.test(this.text[end] ?? "")) end += 1
    return this.text.slice(this.at, end)
  }

  private isQuote(): boolean {
    return this.text[this.at] === `"` || this.text[this.at] === "'"
  }

  /** `\"`, `\'` and `\\` are one character; before any other a backslash is itself. */
  private quoted(): string {
    const from = this.at
    const quote = this.text[this.at]
    let content = ""
    for (this.at += 1; this.text[this.at] !== quote; this.at += 1) {
      if (this.at >= this.text.length) this.stop(`a closing ${quote ?? ""}`, from)
      const next = this.text[this.at + 1]
      const isEscape =
        this.text[this.at] === "\\" && (next === "\\" || next === `"` || next === "'")
      if (isEscape) this.at += 1
      content += this.text[this.at] ?? ""
    }
    this.at += 1
    return content
  }

  private keyword(keyword: string): boolean {
    this.space()
    if (this.word().toLowerCase() !== keyword) return false
    this.at += keyword.length
    return true
  }

  private space(): void {
    while (isSpace.test(this.text[this.at] ?? "")) this.at += 1
  }

  private stop(expected: string, position = this.at): never {
    const rest = this.text.slice(position)
    const [first = ""] = /^(?:[^\s()"'=!~<>]{1,24}|\p{Any})/u.exec(rest) ?? []
    throw new Stop(position, rest === "" ? "the end" : `"${first}"`, expected)
  }
}

/**
 * Reads a filter such as `type~patient.* and outcome=denied and time>=-7d`.
 *
 * @param text at most {@link filterLengthMax} characters
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<Filter, InvalidFilter> => {
  const invalid = (position: number, found: string, expected: string) =>
    Result.fail(new InvalidFilter({ text, position, found, expected }))
  if (text.length > filterLengthMax) {
    const expected = `a filter of at most ${filterLengthMax} characters`
    return invalid(filterLengthMax, `${text.length} characters`, expected)
  }
  try {
    return Result.succeed(new Parser(text).whole())
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop
    return invalid(stop.position, stop.found, stop.expected)
  }
}
