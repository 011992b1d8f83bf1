/**
 * A cause as text of a bounded size, for the registry and the dead letters.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"

/**
 * Longest text kept of a cause: some twenty stack frames. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const causeTextBytesMax = 4096

const ellipsis = "…"

/**
 * The text, cut at a character boundary to at most `bytesMax` bytes of UTF-8.
 *
 * @category encoding
 * @since 0.1.0
 */
export const boundedText = (text: string, bytesMax = causeTextBytesMax): string => {
  const bytes = Buffer.from(text)
  if (bytes.byteLength <= bytesMax) return text
  let end = bytesMax - Buffer.byteLength(ellipsis)
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return `${bytes.toString("utf8", 0, end)}${ellipsis}`
}

/**
 * The cause, pretty-printed, at most {@link causeTextBytesMax} long.
 *
 * @category encoding
 * @since 0.1.0
 */
export const causeText = (cause: Cause.Cause<unknown>): string => {
  // A foreign error may throw from its own `message`; whoever reports it must not fall over it.
  try {
    return boundedText(Cause.pretty(cause))
  } catch {
    return "a cause that cannot be printed"
  }
}
