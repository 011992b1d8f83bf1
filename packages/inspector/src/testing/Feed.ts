/**
 * Events into an engine as fast as it takes them.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"

/** Waits for nothing but a lane that is full. */
const atOnce = Effect.fnUntraced(function* (events: ReadonlyArray<AuditEventInput>) {
  const audit = yield* Audit
  for (let next = 0; next < events.length;) {
    const event = events[next]
    if (event === undefined) return
    const verdict = audit.recordUnsafe(event)
    if (verdict._tag === "Accepted") next += 1
    else if (verdict._tag === "Refused" && verdict.error._tag === "AuditRefused") {
      yield* Effect.raceFirst(audit.room("standard"), audit.failed)
    } else throw new Error(`the engine took no event: ${verdict._tag}`)
  }
})

const eventsAtOnce = 4096

/**
 * Records all of them, and waits until they are published.
 *
 * @category running
 * @since 0.1.0
 */
export const feed = Effect.fnUntraced(function* (events: Iterable<AuditEventInput>) {
  let some: Array<AuditEventInput> = []
  for (const event of events) {
    some.push(event)
    if (some.length < eventsAtOnce) continue
    yield* atOnce(some)
    some = []
  }
  yield* atOnce(some)
  const audit = yield* Audit
  yield* audit.publish
})
