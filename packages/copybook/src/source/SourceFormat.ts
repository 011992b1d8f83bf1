/**
 * Which reference format a text is written in.
 *
 * @since 0.1.0
 */

/**
 * Where things stand on a line of fixed format. 1-based.
 *
 * @category models
 * @since 0.1.0
 */
export interface SourceColumns {
  /** The indicator; 0 for none. Everything before it is a sequence number. */
  readonly indicator: number
  /** The first column of text. */
  readonly first: number
  /** The last column of text; what follows it is an identification. */
  readonly last: number
}

/**
 * The columns of the standard's fixed format.
 *
 * @category constants
 * @since 0.1.0
 */
export const standardColumns: SourceColumns = { indicator: 7, first: 8, last: 72 }

/**
 * @category models
 * @since 0.1.0
 */
export interface FormatFinding {
  readonly format: "fixed" | "free"
  /** Why, in a sentence's words. */
  readonly reason: string
}

const sequenceWidth = (columns: SourceColumns): number =>
  (columns.indicator === 0 ? columns.first : columns.indicator) - 1

/** More lines say nothing new. */
const linesMax = 20_000

const directive =
  /^\s*(?:>>\s*|\$)(?:SET\s+)?SOURCE\s*(?:FORMAT)?\s*(?:IS\s+)?["'(]?\s*(FREE|FIXED)/i

/**
 * The format that a directive on a line asks for.
 *
 * @category predicates
 * @since 0.1.0
 */
export const formatDirective = (line: string): "fixed" | "free" | undefined => {
  const asked = directive.exec(line)?.[1]?.toLowerCase()
  return asked === "free" || asked === "fixed" ? asked : undefined
}

/**
 * A line with its tabs as blanks, so that an index is a column.
 *
 * @category combinators
 * @since 0.1.0
 */
export const untabbed = (line: string, tabSize: number): string => {
  if (!line.includes("\t")) return line
  let result = ""
  for (const character of line) {
    if (character === "\t") result += " ".repeat(tabSize - (result.length % tabSize))
    else result += character
  }
  return result
}

type Evidence = "fixed" | "free" | undefined

const evidenceOf = (line: string, columns: SourceColumns): Evidence => {
  const width = sequenceWidth(columns)
  const before = line.slice(0, width)
  const indicator = columns.indicator === 0 ? " " : (line[width] ?? " ")
  if (before.trim() === "") {
    if (indicator === "*" || indicator === "-" || indicator === "/") return "fixed"
    const isCut = line.length > 80 && /\S\S/.test(line.slice(columns.last - 1, columns.last + 1))
    return isCut && !/^\s*\*/.test(line) ? "free" : undefined
  }
  if (/^\s*\*>/.test(line)) return "free"
  // A line of stars is a comment in both.
  if (/^\s*\*/.test(line)) return undefined
  const isFull = /^\S+$/.test(before) && before.length === width
  if (isFull && /[ *\-/Dd$]/.test(indicator)) return "fixed"
  const isLevel = /^\s*\d{1,2}\s/.test(line)
  if (isFull && !isLevel && /^\d+$/.test(before)) return "fixed"
  if (!isLevel && /[ *\-/]/.test(indicator)) {
    return indicator !== " " || /^\s*\d{1,2}\s/.test(line.slice(width)) ? "fixed" : "free"
  }
  return "free"
}

/**
 * Tells the format by what stands in the columns of sequence numbers and indicators; a text that
 * says nothing either way is fixed.
 *
 * @category predicates
 * @since 0.1.0
 */
export const detectFormat = (
  lines: Iterable<string>,
  columns: SourceColumns,
  tabSize: number,
): FormatFinding => {
  let number = 0
  let fixed = 0
  let free = 0
  let firstFixed = 0
  let firstFree = 0
  for (const raw of lines) {
    number++
    if (number > linesMax) break
    if (raw.trim() === "") continue
    const asked = formatDirective(raw)
    if (asked !== undefined) return { format: asked, reason: `line ${number} says so` }
    const evidence = evidenceOf(untabbed(raw, tabSize).trimEnd(), columns)
    if (evidence === "fixed" && fixed++ === 0) firstFixed = number
    if (evidence === "free" && free++ === 0) firstFree = number
  }
  const sequence = `columns 1 to ${sequenceWidth(columns)}`
  if (free > fixed) {
    return {
      format: "free",
      reason: `${free} lines have code where fixed format has none, line ${firstFree} the first; ${fixed} lines speak for fixed format`,
    }
  }
  return fixed === 0
    ? { format: "fixed", reason: `no line has code in ${sequence}` }
    : {
        format: "fixed",
        reason: `${fixed} lines have sequence numbers in ${sequence} or an indicator behind them, line ${firstFixed} the first; ${free} lines speak for free format`,
      }
}
