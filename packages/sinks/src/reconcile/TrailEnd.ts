/**
 * Where a trail ends, what is durable and not yet signed included.
 *
 * @since 0.1.0
 */
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import { listSegments, scan } from "@countersign/core/trail/WalReader"
import * as Effect from "effect/Effect"

/**
 * The sequence after the last that the trail holds. No sink can have delivered more.
 *
 * @category running
 * @since 0.1.0
 */
export const readTrailEnd = Effect.fnUntraced(function* (directory: string) {
  const logged = yield* Effect.gen(function* () {
    const segments = yield* listSegments(directory)
    return (yield* scan(directory, segments, () => Effect.void)).nextSequence
  }).pipe(
    // A writer at work prunes its log; what went away is signed.
    Effect.catchTag("DiskError", (error) =>
      error.errno === "ENOENT" ? Effect.succeed(0) : Effect.fail(error),
    ),
  )
  const signed = yield* readCheckpoint(directory)
  return Math.max(logged, signed?.checkpoint.size ?? 0)
})
