/**
 * The codes of what can be wrong with a layout: `CPY-2xxx`.
 *
 * @since 0.1.0
 */
import type { Diagnostic, Span } from "../source/Diagnostic.ts"

interface Row {
  readonly severity: Diagnostic["severity"]
  /** What the code means. */
  readonly summary: string
  /** What to do about it. */
  readonly hint: string
}

/**
 * Every code, with what it means and what to do. An error leaves no layout; a warning says what
 * was assumed.
 *
 * @category data
 * @since 0.1.0
 */
export const layoutCodes = {
  "CPY-2001": {
    severity: "error",
    summary: "an elementary item has neither a picture nor a usage that needs none",
    hint: "Give it a PICTURE, or items of its own with a higher level number.",
  },
  "CPY-2002": {
    severity: "error",
    summary: "a group has a clause that only elementary items can have",
    hint: "Remove the clause, or check the level numbers of the items that follow.",
  },
  "CPY-2003": {
    severity: "error",
    summary: "the usage and the picture do not fit each other",
    hint: "COMP, COMP-3 and their like need a picture of 9, S, V and P.",
  },
  "CPY-2004": {
    severity: "warning",
    summary: "the usage has a fixed form, so the picture was not looked at",
    hint: "Remove the PICTURE.",
  },
  "CPY-2005": {
    severity: "warning",
    summary: "the item's usage differs from its group's; the item's was taken",
    hint: "Compilers demand that both are the same: remove one of them.",
  },
  "CPY-2006": {
    severity: "error",
    summary: "a number has more digits than can be held exactly",
    hint: "At most 38 digits, those that P stands for included.",
  },
  "CPY-2007": {
    severity: "warning",
    summary: "a binary number has more than 18 digits; the fewest bytes that hold them were taken",
    hint: "Enterprise COBOL has no such items: check the picture, or choose another dialect.",
  },
  "CPY-2008": {
    severity: "warning",
    summary: "SIGN has no effect here",
    hint: "It needs a picture with S, in DISPLAY or NATIONAL.",
  },
  "CPY-2009": {
    severity: "error",
    summary: "a signed number in national characters has no separate sign",
    hint: "Add SIGN IS LEADING SEPARATE or SIGN IS TRAILING SEPARATE.",
  },
  "CPY-2010": {
    severity: "warning",
    summary: "JUSTIFIED has no effect here",
    hint: "It is for text without editing.",
  },
  "CPY-2011": {
    severity: "warning",
    summary: "BLANK WHEN ZERO has no effect here",
    hint: "It is for unsigned numbers in DISPLAY and for edited numbers.",
  },
  "CPY-2012": {
    severity: "warning",
    summary: "SYNCHRONIZED on a group below level 01; it was given to all items in the group",
    hint: "Write it at the elementary items, as compilers demand.",
  },
  "CPY-2013": {
    severity: "warning",
    summary: "a redefinition begins with a synchronized item, and its place is not aligned",
    hint: "No bytes were left out, as at compilers: align the item that it redefines.",
  },
  "CPY-2014": {
    severity: "warning",
    summary: "a character picture has a binary usage; its bytes were taken as they are",
    hint: "If it is a number, use a picture of 9.",
  },
  "CPY-2015": {
    severity: "warning",
    summary: "a picture without S has a separate sign; the number was taken as signed",
    hint: "Write S in the picture, as compilers demand, or remove SIGN.",
  },
  "CPY-2016": {
    severity: "warning",
    summary: "the group's usage is for numbers, and the item is none; it was taken as DISPLAY",
    hint: "Compilers refuse it: write the usage at the numbers, not at the group.",
  },
  "CPY-2017": {
    severity: "error",
    summary: "the item's usage contradicts its group's",
    hint: "Remove one of them, or choose the dialect of a compiler that takes the item's.",
  },
  "CPY-2020": {
    severity: "error",
    summary: "REDEFINES names no item before it in the same group",
    hint: "Name the item that has the place, with the same level number.",
  },
  "CPY-2021": {
    severity: "error",
    summary: "an item with a place of its own stands between a redefinition and what it redefines",
    hint: "Move the redefinition right behind the item that it redefines.",
  },
  "CPY-2022": {
    severity: "error",
    summary: "a table is redefined",
    hint: "Put the table into a group without OCCURS and redefine that group.",
  },
  "CPY-2023": {
    severity: "warning",
    summary: "a redefinition is longer than what it redefines; what follows begins behind it",
    hint: "Make what is redefined at least as long.",
  },
  "CPY-2024": {
    severity: "warning",
    summary: "a table that depends on a counter lies in a redefinition or in what is redefined",
    hint: "What follows begins behind the longest view, tables as counted.",
  },
  "CPY-2030": {
    severity: "error",
    summary: "DEPENDING ON names no item of the record",
    hint: "The counter must be in the same record: add it, or correct the name.",
  },
  "CPY-2031": {
    severity: "warning",
    summary: "DEPENDING ON fits several items; the nearest before the table was taken",
    hint: "Qualify the name with OF.",
  },
  "CPY-2032": {
    severity: "warning",
    summary: "a counter lies behind its table",
    hint: "Records can be read only with tables at their maximum: move the counter to the front.",
  },
  "CPY-2033": {
    severity: "error",
    summary: "a counter is neither an integer nor text",
    hint: "Use an integer, or text that is mapped to counts.",
  },
  "CPY-2034": {
    severity: "error",
    summary: "a counter lies inside a table, so that there is not one of it",
    hint: "It may only lie in tables in which the counted table lies too.",
  },
  "CPY-2035": {
    severity: "warning",
    summary: "OCCURS at level 01 or 77; the record was taken as a table",
    hint: "Put the table into the record, at level 02 or higher.",
  },
  "CPY-2036": {
    severity: "error",
    summary: "the bounds of a table are none",
    hint: "The upper bound must be at least 1, and at least the lower one.",
  },
  "CPY-2040": {
    severity: "error",
    summary: "RENAMES names no item of the record",
    hint: "Correct the name, or qualify it with OF where several have it.",
  },
  "CPY-2041": {
    severity: "error",
    summary: "RENAMES ends before it begins, or ends where its first item ends",
    hint: "Turn the names round, or name an item that ends behind the first.",
  },
  "CPY-2042": {
    severity: "error",
    summary: "RENAMES names an item in a table, or goes over one that depends on a counter",
    hint: "Name items that exist once, with fixed lengths between them.",
  },
  "CPY-2050": {
    severity: "warning",
    summary: "a VALUE is longer than its item",
    hint: "Shorten the literal, or enlarge the item.",
  },
  "CPY-2051": {
    severity: "warning",
    summary: "a VALUE is of another kind than its item",
    hint: "Numbers take numeric literals, text takes literals in quotes.",
  },
  "CPY-2052": {
    severity: "warning",
    summary: "a VALUE has digits or a sign that its item cannot hold",
    hint: "Correct the literal or the picture.",
  },
  "CPY-2060": {
    severity: "error",
    summary: "the record is longer than the limit",
    hint: "Check the bounds of its tables, or raise the option recordSizeMax.",
  },
  "CPY-2061": {
    severity: "error",
    summary: "the tables have more places than the limit",
    hint: "Check the bounds of its tables, or raise the option placesMax.",
  },
  "CPY-2062": {
    severity: "error",
    summary: "a limit is none",
    hint: "Give a whole number from 1 to 2147483647.",
  },
  "CPY-2070": {
    severity: "error",
    summary: "the copybook has no record",
    hint: "Give the text of a copybook with at least one item.",
  },
  "CPY-2071": {
    severity: "error",
    summary: "no record of the copybook has the asked name",
    hint: "Choose one of the names that the message lists.",
  },
  "CPY-2072": {
    severity: "warning",
    summary: "the copybook has several records; they were taken as views of the same bytes",
    hint: "Choose one by name with the option record, or say with the option records what they are.",
  },
} as const satisfies Readonly<Record<string, Row>>

/**
 * @category models
 * @since 0.1.0
 */
export type LayoutCode = keyof typeof layoutCodes

/**
 * A finding with one of the codes.
 *
 * @category constructors
 * @since 0.1.0
 */
export const finding = (code: LayoutCode, span: Span, message: string): Diagnostic => ({
  code,
  severity: layoutCodes[code].severity,
  message,
  hint: layoutCodes[code].hint,
  span,
})
