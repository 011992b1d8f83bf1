/**
 * A trail with something for each view: several kinds of events, hostile text, dead letters.
 *
 * @since 0.1.0
 */
import { type Sink, SinkError } from "@countersign/core/engine/Sink"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import type { InspectedOptions } from "./Inspected.ts"

const types = ["patient.record.read", "patient.record.write", "billing.invoice.sent"] as const

/** Markup, a change of the writing direction, a control character, and much of it. */
const hostile = `<img src=x onerror=alert(1)>\u202Egpj.exe\u0007${"long ".repeat(200)}`

/**
 * Numbered in `data.line`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const livelyEvents = (count: number): ReadonlyArray<AuditEventInput> =>
  Array.from({ length: count }, (_, line) => ({
    type: types[line % types.length] ?? types[0],
    actor: { id: `u-${line % 7}`, type: "user", roles: ["nurse"] },
    outcome: line % 10 === 3 ? "denied" : "success",
    target: [{ id: `p-${line % 50}`, type: "Patient" }],
    ...(line % 10 === 3 ? { reason: "not on this ward" } : {}),
    data: { line, ...(line % 40 === 7 ? { note: hostile } : {}) },
  }))

/**
 * Refuses what was denied.
 *
 * @category constants
 * @since 0.1.0
 */
export const pickySink: Sink = {
  name: "picky",
  position: () => Effect.succeed(undefined),
  deliver: ({ entries }) =>
    entries.some((entry) => Buffer.from(entry).includes('"outcome":"denied"'))
      ? Effect.fail(
          new SinkError({ sink: "picky", reason: "rejected", detail: "takes nothing denied" }),
        )
      : Effect.void,
  close: Effect.void,
}

const takingSink: Sink = {
  name: "taking",
  position: () => Effect.succeed(undefined),
  deliver: () => Effect.void,
  close: Effect.void,
}

/**
 * For `inspected`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const lively = (count = 600): InspectedOptions => ({
  events: livelyEvents(count),
  engine: { sinks: [takingSink, pickySink] },
})
