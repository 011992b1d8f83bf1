/**
 * The text that leads from one page to the next.
 *
 * It is opaque, not secret, and not authenticated: whoever changes one gets other pages of what
 * they may read anyway, since rights and tenant never come from it.
 *
 * @since 0.1.0
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

/**
 * Longest token. Units: characters. Room for the marks of some thousand trails.
 *
 * @category constants
 * @since 0.1.0
 */
export const tokenLengthMax = 65_536

const whole = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const trailNumber = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2_147_483_647 }))

/**
 * As `to_char` writes it, with microseconds, so that no row stands between two pages; and what the
 * column says of a record without a time.
 */
const timePattern = /^(\d{4}-\d\d-\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6} (AD|BC)$|^-infinity$/

const time = Schema.String.check(Schema.isPattern(timePattern), Schema.makeFilter(isOnCalendar))

/** Whether its day is one that the server knows: it would refuse the whole statement. */
function isOnCalendar(text: string): boolean {
  const [, day, , era] = timePattern.exec(text) ?? []
  if (day === undefined) return true
  // The year 1 BC is the year 0 of ISO 8601, the first that an event can name.
  if (era === "BC" && !day.startsWith("0001")) return false
  const iso = `${era === "BC" ? "0000" : day.slice(0, 4)}${day.slice(4)}`
  const millis = Date.parse(`${iso}T00:00:00Z`)
  if (Number.isNaN(millis) || (era === "AD" && iso.startsWith("0000"))) return false
  return new Date(millis).toISOString().startsWith(iso)
}

const content = Schema.Struct({
  /** Version of the form. */
  v: Schema.Literal(1),
  /** Digest of the query, less what differs from page to page. */
  q: Schema.String.check(Schema.isPattern(/^[\w-]{22}$/)),
  /** What relative times count from. Units: milliseconds since 1970. */
  now: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 253_402_300_799_999 })),
  /** The row before the page. */
  at: Schema.Tuple([time, trailNumber, whole]),
  /** Trails, and how many records of each the answer is drawn from. */
  marks: Schema.Array(Schema.Tuple([trailNumber, whole])),
})

/**
 * @category models
 * @since 0.1.0
 */
export type PageToken = typeof content.Type

const decodeContent = Schema.decodeUnknownOption(Schema.fromJsonString(content))

/**
 * @category encoding
 * @since 0.1.0
 */
export const encode = (token: PageToken): string =>
  Buffer.from(JSON.stringify(token), "utf8").toString("base64url")

/**
 * Reads a token; `undefined` for a text that is none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decode = (text: string): PageToken | undefined => {
  if (text.length > tokenLengthMax || !/^[\w-]+$/.test(text)) return undefined
  return Option.getOrUndefined(decodeContent(Buffer.from(text, "base64url").toString("utf8")))
}
