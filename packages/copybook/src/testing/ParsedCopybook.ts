/**
 * Copybooks of tests, parsed: a refusal is a failure that shows every finding.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type ParseOptions, parseCopybook } from "../syntax/CopybookParser.ts"
import type { Copybook, Item } from "../syntax/Item.ts"

const free: ParseOptions = { format: "free" }

/**
 * A copybook that is taken.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parsed = (text: string, options: ParseOptions = free): Copybook =>
  Result.getOrThrow(parseCopybook(text, options))

/**
 * The one item that an entry without a level and a period makes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parsedItem = (entry: string, options?: ParseOptions): Item => {
  const [first] = parsed(`01 ${entry}.`, { ...free, ...options }).items
  if (first === undefined) throw new Error(`${entry} makes no item`)
  return first
}

/**
 * The codes of a copybook's findings, whether it is taken or not.
 *
 * @category combinators
 * @since 0.1.0
 */
export const codesOf = (text: string, options: ParseOptions = free): ReadonlyArray<string> => {
  const result = parseCopybook(text, options)
  const all = Result.isFailure(result) ? result.failure.diagnostics : result.success.warnings
  return all.map(({ code }) => code)
}

/**
 * Levels and names, children in parentheses.
 *
 * @category combinators
 * @since 0.1.0
 */
export const outlineOf = (items: ReadonlyArray<Item>): string =>
  items
    .map(({ children, level, name }) =>
      children.length === 0 ? `${level} ${name}` : `${level} ${name} (${outlineOf(children)})`,
    )
    .join(", ")
