/**
 * The end of an engine's trail, within the time that it has.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type { DiskError } from "../platform/Disk.ts"
import type { SignerError } from "../signer/Signer.ts"
import type { TrailFenced } from "../trail/TrailError.ts"
import { AuditUnavailable } from "./AuditError.ts"
import { monotonicNow } from "./Monotonic.ts"

// What a close has not synced by then stays in the log, and the next opening replays it.
const syncAtCloseMillis = 5000
// Kept from the drain's time for what is written when the drain does not end.
const rescueMillisMax = 1000
const rescueShare = 0.25
const rescueMillisMin = 50

/**
 * @category constructors
 * @since 0.1.0
 */
export const unavailableBecause = (detail: string): AuditUnavailable =>
  new AuditUnavailable({ state: "closing", recorded: "unknown", detail })

/**
 * @category models
 * @since 0.1.0
 */
export interface ClosingParts {
  /** Units: milliseconds. */
  readonly drainMillis: number
  /** Empties the stages in order, writes the closing records and signs. */
  readonly drain: Effect.Effect<void, AuditUnavailable | DiskError | SignerError | TrailFenced>
  /** Interrupts the stages before the log, and the log's. */
  readonly stop: Effect.Effect<void>
  /** Writes what is accepted and not durable; returns how many records. Throws `DiskError`. */
  readonly writeUnsafe: () => number
  /** Accepted events that are not in the log. */
  readonly inFlight: () => number
  /** Makes the tiles durable in so many milliseconds, and deletes the log before them. */
  readonly settle: (millisMax: number) => Effect.Effect<void, DiskError>
}

/**
 * Drains and settles. When the drain fails or takes too long, what is accepted is written to the
 * log all the same, as at the end of a process, and the error says what could not be.
 *
 * @category running
 * @since 0.1.0
 */
export const closeTrail = Effect.fnUntraced(function* (parts: ClosingParts) {
  const { drain, drainMillis, settle } = parts
  const began = yield* monotonicNow
  const rescueMillis = Math.min(rescueMillisMax, drainMillis * rescueShare)
  // On its own: a call of the disk can't be interrupted, and must not be waited for.
  const draining = yield* Effect.forkDetach(drain, { startImmediately: true })
  yield* Fiber.join(draining).pipe(
    Effect.mapError((error) =>
      error._tag === "AuditUnavailable" ? error : unavailableBecause(error.message),
    ),
    Effect.timeoutOrElse({
      duration: drainMillis - rescueMillis,
      orElse: () =>
        Effect.suspend(() => {
          draining.interruptUnsafe()
          return Effect.fail(
            unavailableBecause(
              `the stages were not empty when ${drainMillis} ms were nearly over (shutdown.drainMillis)`,
            ),
          )
        }),
    }),
    Effect.catch((error) =>
      Effect.flatMap(rescue(parts, rescueMillis), (fate) =>
        Effect.fail(unavailableBecause(`${error.detail}; ${fate}`)),
      ),
    ),
  )
  const left = Math.max(0, began + drainMillis - (yield* monotonicNow))
  // The trail is durable and signed: the log that stays does no harm, the next opening reads it.
  yield* Effect.ignore(settle(Math.min(left, syncAtCloseMillis)), { log: "Warn" })
})

/** Writes what is left, synchronously, and says what became of it. */
const writtenUnsafe = (inFlight: () => number, writeUnsafe: () => number): string => {
  try {
    const written = writeUnsafe()
    const rest = inFlight()
    return rest === 0
      ? `all accepted events are in the log (${written} records were written to it at the end), and in the trail at the next opening`
      : `${written} records were written to the log, and ${rest} accepted events were not`
  } catch (cause) {
    return `${inFlight()} accepted events are lost unless the disk kept them: ${String(cause)}`
  }
}

/** Says what became of the events that the drain has left. */
const rescue = Effect.fnUntraced(function* (
  { inFlight, stop, writeUnsafe }: ClosingParts,
  millisMax: number,
) {
  const stopped = yield* Effect.forkDetach(stop, { startImmediately: true })
  const isStopped = yield* Effect.timeoutOption(
    Fiber.join(stopped),
    Math.max(millisMax, rescueMillisMin),
  )
  // The event loop must not follow a disk that hangs.
  if (Option.isNone(isStopped)) {
    return `${inFlight()} accepted events were not written, since a call of the disk does not return; what it has taken is in the trail at the next opening`
  }
  return writtenUnsafe(inFlight, writeUnsafe)
})
