/**
 * The OCCURS clause, and names with what qualifies them.
 *
 * @since 0.1.0
 */
import type { Span } from "../source/Diagnostic.ts"
import type { EntryContext } from "./Entry.ts"
import type { Occurs, QualifiedName } from "./Item.ts"

/** A table has no more; a record of 16 MiB has fewer. */
const timesMax = 0x7fff_ffff

/**
 * Reads a name with OF and IN.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseQualifiedName = (context: EntryContext): QualifiedName | undefined => {
  const { cursor } = context
  const name = cursor.peek()
  if (name?.kind !== "word" || !/\p{L}/u.test(name.text)) {
    context.report("CPY-1107", `${cursor.shown} stands where a name is expected`)
    return undefined
  }
  cursor.next()
  const qualifiers: Array<string> = []
  while (cursor.take("OF", "IN")) {
    const qualifier = cursor.peek()
    if (qualifier?.kind !== "word") {
      context.report("CPY-1107", `${cursor.shown} stands where a name is expected`)
      return undefined
    }
    qualifiers.push(qualifier.upper)
    cursor.next()
  }
  return [name.upper, ...qualifiers]
}

/** A count: digits, or the name of a constant. */
const parseTimes = (context: EntryContext): number | undefined => {
  const { constants, cursor } = context
  const token = cursor.peek()
  const constant = token?.kind === "word" ? constants.get(token.upper) : undefined
  const text = constant?.kind === "number" ? constant.text : (token?.text ?? "")
  if (token?.kind !== "word" || !/^\d+$/.test(text)) {
    if (cursor.is("UNBOUNDED", "DYNAMIC")) {
      context.report("CPY-1108", `tables that are ${cursor.shown} are not supported`)
    } else context.report("CPY-1107", `${cursor.shown} is no count of occurrences`)
    return undefined
  }
  cursor.next()
  const times = Number(text)
  if (times <= timesMax) return times
  context.report("CPY-1209", `${text} occurrences are more than ${timesMax}`, token.span)
  return undefined
}

/** Names up to what is none; they say nothing about bytes. */
const skipNames = (context: EntryContext, isClause: (word: string) => boolean): void => {
  const { cursor } = context
  let count = 0
  for (let token = cursor.peek(); token?.kind === "word"; token = cursor.peek()) {
    if (isClause(token.upper) || cursor.isEntry || !/\p{L}/u.test(token.text)) break
    cursor.next()
    if (cursor.is("OF", "IN")) cursor.next()
    else count++
  }
  if (count === 0) context.report("CPY-1107", `${cursor.shown} stands where a name is expected`)
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly hasTo: boolean
}

const parseBounds = (context: EntryContext): Bounds | undefined => {
  const { cursor } = context
  const first = parseTimes(context)
  if (first === undefined) return undefined
  if (!cursor.take("TO")) return { min: first, max: first, hasTo: false }
  const max = parseTimes(context)
  return max === undefined ? undefined : { min: first, max, hasTo: true }
}

const checked = (
  context: EntryContext,
  { hasTo, max, min }: Bounds,
  dependingOn: QualifiedName | undefined,
  span: Span,
): Occurs | undefined => {
  if (hasTo && dependingOn === undefined) {
    context.report("CPY-1209", `OCCURS ${min} TO ${max} does not say what it depends on`, span)
    return undefined
  }
  if (max < 1 || min > max) {
    context.report(
      "CPY-1209",
      `a table can't occur ${hasTo ? `${min} to ${max}` : max} times`,
      span,
    )
    return undefined
  }
  if (dependingOn === undefined) return { min, max, span }
  // With one count alone, the least is 1.
  return { min: hasTo ? min : Math.min(1, max), max, dependingOn, span }
}

/**
 * Reads what follows the word OCCURS.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseOccurs = (
  context: EntryContext,
  span: Span,
  isClause: (word: string) => boolean,
): Occurs | undefined => {
  const { cursor } = context
  const bounds = parseBounds(context)
  if (bounds === undefined) return undefined
  cursor.take("TIMES", "TIME")
  let dependingOn: QualifiedName | undefined
  for (;;) {
    if (cursor.take("DEPENDING")) {
      cursor.take("ON")
      dependingOn = parseQualifiedName(context)
      if (dependingOn === undefined) return undefined
    } else if (cursor.take("ASCENDING", "DESCENDING")) {
      cursor.take("KEY")
      cursor.take("IS", "ARE")
      skipNames(context, isClause)
    } else if (cursor.take("INDEXED")) {
      cursor.take("BY")
      skipNames(context, isClause)
    } else break
  }
  return checked(context, bounds, dependingOn, span)
}
