/**
 * Actors of a snapshot, for tests.
 *
 * @since 0.1.0
 */
import type { Snapshot } from "../protocol/Snapshot.ts"

type ActorRow = Snapshot["actors"][number]

/**
 * One that has nothing to do: `engine` itself, or a stage below it.
 *
 * @param given what is said of it besides
 * @category constructors
 * @since 0.1.0
 */
export const idleActor = (id: string, given: Partial<ActorRow> = {}): ActorRow => ({
  id,
  parent: id === "engine" ? null : "engine",
  kind: id === "engine" ? "supervisor" : "stage",
  state: "idle",
  sinceMillis: 0,
  restarts: 0,
  faults: 0,
  lastCause: null,
  waitsOn: null,
  batches: 0,
  items: 0,
  perSecond: 0,
  mailbox: null,
  ...given,
})
