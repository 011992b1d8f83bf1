/**
 * What an HTTP answer means for a delivery.
 *
 * @since 0.1.0
 */
import type { HttpAnswer } from "./HttpRequest.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type HttpVerdict =
  | { readonly _tag: "Delivered" }
  | {
      readonly _tag: "Refused"
      readonly reason: "unavailable" | "rejected"
      readonly detail: string
    }

// Bad request, content too large, unprocessable: the only answers that blame the content. A wrong
// key or path answers 401, 403 or 404 for every record, and must not send the whole trail to the
// dead letters.
const blaming: ReadonlySet<number> = new Set([400, 413, 422])

const shownLength = 200

// What a server says goes to logs: no line breaks, no escape sequences of terminals.
const shown = (body: string): string =>
  body
    .slice(0, shownLength)
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ")
    .trim()

/**
 * @param isQuoted whether the detail has what the receiver said. Not where somebody else chose the
 *   receiver: he could read in our errors what a server answers us, or have it repeat a record there
 * @category decoding
 * @since 0.1.0
 */
export const verdictOf = (
  { body, status }: Pick<HttpAnswer, "body" | "status">,
  isQuoted: boolean,
): HttpVerdict => {
  if (status >= 200 && status < 300) return { _tag: "Delivered" }
  const said = isQuoted ? shown(body) : ""
  const answered = `it answered ${status}${said === "" ? "" : ` (${said})`}`
  return {
    _tag: "Refused",
    reason: blaming.has(status) ? "rejected" : "unavailable",
    detail:
      status >= 300 && status < 400
        ? `${answered}. A redirection is not followed: configure the URL it leads to`
        : answered,
  }
}

/** Whoever asks for more than this is asked again anyway. */
const retryAfterMillisMax = 600_000

/**
 * How long a `retry-after` header asks to wait; 0 without a valid one. Units: milliseconds, at
 * most ten minutes.
 *
 * - Source: RFC 9110, section 10.2.3: whole seconds, or a date.
 *
 * @category decoding
 * @since 0.1.0
 */
export const retryAfterMillis = (header: string | undefined, nowMillis: number): number => {
  if (header === undefined) return 0
  const millis = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMillis
  return Number.isNaN(millis) ? 0 : Math.min(Math.max(0, millis), retryAfterMillisMax)
}
