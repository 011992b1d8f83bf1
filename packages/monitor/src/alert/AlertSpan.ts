/**
 * Lengths of time as rules write them: `500ms`, `30s`, `5m`, `2h`, `7d`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const dayMillis = 86_400_000

/**
 * Longest that a rule looks back or waits. Units: days.
 *
 * @category constants
 * @since 0.1.0
 */
export const spanDaysMax = 31

const millisOfUnit: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: dayMillis,
}

const form = /^(\d{1,9})(ms|s|m|h|d)$/

/**
 * Units: milliseconds. `NaN` for what is no span.
 *
 * @category decoding
 * @since 0.1.0
 */
export const millisOf = (span: string): number => {
  const [, digits, unit = ""] = form.exec(span) ?? []
  return Number(digits) * (millisOfUnit[unit] ?? Number.NaN)
}

/**
 * A length of time, at most {@link spanDaysMax} days.
 *
 * @category schemas
 * @since 0.1.0
 */
export const AlertSpan = Schema.String.check(
  Schema.isPattern(form, { expected: "a time such as 500ms, 30s, 5m, 2h or 7d" }),
  Schema.makeFilter(
    (text: string) =>
      millisOf(text) <= spanDaysMax * dayMillis || `is longer than ${spanDaysMax} days`,
  ),
).annotate({ identifier: "AlertSpan" })
