/**
 * Instants of events, in the units that others count in.
 *
 * @since 0.1.0
 */

const fractionDigits = 9
const nanosEnd = 2n ** 64n

/**
 * Whole milliseconds since 1970, cut off; 0 for an instant that no calendar has.
 *
 * @param time RFC 3339 in UTC, with up to nine digits of a second
 * @category decoding
 * @since 0.1.0
 */
export const millisOf = (time: string): number => {
  const millis = Date.parse(time)
  return Number.isNaN(millis) ? 0 : Math.floor(millis)
}

/**
 * Nanoseconds since 1970 as decimal text, which keeps all digits where a number would not. What
 * an unsigned number of 64 bits can't say (before 1970, after 2554) becomes 0, which is "unknown".
 *
 * @category decoding
 * @since 0.1.0
 */
export const nanosOf = (time: string): string => {
  const [, seconds = "", fraction = ""] = /^([^.Z]*)(?:\.(\d+))?Z$/.exec(time) ?? []
  const millis = millisOf(`${seconds}Z`)
  const nanos = BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(fractionDigits, "0") || "0")
  return nanos < 0n || nanos >= nanosEnd ? "0" : nanos.toString()
}
