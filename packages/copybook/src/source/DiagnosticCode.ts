/**
 * The table of the codes that a copybook's text can be given.
 *
 * @since 0.1.0
 */

/**
 * What a code means, and what to do about it where the finding says nothing more exact.
 *
 * @category models
 * @since 0.1.0
 */
export interface CodeMeaning {
  readonly severity: "error" | "warning"
  readonly summary: string
  readonly hint: string
}

const error = (summary: string, hint: string): CodeMeaning => ({ severity: "error", summary, hint })
const warning = (summary: string, hint: string): CodeMeaning => ({
  severity: "warning",
  summary,
  hint,
})

/**
 * Every code of source and syntax: `CPY-10xx` text, `CPY-102x` COPY and REPLACE, `CPY-11xx`
 * entries and clauses, `CPY-12xx` how entries stand together, `CPY-13xx` pictures.
 *
 * @category constants
 * @since 0.1.0
 */
export const diagnosticCodes = {
  "CPY-1001": error("The text is larger than the limit.", "Split the text, or raise textMax."),
  "CPY-1002": error(
    "The text has more words than the limit, with its copied members.",
    "Look for members that copy too much.",
  ),
  "CPY-1003": error(
    "A literal is not closed on its line.",
    "Close it with the quote that opens it, or continue it with - in the indicator column.",
  ),
  "CPY-1004": error(
    "A line continues, but not in the way of what it continues.",
    "A continued literal goes on with a quote; the first line can't continue anything.",
  ),
  "CPY-1005": warning(
    "The indicator column has a character that is no indicator; the line was read from there.",
    "Begin text one column further, or say in which columns it stands.",
  ),
  "CPY-1006": warning(
    "A line is longer than 80 columns; what lies behind the text area was not read.",
    "Say that the format is free, or set the last column of text.",
  ),
  "CPY-1007": warning(
    "A compiler directive was skipped.",
    "Nothing, if it does not change how data is described.",
  ),
  "CPY-1008": warning(
    "Conditional compilation was not evaluated: every branch was read.",
    "Leave only the branch that counts in the text.",
  ),
  "CPY-1009": warning(
    "A debugging line was skipped.",
    "Set isDebugging where debugging lines count.",
  ),
  "CPY-1020": error(
    "A COPY statement is malformed.",
    "Write COPY name OF library REPLACING ==a== BY ==b==, with a period at its end.",
  ),
  "CPY-1021": error("A copied member was not found.", "Give a resolver that knows it."),
  "CPY-1022": error(
    "Members copy each other in a circle, or too deep.",
    "Take out the COPY that closes the circle.",
  ),
  "CPY-1023": warning(
    "A replacement matched nothing.",
    "Pseudo-text replaces whole words; for a part of a word write LEADING or TRAILING.",
  ),
  "CPY-1024": error("Pseudo-text is not closed.", "End it with ==."),
  "CPY-1025": error(
    "A REPLACE statement is malformed.",
    "Write REPLACE ==a== BY ==b==. or REPLACE OFF.",
  ),
  "CPY-1099": error(
    "There are more findings than are listed.",
    "Mend the ones above; the rest may follow from them.",
  ),
  "CPY-1101": error(
    "An entry does not begin with a level number.",
    "Begin it with 01 to 49, 66, 77, 78 or 88.",
  ),
  "CPY-1102": error("There is no such level number.", "Use 01 to 49, 66, 77, 78 or 88."),
  "CPY-1103": error("A period is missing before the next entry.", "End the entry with a period."),
  "CPY-1104": warning("The last entry has no period.", "End it with a period."),
  "CPY-1105": error(
    "A word begins no clause.",
    "Look for a slip, or for a clause that lost its first word.",
  ),
  "CPY-1106": error("A clause stands twice in one entry.", "Take out one of them."),
  "CPY-1107": error("A clause lacks a part, or has a wrong one.", "Complete the clause."),
  "CPY-1108": error(
    "The clause is not supported.",
    "Describe the bytes with PICTURE, USAGE, OCCURS and REDEFINES.",
  ),
  "CPY-1109": warning("A clause that changes no bytes was skipped.", "Nothing has to be done."),
  "CPY-1110": error(
    "A name has a character that no compiler takes, or no letter.",
    "Use letters, digits, - and _.",
  ),
  "CPY-1111": warning(
    "A name is longer than 30 characters.",
    "Nothing, where the compiler takes it.",
  ),
  "CPY-1112": warning(
    "A name is written in a way that most compilers refuse.",
    "Nothing, where the compiler takes it; a tag such as :TAG: is replaced by COPY REPLACING.",
  ),
  "CPY-1113": warning("A reserved word was taken for a name.", "Rename the item."),
  "CPY-1114": warning(
    "A part that describes no records was skipped.",
    "Nothing, if no record is described there.",
  ),
  "CPY-1201": warning(
    "Items of one group have different level numbers.",
    "Give all items of a group the same level number.",
  ),
  "CPY-1202": error(
    "An item has a PICTURE and items below it.",
    "Take out the PICTURE, or raise the level number of what follows it.",
  ),
  "CPY-1203": error(
    "An item has neither a PICTURE nor items below it.",
    "Give it a PICTURE, or a USAGE that needs none.",
  ),
  "CPY-1204": error("A level 88 follows no item.", "Put it behind the item whose values it names."),
  "CPY-1205": error("A level 66 follows no record.", "Put it behind the record that it renames."),
  "CPY-1206": error(
    "There are more items than the limit.",
    "Split the copybook, or raise itemsMax.",
  ),
  "CPY-1207": error(
    "The text describes no item.",
    "Give a text with entries such as 01 RECORD. and 05 FIELD PIC X(10).",
  ),
  "CPY-1208": error(
    "Two clauses of an entry contradict each other.",
    "Take out one of the clauses.",
  ),
  "CPY-1209": error(
    "The bounds of a table are impossible.",
    "Write OCCURS n, or OCCURS n TO m DEPENDING ON name with n below m.",
  ),
  "CPY-1210": warning(
    "OCCURS stands on level 01 or 77, where most compilers refuse it.",
    "Put the table below a level 01.",
  ),
  "CPY-1301": error("A picture is empty.", "Write PIC and the picture, such as PIC X(10)."),
  "CPY-1302": error(
    "A picture has a symbol that does not exist, or not beside its others.",
    "Look for a slip; a currency symbol other than $ has to be declared.",
  ),
  "CPY-1303": error(
    "A repetition in a picture is malformed.",
    "Write the count as digits in parentheses, such as 9(5).",
  ),
  "CPY-1304": error(
    "The symbols of a picture stand in an order that means nothing.",
    "Compare it with the rules for editing.",
  ),
  "CPY-1305": error(
    "A picture has no position for a digit or a character.",
    "Give it at least one 9, X, A, N, G, Z or *.",
  ),
  "CPY-1306": error(
    "A picture has more digits than a number can have.",
    "Make it two fields, or PIC X.",
  ),
  "CPY-1307": error(
    "The category of the picture is not supported.",
    "Describe the bytes with PIC X.",
  ),
  "CPY-1308": error("A picture is larger than an item can be.", "Use OCCURS."),
  "CPY-1309": warning(
    "A picture has S and a decimal point, which no compiler takes: a sign is expected in the data.",
    "Write the sign as + or -.",
  ),
  "CPY-1310": warning(
    "A clause begins right behind a picture, which no compiler takes.",
    "Write a blank between them.",
  ),
} as const satisfies Readonly<Record<string, CodeMeaning>>

/**
 * @category models
 * @since 0.1.0
 */
export type DiagnosticCode = keyof typeof diagnosticCodes
