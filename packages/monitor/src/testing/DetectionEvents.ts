/**
 * Events as a trail has them, made in one line, for tests of detection.
 *
 * @since 0.1.0
 */
import { Detector, type DetectorOptions } from "../detect/Detector.ts"
import type { Finding } from "../detect/Finding.ts"

/** A Saturday, 09:00 in UTC. */
export const start = Date.parse("2026-11-21T09:00:00.000Z")
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute

let made = 0

/**
 * @param atMillis after {@link start}
 * @category constructors
 * @since 0.1.0
 */
export const eventAt = (
  atMillis: number,
  type: string,
  actor: string,
  members: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  id: `e-${++made}`,
  time: new Date(start + atMillis).toISOString(),
  type,
  class: "standard",
  actor: { id: actor, type: "user" },
  outcome: "success",
  classification: "INTERNAL",
  ...members,
})

/**
 * All findings over events.
 *
 * @category running
 * @since 0.1.0
 */
export const findingsOf = (
  options: DetectorOptions,
  events: Iterable<unknown>,
): ReadonlyArray<Finding> => {
  const detector = new Detector(options)
  return Array.from(events).flatMap((event) => detector.judge(event))
}
