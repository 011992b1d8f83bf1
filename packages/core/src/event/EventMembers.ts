/**
 * The names that an event and its parts may have, and the refusal of every other.
 *
 * The schema is closed: a name it does not know is more often a slip than a wish, and what
 * an application adds of its own belongs under `data`.
 *
 * @since 0.1.0
 */
import { Refusal } from "./InvalidEvent.ts"

/**
 * The members of an event.
 *
 * @category constants
 * @since 0.1.0
 */
export const memberNames: ReadonlySet<string> = new Set([
  ..."type actor outcome id time class classification action reason target severity tenant".split(
    " ",
  ),
  ..."session source trace correlation purpose legalBasis frameworks retention change data".split(
    " ",
  ),
  "sampling",
])

/**
 * The members of an actor.
 *
 * @category constants
 * @since 0.1.0
 */
export const actorNames: ReadonlySet<string> = new Set([
  "authMethod",
  "id",
  "onBehalfOf",
  "roles",
  "type",
])

/**
 * The members of a target.
 *
 * @category constants
 * @since 0.1.0
 */
export const targetNames: ReadonlySet<string> = new Set(["fields", "id", "name", "owner", "type"])

/**
 * The members of a source.
 *
 * @category constants
 * @since 0.1.0
 */
export const sourceNames: ReadonlySet<string> = new Set(["ip", "userAgent"])

/**
 * The members of a trace.
 *
 * @category constants
 * @since 0.1.0
 */
export const traceNames: ReadonlySet<string> = new Set(["spanId", "traceId"])

/**
 * The members of what a sampler says.
 *
 * @category constants
 * @since 0.1.0
 */
export const samplingNames: ReadonlySet<string> = new Set(["policy", "rate"])

/**
 * Members of `change`.
 *
 * @category constants
 * @since 0.1.0
 */
export const changeNames: ReadonlySet<string> = new Set(["after", "before", "diff"])

/**
 * Says what would have been right.
 *
 * @category encoding
 * @since 0.1.0
 */
export const oneOf = (values: Iterable<string>): string => `one of ${[...values].join(", ")}`

/**
 * Throws a `Refusal` that names the first member which is not known. Allocates nothing otherwise.
 *
 * @param index place in the list `step`, where the value is in one
 * @category predicates
 * @since 0.1.0
 */
export const only = (
  value: object,
  known: ReadonlySet<string>,
  step: string,
  index?: number,
): void => {
  for (const key in value) {
    if (!known.has(key)) {
      const place = index === undefined ? step : `${step}[${index}]`
      throw new Refusal(
        "is not a member of the schema",
        `${oneOf(known)}; put the application's own under data`,
        place === "" ? key.slice(0, 64) : `${place}.${key.slice(0, 64)}`,
      )
    }
  }
}
