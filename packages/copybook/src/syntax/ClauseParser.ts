/**
 * The clauses of a data description entry, each under the words that it begins with.
 *
 * @since 0.1.0
 */
import { nearest } from "@countersign/core/config/Spelling"
import type { Span } from "../source/Diagnostic.ts"
import { clipped, spanOver, type Token } from "../source/Token.ts"
import type { Entry, EntryContext } from "./Entry.ts"
import { parseOccurs, parseQualifiedName } from "./OccursParser.ts"
import { parsePicture } from "./PictureParser.ts"
import { usageWords } from "./UsageWord.ts"
import { parseValues } from "./ValueParser.ts"

type Reader = (context: EntryContext, entry: Entry, first: Token) => void

interface Clause {
  readonly name: string
  readonly read: Reader
}

/** The words of a picture, which nothing separates. */
const pictureTokens = ({ cursor, report }: EntryContext): ReadonlyArray<Token> => {
  const tokens: Array<Token> = []
  for (let token = cursor.peek(); token !== undefined; token = cursor.peek()) {
    if (token.kind === "period" || token.kind === "text" || token.kind === "pseudo") break
    if (tokens.length > 0 && !token.isAdjacent) break
    // No picture has such letters: the next clause was written without a blank before it.
    if (tokens.at(-1)?.kind === "close" && isClause(token.upper)) {
      report("CPY-1310", `a blank is missing between the picture and ${token.text}`, token.span)
      break
    }
    tokens.push(token)
    cursor.next()
  }
  return tokens
}

/** The place of a run of a picture's characters. */
const placeIn = (tokens: ReadonlyArray<Token>, at: number, length: number): Span | undefined => {
  let before = 0
  for (const { span, text } of tokens) {
    if (at < before + text.length) {
      const into = at - before
      // What a replacement put there has no columns of its own.
      if (span.length < text.length) return span
      return { ...span, column: span.column + into, offset: span.offset + into, length }
    }
    before += text.length
  }
  return tokens[0]?.span
}

const readPicture: Reader = (context, entry, first) => {
  context.cursor.take("IS")
  const tokens = pictureTokens(context)
  const [start] = tokens
  const end = tokens.at(-1)
  if (start === undefined || end === undefined) {
    entry.isBroken = true
    const message = `${first.upper} is followed by ${context.cursor.shown}, not by a picture`
    return context.report("CPY-1301", message)
  }
  const text = tokens.map((token) => token.text).join("")
  const { faults, picture } = parsePicture(text, context.pictures)
  for (const { at, code, hint, length, message } of faults) {
    context.report(code, message, placeIn(tokens, at, length), hint)
  }
  if (picture === undefined) entry.isBroken = true
  else entry.picture = { picture, span: spanOver(start.span, end.span) }
}

const readObjectReference: Reader = (context, entry, first) => {
  const { cursor } = context
  if (!cursor.take("REFERENCE")) {
    entry.isBroken = true
    return context.report("CPY-1107", "OBJECT is not followed by REFERENCE")
  }
  cursor.take("FACTORY")
  cursor.take("OF")
  const token = cursor.peek()
  if (token?.kind === "word" && !isClause(token.upper)) cursor.next()
  entry.usage = { usage: "object-reference", span: first.span }
}

const readUsageWord: Reader = (_, entry, first) => {
  const usage = usageWords.get(first.upper)
  if (usage !== undefined) entry.usage = { usage, span: first.span }
}

/** Words that describe bytes in a way that this package does not know. */
const refused: ReadonlyMap<string, string> = new Map([
  ...["BINARY-CHAR", "BINARY-SHORT", "BINARY-LONG", "BINARY-DOUBLE"].map(
    (word): [string, string] => [word, "Write PIC S9(4), S9(9) or S9(18) with COMP-5."],
  ),
  ...`BIT DECIMAL-FLOAT FLOAT-BINARY-32 FLOAT-BINARY-64 FLOAT-BINARY-128 FLOAT-DECIMAL-7
    FLOAT-DECIMAL-16 FLOAT-DECIMAL-34 FLOAT-EXTENDED SIGNED-INT UNSIGNED-INT SIGNED-LONG
    UNSIGNED-LONG SIGNED-SHORT UNSIGNED-SHORT COMP-7 COMP-8 COMP-10 COMP-N UTF-8 SQL`
    .split(/\s+/)
    .map((word): [string, string] => [word, "Describe the bytes with PIC X."]),
  ["ANY", "Give the length of the item."],
  ["DYNAMIC", "Give the length of the item."],
  ["LIKE", "Write the clauses of the other item out."],
  ["PROPERTY", "Take the clause out."],
  ["SAME", "Write the items of the other group out."],
  ["TYPE", "Write the items of the type out."],
  ["TYPEDEF", "Take the word out, and the type becomes an item."],
])

const refuse: Reader = (context, entry, first) => {
  entry.isBroken = true
  context.report(
    "CPY-1108",
    `${first.upper} is not supported`,
    first.span,
    refused.get(first.upper),
  )
  context.cursor.recover()
}

const readUsage: Reader = (context, entry) => {
  const { cursor } = context
  cursor.take("IS")
  const token = cursor.peek()
  if (token?.kind === "word" && usageWords.has(token.upper)) {
    cursor.next()
    return readUsageWord(context, entry, token)
  }
  if (token?.kind === "word" && token.upper === "OBJECT") {
    cursor.next()
    return readObjectReference(context, entry, token)
  }
  if (token?.kind === "word" && refused.has(token.upper)) {
    cursor.next()
    return refuse(context, entry, token)
  }
  entry.isBroken = true
  const meant = nearest(token?.text ?? "", usageWords.keys())
  const hint = meant === undefined ? undefined : `Perhaps ${meant} was meant.`
  context.report("CPY-1107", `${cursor.shown} is no usage`, undefined, hint)
}

const readSign: Reader = (context, entry, first) => {
  const { cursor } = context
  let word = first.upper
  if (word === "SIGN") {
    cursor.take("IS")
    if (!cursor.is("LEADING", "TRAILING")) {
      entry.isBroken = true
      return context.report("CPY-1107", "SIGN is followed by neither LEADING nor TRAILING")
    }
    word = cursor.next()?.upper ?? ""
  }
  const isSeparate = cursor.take("SEPARATE")
  if (isSeparate) cursor.take("CHARACTER")
  entry.sign = { position: word === "LEADING" ? "leading" : "trailing", isSeparate }
}

const readOccurs: Reader = (context, entry, first) => {
  const occurs = parseOccurs(context, first.span, isClause)
  if (occurs === undefined) entry.isBroken = true
  else entry.occurs = occurs
}

const readRedefines: Reader = (context, entry) => {
  const [name] = parseQualifiedName(context) ?? []
  if (name === undefined) entry.isBroken = true
  else entry.redefines = name
}

const readSynchronized: Reader = ({ cursor }, entry) => {
  cursor.take("LEFT", "RIGHT")
  entry.isSynchronized = true
}

const readJustified: Reader = ({ cursor }, entry) => {
  cursor.take("RIGHT")
  entry.isJustified = true
}

const readBlank: Reader = (context, entry) => {
  const { cursor } = context
  cursor.take("WHEN")
  if (cursor.take("ZERO", "ZEROS", "ZEROES")) entry.isBlankWhenZero = true
  else {
    entry.isBroken = true
    context.report("CPY-1107", "BLANK is not followed by WHEN ZERO")
  }
}

const readGroupUsage: Reader = (context, entry, first) => {
  const { cursor } = context
  cursor.take("IS")
  if (cursor.take("NATIONAL")) entry.usage = { usage: "national", span: first.span }
  else {
    entry.isBroken = true
    context.report("CPY-1107", "GROUP-USAGE is not followed by NATIONAL")
  }
}

const readExternal: Reader = ({ cursor }, entry) => {
  entry.isExternal = true
  if (cursor.take("AS", "BY") && cursor.peek()?.kind === "text") cursor.next()
}

const readDate: Reader = (context, entry, first) => {
  const { cursor } = context
  if (!cursor.take("FORMAT")) {
    entry.isBroken = true
    return context.report("CPY-1107", "DATE is not followed by FORMAT")
  }
  cursor.take("IS")
  if (cursor.peek()?.kind === "word") cursor.next()
  context.report("CPY-1109", "DATE FORMAT was skipped: dates are digits", first.span)
}

const skip: Reader = (context, _entry, first) =>
  context.report("CPY-1109", `${first.upper} was skipped`, first.span)

const clauses: ReadonlyMap<string, Clause> = new Map<string, Clause>([
  ...["PIC", "PICTURE"].map((word): [string, Clause] => [
    word,
    { name: "PICTURE", read: readPicture },
  ]),
  ...[...usageWords.keys()].map((word): [string, Clause] => [
    word,
    { name: "USAGE", read: readUsageWord },
  ]),
  ["USAGE", { name: "USAGE", read: readUsage }],
  ["OBJECT", { name: "USAGE", read: readObjectReference }],
  ["GROUP-USAGE", { name: "USAGE", read: readGroupUsage }],
  ...["SIGN", "LEADING", "TRAILING"].map((word): [string, Clause] => [
    word,
    { name: "SIGN", read: readSign },
  ]),
  ["OCCURS", { name: "OCCURS", read: readOccurs }],
  ["REDEFINES", { name: "REDEFINES", read: readRedefines }],
  ...["SYNC", "SYNCHRONIZED"].map((word): [string, Clause] => [
    word,
    { name: "SYNCHRONIZED", read: readSynchronized },
  ]),
  ...["JUST", "JUSTIFIED"].map((word): [string, Clause] => [
    word,
    { name: "JUSTIFIED", read: readJustified },
  ]),
  ["BLANK", { name: "BLANK WHEN ZERO", read: readBlank }],
  ...["VALUE", "VALUES"].map((word): [string, Clause] => [
    word,
    {
      name: "VALUE",
      read: (context, entry) => {
        entry.values = parseValues(context, entry)
      },
    },
  ]),
  ["EXTERNAL", { name: "EXTERNAL", read: readExternal }],
  [
    "GLOBAL",
    {
      name: "GLOBAL",
      read: (_, entry) => {
        entry.isGlobal = true
      },
    },
  ],
  ["DATE", { name: "DATE FORMAT", read: readDate }],
  ...["VOLATILE", "BASED", "THREAD-LOCAL"].map((word): [string, Clause] => [
    word,
    { name: word, read: skip },
  ]),
  ...[...refused.keys()].map((word): [string, Clause] => [word, { name: word, read: refuse }]),
])

/**
 * Whether a clause begins with the word.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isClause = (word: string): boolean => clauses.has(word)

/** Clauses that mean nothing beside a PICTURE, so that their word is a name before one. */
const named = new Set(
  "ANY BIT BLANK DATE INDEX LEADING LIKE OBJECT POINTER PROPERTY SAME SIGN TRAILING TYPE VALUE VALUES".split(
    " ",
  ),
)

/** Those of them that say nothing alone. */
const incomplete = new Set("ANY DATE LIKE OBJECT PROPERTY SAME SIGN TYPE VALUE VALUES".split(" "))

/**
 * Whether a word that begins a clause is a name here, since what follows can't belong to it.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isNameBefore = (word: string, next: string): boolean =>
  (named.has(word) && /^(?:PIC|PICTURE|REDEFINES|OCCURS|USAGE)$/.test(next)) ||
  (incomplete.has(word) && next === ".")

/** Goes to where the next clause or entry begins, or this one ends. */
const resume = ({ cursor }: EntryContext): void => {
  for (let token = cursor.peek(); token !== undefined; token = cursor.peek()) {
    const isStart = token.kind === "word" && isClause(token.upper)
    if (isStart || cursor.isPeriod || cursor.isEntry) return
    cursor.next()
  }
}

/** Reads one clause; what can't be one is reported, and passed over up to the next. */
const readClause = (context: EntryContext, entry: Entry, seen: Set<string>): void => {
  const { cursor } = context
  if (cursor.is("IS") && cursor.isAhead(1, "EXTERNAL", "GLOBAL", "TYPEDEF")) cursor.next()
  const first = cursor.next()
  if (first === undefined) return
  const clause = first.kind === "word" ? clauses.get(first.upper) : undefined
  if (clause === undefined) {
    entry.isBroken = true
    const meant = first.kind === "word" ? nearest(first.upper, clauses.keys()) : undefined
    const hint = meant === undefined ? undefined : `Perhaps ${meant} was meant.`
    context.report("CPY-1105", `${clipped(first.text)} begins no clause`, first.span, hint)
    return resume(context)
  }
  if (seen.has(clause.name)) {
    entry.isBroken = true
    context.report("CPY-1106", `${clause.name} stands twice for ${entry.name}`, first.span)
  }
  seen.add(clause.name)
  const wasBroken = entry.isBroken
  entry.isBroken = false
  clause.read(context, entry, first)
  if (entry.isBroken && cursor.last?.kind !== "period") resume(context)
  entry.isBroken ||= wasBroken
}

/**
 * Reads clauses to the end of an entry: a period, the end of the text, or the next entry where a
 * period is missing.
 *
 * @category constructors
 * @since 0.1.0
 */
export const parseClauses = (context: EntryContext, entry: Entry): void => {
  const { cursor } = context
  const seen = new Set<string>()
  while (!context.isFull()) {
    const token = cursor.peek()
    if (token === undefined) {
      if (cursor.last?.kind !== "period") {
        context.report("CPY-1104", `${entry.name} is the last entry, and has no period`)
      }
      return
    }
    if (cursor.last?.kind === "period") return
    if (token.kind === "period") {
      cursor.next()
      return
    }
    if (cursor.isEntry) {
      const message = `a period is missing between ${entry.name} and level ${token.text}`
      context.report("CPY-1103", message)
      return
    }
    readClause(context, entry, seen)
  }
}
