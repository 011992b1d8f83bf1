/**
 * What a recovery finds on a disk, without an engine.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { readFrom } from "../engine/TrailFeed.ts"
import { Disk } from "../platform/Disk.ts"
import { EntryHasher, inThisThread } from "../trail/EntryHasher.ts"
import { recover } from "../trail/Recovery.ts"
import { directory, engineOptions, verifierKey } from "./SimulatedEngine.ts"

const { origin } = engineOptions

/** The id in a record's bytes; what is no record has none. */
const idOf = (entry: Uint8Array): string => {
  const event: unknown = JSON.parse(Buffer.from(entry).toString("utf8"))
  return typeof event === "object" && event !== null && "id" in event ? String(event.id) : ""
}

/**
 * Recovers a trail and names its records by their ids, or says why it can't.
 *
 * @category running
 * @since 0.1.0
 */
export const probe = (
  disk: Disk["Service"],
): Effect.Effect<{ readonly ids: ReadonlyArray<string>; readonly error?: string }> =>
  Effect.gen(function* () {
    const recovered = yield* recover({
      directory,
      origin,
      verifierKey,
      nowMillis: () => 0,
      sign: () => Effect.die(new Error("a recovery signs nothing")),
    })
    const read = readFrom(disk, directory, origin, recovered.writer)
    const ids: Array<string> = []
    while (ids.length < recovered.nextSequence) {
      const batch = yield* read(ids.length, Infinity)
      if (batch === undefined) break
      ids.push(...batch.entries.map(idOf))
    }
    return { ids }
  }).pipe(
    Effect.provideService(Disk, disk),
    Effect.provideService(EntryHasher, inThisThread),
    Effect.catchCause((cause) => Effect.succeed({ ids: [], error: String(cause) })),
  )
