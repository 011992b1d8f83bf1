/**
 * The VALUE clause: one literal, or the values and ranges of a level 88.
 *
 * @since 0.1.0
 */
import type { Entry, EntryContext } from "./Entry.ts"
import type { Condition, Literal } from "./Item.ts"
import { isLiteral, numberOf, parseLiteral } from "./LiteralParser.ts"

type Values = Array<Condition["values"][number]>

/** Numbers that only commas separate. */
const parseRun = ({ cursor, pictures }: EntryContext, values: Values): boolean => {
  const token = cursor.peek()
  if (token?.kind !== "word" || !token.text.includes(",")) return false
  const isComma = pictures.isDecimalComma === true
  if (numberOf(token.text, isComma) !== undefined) return false
  const numbers = token.text.split(",").map((part) => numberOf(part, false))
  const known = numbers.flatMap((text): ReadonlyArray<{ from: Literal }> =>
    text === undefined ? [] : [{ from: { kind: "number", text } }],
  )
  if (known.length < numbers.length) return false
  for (const value of known) values.push(value)
  cursor.next()
  return true
}

/** What a condition has when it is set to false: nothing that is read. */
const skipFalse = (context: EntryContext, entry: Entry): void => {
  const { cursor } = context
  if (!cursor.is("WHEN", "FALSE")) return
  cursor.take("WHEN")
  cursor.take("SET")
  cursor.take("TO")
  if (!cursor.take("FALSE")) {
    entry.isBroken = true
    context.report("CPY-1107", `${cursor.shown} stands where FALSE is expected`)
    return
  }
  cursor.take("IS")
  if (parseLiteral(context) === undefined) entry.isBroken = true
}

/**
 * Reads what follows the word VALUE or VALUES.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseValues = (context: EntryContext, entry: Entry): Condition["values"] => {
  const { cursor } = context
  cursor.take("IS", "ARE")
  const span = cursor.span
  const values: Values = []
  do {
    if (parseRun(context, values)) continue
    const from = parseLiteral(context)
    if (from === undefined) {
      entry.isBroken = true
      break
    }
    if (!cursor.take("THRU", "THROUGH")) values.push({ from })
    else {
      const through = parseLiteral(context)
      if (through === undefined) {
        entry.isBroken = true
        break
      }
      values.push({ from, through })
    }
  } while (isLiteral(context))
  if (entry.level === 88) skipFalse(context, entry)
  else if (values.length > 1 || values[0]?.through !== undefined) {
    context.report("CPY-1107", "only a level 88 has more than one value", span)
  }
  return values
}
