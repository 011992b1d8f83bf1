/**
 * A statement without its values, so that it may be shown: what was asked, never about whom.
 *
 * It is no parser. It knows where texts, comments and numbers begin and end in PostgreSQL's SQL, and
 * where it can't tell, more is left out and not less.
 *
 * @since 0.1.0
 */

const shownMax = 500
const readMax = 100_000

// In this order: what begins a comment or a text hides the rest from those below.
const tokens = new RegExp(
  [
    String.raw`--[^\n]*`,
    // There may be comments within comments, so up to the last end of one.
    String.raw`/\*(?:[\s\S]*\*/|[\s\S]*$)`,
    String.raw`[eE]'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)`,
    String.raw`(?:[uU]&|[bBxXnN])?'(?:[^']|'')*(?:'|$)`,
    String.raw`\$([A-Za-z_][A-Za-z0-9_]*|)\$[\s\S]*?(?:\$\1\$|$)`,
    String.raw`"(?:[^"]|"")*(?:"|$)`,
    // A type behind it is no value.
    "::",
    String.raw`[$:@][A-Za-z_0-9]+`,
    String.raw`[A-Za-z_\u0080-\uffff][A-Za-z_0-9$\u0080-\uffff]*`,
    String.raw`(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[A-Za-z_0-9]*`,
    String.raw`\s+`,
  ].join("|"),
  "g",
)

const withoutValue = (token: string): string => {
  const first = token.charAt(0)
  if (/^\s/.test(token) || token.startsWith("--") || token.startsWith("/*")) return " "
  if (/^(?:[uU]&|[eEbBxXnN])?'/.test(token)) return "?"
  if (/^\$[^$]*\$/.test(token)) return "?"
  // A name that is quoted without an end might be anything.
  if (first === '"') return token.length > 1 && token.endsWith('"') ? token : "?"
  if ((token !== "::" && /^[$:@]/.test(token)) || /^[\d.]/.test(token)) return "?"
  return token
}

/**
 * The text of a statement with `?` where values stand, spaces and comments made one space, and lists
 * of values made one value. At most 500 characters.
 *
 * @category conversions
 * @since 0.1.0
 */
export const withoutValues = (statement: string): string => {
  const plain = statement
    .slice(0, readMax)
    .replaceAll(tokens, withoutValue)
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
