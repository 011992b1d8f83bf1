/** The members of an event as rows: where each is, what it says, and which filter finds others. */
import { leavesOf, pathText } from "../events/EventPath.ts"
import { term } from "../events/FilterEdit.ts"
import { visible } from "../text/HostileText.ts"

export interface EventField {
  readonly path: string
  readonly shown: string
  /** Finds the events that say the same; `undefined`: no filter could. */
  readonly filter: string | undefined
  /** It was masked before it was recorded. */
  readonly isMasked: boolean
  /** Why it matters, where the name alone does not say it. */
  readonly hint: string | undefined
}

const shownMax = 300
const filterMax = 512
/** As declared types mask: all but the last four characters, or all of it. */
const masked = /^(?:\*+[^*]{4}|\*{4}|\*+)$/su

const hints: Readonly<Record<string, string>> = {
  "sampling.policy":
    "the application sampled before it recorded: this event was kept by that policy",
  "sampling.rate": "each event kept stands for one divided by this",
  class: "decides what happens under load: only telemetry may be sampled out by the engine",
}

export const fieldsOf = (event: unknown): ReadonlyArray<EventField> =>
  leavesOf(event).map(({ path, value }) => {
    const text = typeof value === "string" ? value : String(value)
    const name = pathText(path)
    return {
      path: visible(name, shownMax),
      shown: visible(text, shownMax),
      filter: text.length <= filterMax ? term(path, "=", value) : undefined,
      isMasked: typeof value === "string" && path[0] === "data" && masked.test(value),
      hint: Object.hasOwn(hints, name) ? hints[name] : undefined,
    }
  })

/** What happened, where the event says it. */
export const typeOf = (event: unknown): string =>
  typeof event === "object" && event !== null && "type" in event && typeof event.type === "string"
    ? event.type
    : ""

/** What the record says of why it was kept. */
export const keptBecause = (event: unknown): string | undefined => {
  if (typeof event !== "object" || event === null) return undefined
  const { class: name, sampling } = { class: undefined, sampling: undefined, ...event }
  if (typeof sampling === "object" && sampling !== null) {
    const { policy = "", rate = 0 }: { readonly policy?: unknown; readonly rate?: unknown } =
      sampling
    if (typeof policy === "string" && typeof rate === "number" && rate > 0)
      return `by the application's policy ${visible(policy, 60)} at the rate ${rate}: it stands for about ${Math.round(1 / rate)} events`
  }
  return name === "telemetry"
    ? "of the class telemetry, which the engine may sample: how many were left out beside it, the trail's own records of sampling say"
    : undefined
}
