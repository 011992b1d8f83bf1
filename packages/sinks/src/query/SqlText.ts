/**
 * A statement's text and its parameters, which are kept apart to the end.
 *
 * @since 0.1.0
 */

/**
 * What the driver sends: `$1`, `$2`, … in the text, and their values.
 *
 * @category models
 * @since 0.1.0
 */
export interface Statement {
  readonly text: string
  readonly values: ReadonlyArray<string>
  /**
   * Whether the server may keep one plan for whatever values. Absent: it plans for the values at
   * hand, as a statement needs whose cost depends on them.
   */
  readonly isPlannedOnce?: true
}

/** Types that a parameter is sent as. */
type SqlType =
  | "bigint"
  | "float8"
  | "integer"
  | "jsonb"
  | "jsonpath"
  | "text"
  | "timestamp"
  | "timestamptz"

/**
 * The values of a statement that is being written.
 *
 * Each is sent as text with the type written beside its place, so what the server makes of it
 * depends neither on the driver's guess nor on the value.
 *
 * @category models
 * @since 0.1.0
 */
export class Parameters {
  readonly values: Array<string> = []

  /**
   * Takes a value and gives its place in the text.
   *
   * @param type what the server reads it as
   */
  add(value: string, type: SqlType): string {
    this.values.push(value)
    return `$${this.values.length}::${type}`
  }
}

// PostgreSQL counts 1 BC where ISO 8601 counts year 0, and has no earlier year that an event can name.
const yearZeroMillis = Date.UTC(-1, 11, 31, 24)
const yearOneMillis = -62_135_596_800_000
const latestMillis = 253_402_300_799_999

/**
 * A moment as `timestamptz` reads it.
 *
 * Moments outside of the years 0 to 9999, where no event lies, become the infinite ones.
 *
 * @param millis milliseconds since 1970
 * @category encoding
 * @since 0.1.0
 */
export const instant = (millis: number): string => {
  if (millis < yearZeroMillis) return "-infinity"
  if (millis > latestMillis) return "infinity"
  const text = new Date(millis).toISOString()
  return millis < yearOneMillis ? `0001${text.slice(4)} BC` : text
}
