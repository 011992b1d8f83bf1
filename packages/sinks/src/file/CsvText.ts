/**
 * Comma-separated values that no spreadsheet runs.
 *
 * A cell that begins like a formula is executed by the spreadsheet that opens the file, and what
 * it begins with may come from whoever caused the event. Such a cell gets an apostrophe in front,
 * and every text is quoted, so that no separator in it can begin another cell.
 *
 * - Source: RFC 4180; OWASP, "CSV Injection".
 *
 * @since 0.1.0
 */
import { eventColumns } from "./EventColumns.ts"

// What begins a formula, also in its full-width form, and what a spreadsheet skips before it looks.
// The apostrophe is there for the way back: each one in front was put there, or doubled.
const begins = /^[=+\-@\t\r\n'\uff1d\uff0b\uff0d\uff20]/

/**
 * One text as a quoted cell.
 *
 * @category encoding
 * @since 0.1.0
 */
export const cell = (text: string): string => {
  const safe = begins.test(text) ? `'${text}` : text
  return `"${safe.replaceAll('"', '""')}"`
}

/**
 * The text that a cell was made of, from the content that an RFC 4180 reader gives.
 *
 * @category decoding
 * @since 0.1.0
 */
export const textOf = (content: string): string =>
  content.startsWith("'") ? content.slice(1) : content

/**
 * The first line: the names of the columns.
 *
 * @category encoding
 * @since 0.1.0
 */
export const header: string = `${["sequence", ...eventColumns.map(({ name }) => name)].join(",")}\r\n`

/**
 * One event as a line. A cell of an absent member is empty and has no quotes; one of an empty
 * text has them.
 *
 * @param event parsed JSON
 * @category encoding
 * @since 0.1.0
 */
export const row = (sequence: number, event: unknown): string => {
  let line = String(sequence)
  for (const column of eventColumns) {
    const text = column.cellOf(event)
    line += text === undefined ? "," : `,${cell(text)}`
  }
  return `${line}\r\n`
}
