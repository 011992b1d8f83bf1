/**
 * A statement without its values, so that it may be shown: what was asked, never about whom.
 *
 * It is no parser. It knows where texts, comments and numbers begin and end in the SQL of some
 * databases, and where it can't tell, more is left out and not less.
 *
 * @since 0.1.0
 */
import { dialectFor, type SqlDialect } from "./SqlDialect.ts"

const shownMax = 500
const readMax = 100_000

/** Where nobody can tell how a statement goes on, one mark stands for the rest of it. */
const doubtful = -1

const commentEnd = /\/\*|\*\//g

/** Where the comment that begins at `from` is over. */
const nestedEnd = (text: string, from: number): number => {
  let depth = 0
  commentEnd.lastIndex = from
  for (let found = commentEnd.exec(text); found !== null; found = commentEnd.exec(text)) {
    depth += found[0] === "/*" ? 1 : -1
    if (depth === 0) return commentEnd.lastIndex
  }
  return text.length
}

/** Begins a comment that MySQL and MariaDB run as part of the statement. */
const isRun = /^M?!/

const blockEnd = (text: string, from: number, { comments }: SqlDialect): number => {
  if (comments === "nested") return nestedEnd(text, from)
  const end = text.indexOf("*/", from + 2)
  if (comments === "flat") return end < 0 ? text.length : end + 2
  if (end < 0) return doubtful
  const inside = text.slice(from + 2, end)
  const isDoubtful = inside.includes("/*") || (isRun.test(inside) && /['"`#]|--/.test(inside))
  return isDoubtful ? doubtful : end + 2
}

const piecesOf = (text: string, dialect: SqlDialect): string => {
  const { piece } = dialect
  let shown = ""
  piece.lastIndex = 0
  for (let found = piece.exec(text); found !== null; found = piece.exec(text)) {
    const [kept, groups] = [found[0], found.groups ?? {}]
    if (groups["doubt"] !== undefined || groups["open"] !== undefined) return `${shown}?`
    if (groups["block"] !== undefined) {
      const end = blockEnd(text, found.index, dialect)
      if (end === doubtful) return `${shown} ?`
      shown += " "
      piece.lastIndex = end
    } else if (groups["blank"] !== undefined) shown += " "
    else if (groups["value"] !== undefined || groups["number"] !== undefined) shown += "?"
    else shown += kept
  }
  return shown
}

/**
 * The text of a statement with `?` where values stand, spaces and comments made one space, and lists
 * of values made one value. At most 500 characters.
 *
 * @param system OpenTelemetry's `db.system.name`: `postgresql`, `mysql`, `mariadb`, `sqlite`,
 *   `microsoft.sql_server`. Of any other, what is in double quotes or backticks counts as a value
 *   too, and from the first sign on that databases read differently, the rest is left out.
 * @category conversions
 * @since 0.1.0
 */
export const withoutValues = (statement: string, system?: string): string => {
  const plain = piecesOf(statement.slice(0, readMax), dialectFor(system))
    .replaceAll(/\s+/g, " ")
    .replaceAll(/\?(?: ?, ?\?)+/g, "?")
    .replaceAll(/\( ?\? ?\)(?: ?, ?\( ?\? ?\))+/g, "(?)")
    .trim()
  return plain.length > shownMax ? `${plain.slice(0, shownMax - 1)}…` : plain
}

const operations = new Set([
  "alter",
  "analyze",
  "begin",
  "call",
  "commit",
  "copy",
  "create",
  "delete",
  "drop",
  "fetch",
  "insert",
  "listen",
  "lock",
  "merge",
  "notify",
  "refresh",
  "release",
  "rollback",
  "savepoint",
  "select",
  "set",
  "truncate",
  "update",
  "vacuum",
  "values",
  "with",
])

/**
 * Its first word, in small letters; `other` where that is no word of SQL that begins a statement.
 *
 * @category getters
 * @since 0.1.0
 */
export const operationOf = (statement: string): string => {
  // A comment ends at its first end alone: otherwise many of them could be read in very many ways.
  const [, word = ""] =
    /^(?:\s|\(|--[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*([A-Za-z]+)/.exec(statement.slice(0, 2000)) ??
    []
  const operation = word.toLowerCase()
  return operations.has(operation) ? operation : "other"
}
