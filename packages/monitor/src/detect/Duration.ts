/**
 * Lengths of time as people write them: `30s`, `5m`, `12h`, `7d`.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const unitMillis: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

const pattern = /^([1-9]\d{0,5})([smhd])$/

/**
 * A whole number and a unit: `s`, `m`, `h` or `d`.
 *
 * @category schemas
 * @since 0.1.0
 */
export const Duration = Schema.String.check(Schema.isPattern(pattern))

/**
 * The length that a text names; `NaN` where it names none.
 *
 * @returns milliseconds
 * @category decoding
 * @since 0.1.0
 */
export const millisOf = (text: string): number => {
  const [, count, unit] = pattern.exec(text) ?? []
  return count === undefined || unit === undefined
    ? Number.NaN
    : Number(count) * (unitMillis[unit] ?? Number.NaN)
}

/**
 * A length as a person reads it: `90 s`, `5 min`, `2 h`, `3 days`.
 *
 * @category encoding
 * @since 0.1.0
 */
export const textOf = (millis: number): string => {
  const seconds = millis / 1000
  const shown = (value: number, unit: string): string =>
    `${Number.isInteger(value) ? value : value.toFixed(1)} ${unit}`
  if (seconds < 120) return shown(seconds, "s")
  if (seconds < 7200) return shown(seconds / 60, "min")
  return seconds < 172_800 ? shown(seconds / 3600, "h") : shown(seconds / 86_400, "days")
}
