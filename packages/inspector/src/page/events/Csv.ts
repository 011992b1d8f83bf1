/** Rows for a spreadsheet (RFC 4180), none of which is a formula to it. */

/** What spreadsheets take for the beginning of a formula, also behind space. */
const formula = /^\s*[=+\-@]/u
const plainNumber = /^-?\d+(?:\.\d+)?$/
const special = /[",\r\n]/

export const csvField = (text: string): string => {
  const safe = formula.test(text) && !plainNumber.test(text) ? `'${text}` : text
  return special.test(safe) || safe !== text ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csvLine = (fields: ReadonlyArray<string>): string =>
  `${fields.map(csvField).join(",")}\r\n`
