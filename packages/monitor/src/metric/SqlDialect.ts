/**
 * Where texts, names and comments begin and end, which each kind of database has in a way of its own.
 *
 * @since 0.1.0
 */

/**
 * How far a comment between `/*` and its end goes: `nested` comments have others within; `flat` ones
 * end with the first end; where that is not sure, one that has another within, or that some
 * databases run as part of the statement, is in `doubt`.
 *
 * @category models
 * @since 0.1.0
 */
export type CommentEnds = "nested" | "flat" | "doubt"

/**
 * @category models
 * @since 0.1.0
 */
export interface SqlDialect {
  readonly comments: CommentEnds
  /**
   * The next piece of a statement, in one of the groups `blank` (spaces, comments to the end of the
   * line), `doubt` (from here on nothing is sure), `block` (a comment begins), `value`, or in none of
   * them (a word, a name in quotes, a sign).
   */
  readonly piece: RegExp
}

interface Pieces {
  readonly comments: CommentEnds
  /** Comments to the end of the line. */
  readonly line: string
  readonly texts: ReadonlyArray<string>
  readonly names?: ReadonlyArray<string>
  readonly doubts?: ReadonlyArray<string>
}

const word = String.raw`[A-Za-z_\u0080-\uffff][A-Za-z_0-9$\u0080-\uffff]*`
const number = String.raw`(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?[A-Za-z_0-9]*`
const parameter = String.raw`[$:@][A-Za-z_0-9]+|\?\d+`

// In this order: what begins a comment or a text hides the rest from those below. Each ends with an
// alternative of one character, so a piece is always found.
const dialectOf = ({ comments, doubts = [], line, names = [], texts }: Pieces): SqlDialect => ({
  comments,
  piece: new RegExp(
    [
      String.raw`(?<blank>\s+|${line})`,
      String.raw`(?<block>/\*)`,
      ...(doubts.length === 0 ? [] : [`(?<doubt>${doubts.join("|")})`]),
      // A type behind it is no value.
      `::|${names.length === 0 ? "::" : names.join("|")}`,
      `(?<value>${[...texts, parameter].join("|")})`,
      word,
      `(?<number>${number})`,
      // What begins a text or a name that has no end.
      "(?<open>['\"])",
      String.raw`[\s\S]`,
    ].join("|"),
    "y",
  ),
})

const doubled = (quote: string): string => `${quote}(?:[^${quote}]|${quote}${quote})*`
const plainText = String.raw`${doubled("'")}(?:'|$)`

/** A backslash takes the meaning from the quote behind it. */
const escapedText = (quote: string): string =>
  String.raw`${quote}(?:[^${quote}\\]|\\(?:[\s\S]|$)|${quote}${quote})*(?:${quote}|$)`

/**
 * The same text in all databases: a backslash before a quote ends it in some and not in others, and
 * so do three quotes.
 */
const sureText = (quote: string): string =>
  String.raw`${quote}(?!${quote}${quote})(?:[^${quote}\\]|\\[^${quote}]|${quote}${quote})*${quote}(?!${quote})`

const tag = String.raw`[A-Za-z_\u0080-\uffff][A-Za-z_0-9\u0080-\uffff]*`

const postgresql = dialectOf({
  comments: "nested",
  line: String.raw`--[^\r\n]*`,
  texts: [
    `[eE]${escapedText("'")}`,
    `(?:[uU]&|[bBxXnN])?${plainText}`,
    String.raw`\$(?<tag>${tag}|)\$[\s\S]*?(?:\$\k<tag>\$|$)`,
  ],
  names: [`${doubled('"')}"`],
})

const mysql = dialectOf({
  comments: "doubt",
  // Two dashes with something behind them are two signs.
  line: String.raw`(?:--(?=[\s\u0000-\u001f]|$)|#)[^\n]*`,
  texts: [`[bBxXnN]?${escapedText("'")}`, escapedText('"')],
  names: [`${doubled("`")}\``],
  doubts: ["`(?![^`]*`)"],
})

const sqlite = dialectOf({
  comments: "flat",
  line: String.raw`--[^\n]*`,
  // A name in double quotes that is no column's is a text.
  texts: [`[xX]?${plainText}`, String.raw`${doubled('"')}(?:"|$)`],
  names: [`${doubled("`")}\``, String.raw`\[[^\]]*\]`],
  doubts: ["`(?![^`]*`)", String.raw`\[(?![^\]]*\])`],
})

const sqlServer = dialectOf({
  comments: "nested",
  line: String.raw`--[^\r\n]*(?=\r?\n|$)`,
  // A setting decides whether double quotes hold a name or a text.
  texts: [`[nN]?${plainText}`, String.raw`${doubled('"')}(?:"|$)`],
  names: [String.raw`\[(?:[^\]]|\]\])*\]`],
  doubts: ["--", String.raw`\[(?![^\]]*\])`],
})

const unknown = dialectOf({
  comments: "doubt",
  line: String.raw`--(?=\s|$)[^\r\n]*(?=\r?\n|$)`,
  texts: [sureText("'"), sureText('"'), `${doubled("`")}\`(?!\`)`],
  doubts: [
    "--|#",
    // Oracle's texts end where they say that they do.
    "[nN]?[qQ]'",
    String.raw`\$(?:${tag}|)\$`,
    // A name in brackets may hold a quote, and a list in brackets texts.
    String.raw`\[(?=[^\[\]]*['"\u0060])`,
    "`(?![^`]*`)",
  ],
})

/** By OpenTelemetry's names, the older ones too. */
const dialects: ReadonlyMap<string, SqlDialect> = new Map([
  ["postgresql", postgresql],
  ["mysql", mysql],
  ["mariadb", mysql],
  ["sqlite", sqlite],
  ["microsoft.sql_server", sqlServer],
  ["mssql", sqlServer],
])

/**
 * @param system OpenTelemetry's `db.system.name`, such as `postgresql`; of another, or of none, only
 *   that is believed which holds for all
 * @category getters
 * @since 0.1.0
 */
export const dialectFor = (system: string | undefined): SqlDialect =>
  dialects.get(system ?? "") ?? unknown
