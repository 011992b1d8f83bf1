/** Numbers, sizes and texts as a person reads them. */
const numbers = new Intl.NumberFormat("en-US")

export const count = (value: number): string => numbers.format(value)

/** `1 entry`, `2 entries`. */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

const units = ["B", "KiB", "MiB", "GiB", "TiB"]

export const size = (bytes: number): string => {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), units.length - 1)
  const value = bytes / 1024 ** step
  return `${step === 0 ? value : value.toFixed(1)} ${units[step] ?? ""}`
}

export const duration = (millis: number): string => {
  if (millis < 1000) return `${Math.round(millis)} ms`
  if (millis < 60_000) return `${(millis / 1000).toFixed(1)} s`
  if (millis < 3_600_000) return `${Math.round(millis / 60_000)} min`
  return millis < 172_800_000
    ? `${(millis / 3_600_000).toFixed(1)} h`
    : `${Math.round(millis / 86_400_000)} days`
}

// C0, DEL and C1, line separators, and what reorders text: an event must not be able to move
// the cursor, or to read as something else than it says.
const unprintable = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu // oxlint-disable-line no-control-regex -- they are what it looks for

/** A text from outside, safe on a terminal. */
export const printable = (text: string): string =>
  text.replaceAll(
    unprintable,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )

/** At most so many characters; the last is `…` where something was cut. */
export const clipped = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, width - 1)}…`

/** Rows of cells as lines, each column as wide as its widest cell. */
export const aligned = (
  rows: ReadonlyArray<ReadonlyArray<string>>,
  right: ReadonlySet<number> = new Set(),
): ReadonlyArray<string> => {
  const widths: Array<number> = []
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length)
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return right.has(column) ? cell.padStart(width) : cell.padEnd(width)
      })
      .join("  ")
      .trimEnd(),
  )
}
