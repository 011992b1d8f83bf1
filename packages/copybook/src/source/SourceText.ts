/**
 * The code of a text, without its sequence numbers, comments and line ends, and where each
 * character of it came from.
 *
 * @since 0.1.0
 */
import type { Span } from "./Diagnostic.ts"
import type { Findings } from "./Findings.ts"
import {
  detectFormat,
  type FormatFinding,
  formatDirective,
  type SourceColumns,
  standardColumns,
} from "./SourceFormat.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SourceOptions {
  /** `auto`, the default, tells it from the text. */
  readonly format?: "auto" | "fixed" | "free"
  /** Of fixed format. Default: indicator 7, text 8 to 72. */
  readonly columns?: SourceColumns
  /** How far apart tab stops are. Default: 8. Units: columns. */
  readonly tabSize?: number
  /** Whether debugging lines are code. Default: false. */
  readonly isDebugging?: boolean
}

interface Segment {
  /** Where it begins in the code. */
  readonly start: number
  readonly line: number
  readonly column: number
  readonly offset: number
  readonly length: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SourceText {
  /** Lines of code, each ended by a line feed; continued lines are one. */
  readonly code: string
  readonly segments: ReadonlyArray<Segment>
  readonly format: FormatFinding
  readonly member?: string
}

/**
 * The place in the text of a run of the code.
 *
 * - Bounds: `hint` is the index of a segment at or before `start`; the result's second part is the
 *   hint for what comes behind.
 *
 * @category combinators
 * @since 0.1.0
 */
export const placeOf = (
  source: SourceText,
  start: number,
  end: number,
  hint: number,
): readonly [span: Span, hint: number] => {
  let at = hint
  const { segments } = source
  while (at + 1 < segments.length && (segments[at + 1]?.start ?? Infinity) <= start) at++
  const first = segments[at]
  const member = source.member === undefined ? {} : { member: source.member }
  if (first === undefined) return [{ line: 1, column: 1, offset: 0, length: 0, ...member }, at]
  const into = Math.min(start - first.start, first.length)
  let last = first
  for (let next = at + 1; next < segments.length; next++) {
    const segment = segments[next]
    if (segment === undefined || segment.start >= end) break
    last = segment
  }
  const until = last.offset + Math.min(end - last.start, last.length)
  const offset = first.offset + into
  return [
    { line: first.line, column: first.column + into, offset, length: until - offset, ...member },
    at,
  ]
}

/** What a line is, and where its code lies in it. */
interface Line {
  readonly kind: "none" | "code" | "continuation" | "debugging" | "directive"
  readonly from: number
  readonly to: number
}

const none: Line = { kind: "none", from: 0, to: 0 }
const listing = /^\s*(?:EJECT|SKIP[123])\s*\.?\s*$|^\s*TITLE\s+["']/i
const option = /^\s*(?:CBL|PROCESS)\s/i
/** Stars that are not the beginning of a picture whose PIC stands on the line before. */
const comment = /^\*(?![*\d(),./+-]*[\d)][*\d(),./+CRDB-]*(?:\s|$))/i
// Only so much is looked at: the pattern tries every way to part what it looks at.
const isComment = (trimmed: string): boolean => comment.test(trimmed.slice(0, 200))
const include = /^(?:-INC\s+|.{0,11}\+\+INCLUDE\s+)([\w#@$-]+)/i

/** Indexes in a line of the indicator, of the first and behind the last character of text. */
const bounds = (
  text: string,
  columns: SourceColumns,
  tabSize: number,
): readonly [indicator: number, from: number, to: number] => {
  if (!text.includes("\t")) {
    return [columns.indicator - 1, columns.first - 1, Math.min(columns.last, text.length)]
  }
  let column = 1
  let indicator = -1
  let from = text.length
  let at = 0
  for (; at < text.length && column <= columns.last; at++) {
    if (column === columns.indicator) indicator = at
    if (column >= columns.first && at < from) from = at
    column += text[at] === "\t" ? tabSize - ((column - 1) % tabSize) : 1
  }
  return [indicator, from, at]
}

class SourceReader {
  readonly #options: Required<Omit<SourceOptions, "format">>
  readonly #findings: Findings
  readonly #member: { readonly member?: string }
  readonly #segments: Array<Segment> = []
  readonly #pieces: Array<string> = []
  #length = 0
  /** The quote of the literal that the last line of code left open. */
  #quote = ""
  /** Whether the last line of code ended with a quote in the last column. */
  #isQuoteLast = false
  /** Columns of text that the last line of code left empty. */
  #missing = 0
  #hasCode = false
  #hasWarnedOfIndicator = false
  #hasWarnedOfLength = false
  #number = 0
  #offset = 0

  constructor(
    options: Required<Omit<SourceOptions, "format">>,
    findings: Findings,
    member: string | undefined,
  ) {
    this.#options = options
    this.#findings = findings
    this.#member = member === undefined ? {} : { member }
  }

  span(at: number, length: number): Span {
    return {
      line: this.#number,
      column: at + 1,
      offset: this.#offset + at,
      length,
      ...this.#member,
    }
  }

  line(text: string, number: number, offset: number, format: "fixed" | "free"): void {
    this.#number = number
    this.#offset = offset
    const included = include.exec(text)
    if (included?.[1] !== undefined) {
      const at = included[0].length - included[1].length
      this.#push("\n", text.length, 0)
      this.#push("COPY ", at, 0)
      this.#push(included[1], at, included[1].length)
      this.#push(" . ", text.length, 0)
      this.#quote = ""
      return
    }
    const line = format === "free" ? this.#free(text) : this.#fixed(text)
    if (line.kind === "none") return
    if (line.kind === "directive") this.#directive(text)
    else if (line.kind === "debugging" && !this.#options.isDebugging) {
      this.#findings.add("CPY-1009", this.span(line.from, 1), "a debugging line was skipped")
    } else if (!listing.test(text.slice(line.from, line.to))) this.#code(text, line)
  }

  finish(format: FormatFinding): SourceText {
    this.#push("\n", 0, 0)
    return { code: this.#pieces.join(""), segments: this.#segments, format, ...this.#member }
  }

  #free(text: string): Line {
    const trimmed = text.trimStart()
    const from = text.length - trimmed.length
    if (trimmed === "" || isComment(trimmed) || text.startsWith("/")) return none
    if (/^>>D\s/i.test(trimmed)) return { kind: "debugging", from: from + 3, to: text.length }
    if (trimmed.startsWith(">>") || /^\$\s*[A-Z]/i.test(trimmed)) {
      return { kind: "directive", from, to: text.length }
    }
    return { kind: "code", from, to: text.length }
  }

  #fixed(text: string): Line {
    const trimmed = text.trimStart()
    if (trimmed === "") return none
    if (/^>>D\s/i.test(trimmed)) return this.#free(text)
    if (trimmed.startsWith(">>") || formatDirective(text) !== undefined) {
      return { kind: "directive", from: text.length - trimmed.length, to: text.length }
    }
    const [at, from, to] = bounds(text, this.#options.columns, this.#options.tabSize)
    // A comment where no comment can stand: a text that was moved by hand.
    const indent = text.length - trimmed.length
    if (indent > at ? isComment(trimmed) : /^\*[\s*>]/.test(text)) return none
    const indicator = at < 0 ? " " : (text[at] ?? " ")
    if (indicator === "*" || indicator === "/") return none
    this.#tooLong(text, to)
    if (indicator === " " || indicator === "\t") return { kind: "code", from, to }
    if (indicator === "-") return { kind: "continuation", from, to }
    if (indicator === "$") return { kind: "directive", from: at, to }
    if (/[Dd]/.test(indicator) && !/\w/.test(text[at + 1] ?? " ")) {
      return { kind: "debugging", from, to }
    }
    if (trimmed.startsWith("*")) return none
    if (!this.#hasWarnedOfIndicator) {
      this.#hasWarnedOfIndicator = true
      this.#findings.add(
        "CPY-1005",
        this.span(at, 1),
        `column ${this.#options.columns.indicator} has ${indicator}, which is no indicator: here and below such lines are read from there`,
      )
    }
    return { kind: "code", from: at, to }
  }

  #tooLong(text: string, to: number): void {
    if (this.#hasWarnedOfLength || text.length <= 80) return
    const behind = text.slice(Math.max(to, 80)).trim()
    if (behind === "") return
    this.#hasWarnedOfLength = true
    this.#findings.add(
      "CPY-1006",
      this.span(to, text.length - to),
      `the text behind column ${this.#options.columns.last} was not read, here and in longer lines below`,
    )
  }

  #directive(text: string): void {
    const trimmed = text.trim().slice(0, 80)
    if (formatDirective(text) !== undefined) return
    const isConditional =
      /(?:>>|\$)\s*(?:IF|ELSE|ELIF|END(?:-IF)?|EVALUATE|WHEN|END-EVALUATE|DEFINE)\b/i.test(trimmed)
    this.#findings.add(
      isConditional ? "CPY-1008" : "CPY-1007",
      this.span(text.indexOf(trimmed), trimmed.length),
      isConditional ? `${trimmed} was not evaluated` : `the directive ${trimmed} was skipped`,
    )
  }

  #code(text: string, line: Line): void {
    let from = line.from
    if (!this.#hasCode && option.test(text.slice(from, line.to))) return
    if (line.kind === "continuation") from = this.#continue(text, line)
    else {
      this.#push("\n", text.length, 0)
      this.#quote = ""
    }
    this.#hasCode = true
    const to = this.#scan(text, from, line.to)
    this.#push(text.slice(from, to).replaceAll("\t", " "), from, to - from)
    this.#isQuoteLast = to === line.to && /["']$/.test(text.slice(from, to))
    // Where lines have no end of their own, there is nothing to fill up.
    const { last } = this.#options.columns
    this.#missing = last > 1_000 ? 0 : Math.max(0, last - to)
  }

  /** Joins a line to the one before it, and gives where its own text begins. */
  #continue(text: string, line: Line): number {
    const blanks = /^\s*/.exec(text.slice(line.from, line.to))?.[0].length ?? 0
    const from = line.from + blanks
    const first = text[from] ?? ""
    if (!this.#hasCode) {
      this.#findings.add("CPY-1004", this.span(from, 1), "there is no line that it could continue")
      return from
    }
    if (this.#quote === "") {
      // A quote in the last column and two here are one quote of the literal.
      if (this.#isQuoteLast && this.#missing === 0 && text.startsWith(first + first, from)) {
        if (first === '"' || first === "'") return from + 1
      }
      this.#trimEnd()
      return from
    }
    this.#push(" ".repeat(this.#missing), from, 0)
    if (first === this.#quote) return from + 1
    this.#findings.add(
      "CPY-1004",
      this.span(from, 1),
      `the literal that it continues is open, so it has to begin with ${this.#quote}`,
    )
    return from
  }

  /** Follows literals to the end of the line, and gives where a comment ends its code. */
  #scan(text: string, from: number, to: number): number {
    const marks = /["']|\*>/g
    marks.lastIndex = from
    for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
      if (match.index >= to) break
      const [mark] = match
      if (this.#quote === "" && mark === "*>") return match.index
      if (mark === this.#quote) this.#quote = ""
      else if (this.#quote === "" && mark !== "*>") this.#quote = mark
    }
    return to
  }

  #trimEnd(): void {
    const last = this.#pieces.length - 1
    const piece = this.#pieces[last]
    if (piece === undefined) return
    const trimmed = piece.trimEnd()
    this.#pieces[last] = trimmed
    this.#length -= piece.length - trimmed.length
  }

  #push(code: string, at: number, length: number): void {
    this.#segments.push({
      start: this.#length,
      line: this.#number,
      column: at + 1,
      offset: this.#offset + at,
      length,
    })
    this.#pieces.push(code)
    this.#length += code.length
  }
}

const lineEnd = /\r\n|[\n\r\u0085\u2028\u2029]/g

function* linesOf(text: string): Generator<readonly [line: string, offset: number]> {
  let from = text.startsWith("\uFEFF") ? 1 : 0
  const ends = new RegExp(lineEnd)
  for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
    yield [text.slice(from, end.index), from]
    from = end.index + end[0].length
  }
  // The end-of-file mark of old systems is no code.
  const [last] = text.slice(from).split("\u001A", 1)
  if (last !== undefined && last !== "") yield [last, from]
}

function* linesAlone(text: string): Generator<string> {
  for (const [line] of linesOf(text)) yield line
}

/**
 * Reads a text's lines to code.
 *
 * @category constructors
 * @since 0.1.0
 */
export const readSource = (
  text: string,
  options: SourceOptions,
  findings: Findings,
  member?: string,
): SourceText => {
  const columns = options.columns ?? standardColumns
  const tabSize = options.tabSize ?? 8
  const asked = options.format ?? "auto"
  const format: FormatFinding =
    asked === "auto"
      ? detectFormat(linesAlone(text), columns, tabSize)
      : { format: asked, reason: "the caller says so" }
  const reader = new SourceReader(
    { columns, tabSize, isDebugging: options.isDebugging ?? false },
    findings,
    member,
  )
  let current = format.format
  let number = 0
  for (const [line, offset] of linesOf(text)) {
    number++
    reader.line(line, number, offset, current)
    current = formatDirective(line) ?? current
  }
  return reader.finish(format)
}
