/**
 * A copybook's text to the tree of its items, or every finding in it.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { CurrencySign } from "../source/DataDivision.ts"
import { Findings } from "../source/Findings.ts"
import { readTokens, type TokenOptions } from "../source/SourceTokens.ts"
import { CopybookInvalid } from "./CopybookInvalid.ts"
import type { EntryContext } from "./Entry.ts"
import { parseEntry } from "./EntryParser.ts"
import type { Copybook, Literal } from "./Item.ts"
import { ItemTree } from "./ItemTree.ts"
import { TokenCursor } from "./TokenCursor.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ParseOptions extends TokenOptions {
  /** DECIMAL-POINT IS COMMA. A program that says so needs no option. */
  readonly isDecimalComma?: boolean
  /** CURRENCY SIGN, besides `$` and what a program says. */
  readonly currencySigns?: ReadonlyArray<CurrencySign>
  /** Default: 100,000. */
  readonly itemsMax?: number
}

const readable = ["FILE", "WORKING-STORAGE", "LOCAL-STORAGE", "LINKAGE"]

/** A name of letters, and a period behind the word: `05 SECTION PIC X.` is an item. */
const isHeader = (cursor: TokenCursor): boolean =>
  cursor.isAhead(1, "DIVISION", "SECTION") &&
  /^\p{L}/u.test(cursor.peek()?.text ?? "") &&
  (cursor.peek(2)?.kind ?? "period") === "period"

/** Goes over what stands between records; tells whether something was there. */
const skipHeader = (context: EntryContext): boolean => {
  const { cursor } = context
  if (cursor.isPeriod) {
    cursor.next()
    return true
  }
  if (isHeader(cursor)) {
    const { shown, span } = cursor
    const isDivision = cursor.isAhead(1, "DIVISION")
    const isKnown = isDivision ? cursor.is("DATA") : cursor.is(...readable)
    cursor.next()
    cursor.next()
    if (cursor.isPeriod) cursor.next()
    if (isKnown) return true
    context.report(
      "CPY-1114",
      `the ${shown} ${isDivision ? "division" : "section"} was skipped`,
      span,
    )
    while (cursor.peek() !== undefined && !isHeader(cursor)) cursor.next()
    return true
  }
  if (cursor.is("FD", "SD")) {
    cursor.next()
    while (cursor.peek() !== undefined && !cursor.isPeriod && !cursor.isEntry) cursor.next()
    return true
  }
  if (!cursor.is("EXEC", "EXECUTE")) return false
  context.report("CPY-1114", `EXEC ${cursor.peek(1)?.text ?? ""} was skipped`)
  while (cursor.peek() !== undefined && !cursor.take("END-EXEC")) cursor.next()
  return true
}

const inOrder = (findings: ReadonlyArray<Diagnostic>): ReadonlyArray<Diagnostic> => {
  const own = findings.filter(({ span }) => span.member === undefined)
  const members = findings.filter(({ span }) => span.member !== undefined)
  return [...own.sort((one, other) => one.span.offset - other.span.offset), ...members]
}

/**
 * Parses a copybook, or the data division of a program.
 *
 * An error keeps the reading going at the next period, so that one run tells all of them.
 *
 * - Bounds: 16 MiB of text, 100,000 items, both by default; 1,000 findings.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseCopybook = (
  text: string,
  options: ParseOptions = {},
): Result.Result<Copybook, CopybookInvalid> => {
  const findings = new Findings()
  const source = readTokens(text, options, findings)
  const cursor = new TokenCursor(source.tokens)
  const constants = new Map<string, Literal>()
  const context: EntryContext = {
    cursor,
    constants,
    pictures: {
      isDecimalComma: options.isDecimalComma ?? source.isDecimalComma,
      currencySigns: [...source.currencySigns, ...(options.currencySigns ?? [])],
      constant: (name) => {
        const value = constants.get(name.toUpperCase())
        return value?.kind === "number" && /^\d+$/.test(value.text) ? Number(value.text) : undefined
      },
    },
    isFull: () => findings.isFull,
    report: (code, message, span, hint) => findings.add(code, span ?? cursor.span, message, hint),
  }
  const tree = new ItemTree(findings)
  const itemsMax = options.itemsMax ?? 100_000
  let count = 0
  while (cursor.peek() !== undefined && !findings.isFull) {
    if (skipHeader(context)) continue
    if (count === itemsMax) {
      context.report("CPY-1206", `there are more than ${itemsMax} items`)
      break
    }
    const before = findings.errors
    const entry = parseEntry(context)
    if (entry === undefined) {
      if (findings.errors > before) tree.lose()
      continue
    }
    count++
    tree.add(entry)
  }
  const items = tree.items()
  if (count === 0 && !findings.hasErrors) context.report("CPY-1207", "the text describes no item")
  const [first, ...more] = inOrder(findings.all)
  return findings.hasErrors && first !== undefined
    ? Result.fail(new CopybookInvalid({ diagnostics: [first, ...more] }))
    : Result.succeed({
        items,
        warnings: first === undefined ? [] : [first, ...more],
        format: source.format,
      })
}
