/**
 * One entry: level, name and clauses.
 *
 * @since 0.1.0
 */
import { clipped, type Token } from "../source/Token.ts"
import { isClause, isNameBefore, parseClauses } from "./ClauseParser.ts"
import type { Entry, EntryContext } from "./Entry.ts"
import type { Literal } from "./Item.ts"
import { isLiteral, parseLiteral } from "./LiteralParser.ts"
import { parseQualifiedName } from "./OccursParser.ts"
import { isLevel } from "./TokenCursor.ts"

/** IBM Enterprise COBOL takes 30. */
const nameMax = 30
/** Longer than any compiler takes, and than a message should be. */
const nameRefused = 256

const checkName = (context: EntryContext, token: Token): void => {
  const { span, text } = token
  if (text.length > nameRefused) {
    const message = `the name ${clipped(text)} has ${text.length} characters`
    return context.report("CPY-1110", message, span)
  }
  const strange = /[^\p{L}\p{M}\p{N}_@#$:-]/u.exec(text)
  if (strange !== null || !/\p{L}/u.test(text)) {
    const what = strange === null ? "no letter" : `the character ${strange[0]}`
    return context.report("CPY-1110", `the name ${clipped(text)} has ${what}`, span)
  }
  if (text.length > nameMax) {
    const message = `the name ${clipped(text)} has ${text.length} characters`
    context.report("CPY-1111", message, span)
  }
  if (/^[-_]|[-_]$|:/.test(text)) {
    const what = text.includes(":")
      ? "has a tag that nothing replaced"
      : "begins or ends with a mark"
    context.report("CPY-1112", `the name ${clipped(text)} ${what}`, span)
  }
}

/** Takes the name, where there is one. */
const parseName = (context: EntryContext): Token | undefined => {
  const { cursor } = context
  const token = cursor.peek()
  if (token?.kind !== "word") return undefined
  if (isClause(token.upper)) {
    if (!isNameBefore(token.upper, cursor.peek(1)?.upper ?? "")) return undefined
    context.report("CPY-1113", `${token.text} is a reserved word, and was taken for a name`)
  } else if (token.upper === "FILLER") {
    cursor.next()
    return undefined
  } else checkName(context, token)
  cursor.next()
  return token
}

/** Ends an entry that has no clauses but what was read. */
const parseEnd = (context: EntryContext, entry: Entry): void => parseClauses(context, entry)

const parseRenames = (context: EntryContext, entry: Entry): void => {
  const { cursor } = context
  if (!cursor.take("RENAMES")) {
    entry.isBroken = true
    context.report("CPY-1107", `${cursor.shown} stands where RENAMES is expected`)
    return cursor.recover()
  }
  const from = parseQualifiedName(context)
  const hasThrough = from !== undefined && cursor.take("THRU", "THROUGH")
  const through = hasThrough ? parseQualifiedName(context) : undefined
  if (from === undefined || (hasThrough && through === undefined)) {
    entry.isBroken = true
    return cursor.recover()
  }
  entry.renames = through === undefined ? { from } : { from, through }
  parseEnd(context, entry)
}

const integerOf = (literal: Literal | undefined): number | undefined => {
  const value = literal?.kind === "number" ? Number(literal.text) : undefined
  return Number.isSafeInteger(value) ? value : undefined
}

/** A constant's value: a literal, or whole numbers with + - * / from left to right. */
const parseConstant = (context: EntryContext): Literal | undefined => {
  const { cursor } = context
  cursor.take("AS", "IS", "VALUE")
  cursor.take("IS")
  if (!isLiteral(context)) {
    context.report("CPY-1108", `a constant can't be ${cursor.shown}: only literals are computed`)
    return undefined
  }
  let value = parseLiteral(context)
  while (cursor.is("+", "-", "*", "/")) {
    const operator = cursor.next()?.text
    const left = integerOf(value)
    const right = isLiteral(context) ? integerOf(parseLiteral(context)) : undefined
    if (left === undefined || right === undefined || (operator === "/" && right === 0)) {
      context.report("CPY-1108", "the constant is not computed: only whole numbers are")
      return undefined
    }
    const result =
      operator === "+"
        ? left + right
        : operator === "-"
          ? left - right
          : operator === "*"
            ? left * right
            : Math.trunc(left / right)
    value = { kind: "number", text: String(result) }
  }
  return value
}

const defineConstant = (context: EntryContext, entry: Entry): void => {
  const value = parseConstant(context)
  if (value === undefined) return context.cursor.recover()
  context.constants.set(entry.name.toUpperCase(), value)
  parseEnd(context, entry)
}

/** Level 88: only VALUE; what it lacks is said here, where its name is known. */
const parseCondition = (context: EntryContext, entry: Entry): void => {
  parseClauses(context, entry)
  if (entry.values.length > 0 || entry.isBroken) return
  entry.isBroken = true
  context.report("CPY-1107", `the condition ${entry.name} has no VALUE`, entry.span)
}

/**
 * Reads the entry at the cursor. Nothing comes of a constant, nor of what begins with no level;
 * both are behind the cursor then.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseEntry = (context: EntryContext): Entry | undefined => {
  const { cursor } = context
  const number = cursor.peek()
  if (number?.kind !== "word" || !/^\d+$/.test(number.text)) {
    context.report("CPY-1101", `${cursor.shown} stands where a level number is expected`)
    cursor.next()
    cursor.recover()
    return undefined
  }
  const level = Number(number.text)
  if (!isLevel(level) || number.text.length > 2) {
    context.report("CPY-1102", `there is no level ${clipped(number.text)}`)
    cursor.next()
    cursor.recover()
    return undefined
  }
  cursor.next()
  const name = parseName(context)
  const entry: Entry = {
    level,
    name: name?.text.slice(0, nameRefused) ?? "FILLER",
    isFiller: name === undefined,
    span: name?.span ?? number.span,
    isSynchronized: false,
    isJustified: false,
    isBlankWhenZero: false,
    isExternal: false,
    isGlobal: false,
    values: [],
    isBroken: false,
  }
  if (level === 78 || (level === 1 && cursor.take("CONSTANT"))) {
    if (level === 1 && cursor.take("IS")) cursor.take("GLOBAL")
    defineConstant(context, entry)
    return undefined
  }
  if (level === 66) parseRenames(context, entry)
  else if (level === 88) parseCondition(context, entry)
  else parseClauses(context, entry)
  return entry
}
