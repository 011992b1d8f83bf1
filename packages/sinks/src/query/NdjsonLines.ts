/**
 * Rows as NDJSON.
 *
 * @since 0.1.0
 */
import type { QueryRow } from "./Query.ts"

/**
 * One line a row: `{"trail":…,"sequence":…,"event":…}` with the event's own bytes, as they lie in
 * the trail. Bytes that are no JSON of one line, which somebody else wrote into the table, become
 * a JSON text.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encode = (rows: ReadonlyArray<QueryRow>): string => {
  let lines = ""
  for (const { entry, sequence, trail } of rows) {
    const event = isLine(entry) ? entry : JSON.stringify(entry)
    lines += `{"trail":${JSON.stringify(trail)},"sequence":${sequence},"event":${event}}\n`
  }
  return lines
}

const isLine = (entry: string): boolean => {
  if (/[\r\n]/.test(entry)) return false
  try {
    JSON.parse(entry)
    return true
  } catch {
    return false
  }
}
