/**
 * The rows of the support matrix about copybooks' texts.
 *
 * @since 0.1.0
 */

/**
 * Feature, state, note and test of each.
 *
 * @category data
 * @since 0.1.0
 */
export const parserCells: ReadonlyArray<
  readonly [feature: string, state: "yes" | "no", note: string, test: string]
> = [
  [
    "fixed format, with tunable columns",
    "yes",
    "indicator 7 and text 8 to 72 by default",
    "source/SourceText.test.ts: reads other columns, if the caller says so",
  ],
  [
    "free format, and telling which of the two it is",
    "yes",
    "with the reason",
    "syntax/CopybookParser.program.test.ts: tells the format that it was read in, and why",
  ],
  [
    "continued words, pictures and literals",
    "yes",
    "",
    "syntax/CopybookParser.program.test.ts: may continue pictures and literals over lines",
  ],
  [
    "comments in lines and behind code",
    "yes",
    "",
    "source/SourceText.test.ts: passes over comments behind code",
  ],
  [
    "conditional compilation",
    "no",
    "every branch is read, with a warning",
    "source/SourceText.test.ts: knows directives and debugging lines",
  ],
  [
    "COPY with REPLACING, LEADING, TRAILING and tags",
    "yes",
    "members come from the caller's resolver",
    "source/CopyReplacing.test.ts: replaces tags inside names and pictures",
  ],
  ["REPLACE", "yes", "", "source/CopyReplacing.test.ts: reaches into members"],
  [
    "whole programs",
    "yes",
    "the records of the data division, with its decimal comma and currency signs",
    "syntax/CopybookParser.program.test.ts: has the records of all its sections",
  ],
  [
    "levels 01 to 49, 66, 77, 78 and 88",
    "yes",
    "a constant is a literal, or computed from whole numbers",
    "syntax/EntryParser.test.ts: rename runs of items of their record",
  ],
  [
    "groups whose items differ in their levels",
    "yes",
    "with a warning",
    "syntax/CopybookParser.test.ts: of one group may differ in their levels, with a warning",
  ],
  [
    "literals: text, hexadecimal, national, figurative, ALL and concatenated",
    "yes",
    "",
    "syntax/LiteralParser.test.ts: are text, with doubled quotes as one",
  ],
  [
    "DECIMAL-POINT IS COMMA and CURRENCY SIGN",
    "yes",
    "",
    "syntax/PictureParser.test.ts: with a decimal comma has its point at the comma",
  ],
  [
    "clauses in any order, with their optional words",
    "yes",
    "",
    "syntax/CopybookParser.test.ts: may have their optional words or not",
  ],
  [
    "a clause right behind a picture, as in PIC 9(4)COMP",
    "yes",
    "with a warning: compilers refuse it",
    "syntax/CopybookParser.test.ts: may begin right behind a picture, with a warning",
  ],
  [
    "TYPE, TYPEDEF, LIKE, SAME AS, ANY LENGTH, UNBOUNDED, BINARY-LONG and bits",
    "no",
    "refused by name",
    "syntax/CopybookParser.test.ts: are refused by name where they are known and not supported",
  ],
  [
    "every finding of a text at once, each with a place and a hint",
    "yes",
    "a word that begins no clause is an error",
    "syntax/CopybookParser.diagnostics.test.ts: come all at once, in the order of the text",
  ],
]
