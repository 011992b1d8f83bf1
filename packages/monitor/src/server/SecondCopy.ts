/**
 * What other stores hold for an entry of a trail, such as the table that a sink writes.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Semaphore from "effect/Semaphore"
import type { CopyFound } from "../protocol/TrailProof.ts"

/**
 * What one store holds for an entry.
 *
 * @category models
 * @since 0.1.0
 */
export interface StoredCopy {
  readonly entry: Uint8Array
  /** What else is to be said of it, such as columns that differ from it. Default: nothing. */
  readonly detail?: string
}

/**
 * Asks a store for an entry by its sequence number; `undefined`: it holds nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type FindCopy = (
  sequence: number,
) => Effect.Effect<StoredCopy | undefined, { readonly message: string }>

/**
 * Stores by their names.
 *
 * @category models
 * @since 0.1.0
 */
export type SecondCopies = ReadonlyMap<string, FindCopy>

const askedMillis = 5000
const detailMax = 1000

const asked = (
  name: string,
  find: FindCopy,
  sequence: number,
  turns: Semaphore.Semaphore,
): Effect.Effect<CopyFound> =>
  // Whoever waits for a turn waits no longer than for an answer.
  turns.withPermit(Effect.suspend(() => find(sequence))).pipe(
    Effect.timeoutOrElse({
      duration: askedMillis,
      orElse: () => Effect.fail({ message: `it has not answered within ${askedMillis / 1000} s` }),
    }),
    Effect.match({
      onFailure: ({ message }) => ({ name, entry: null, detail: message.slice(0, detailMax) }),
      onSuccess: (found) =>
        found === undefined
          ? { name, entry: null, detail: "it holds nothing for this entry" }
          : {
              name,
              entry: Buffer.from(found.entry).toString("base64"),
              detail: (found.detail ?? "").slice(0, detailMax),
            },
    }),
  )

/**
 * Asks all stores; one that can't be asked says so.
 *
 * @param turns of all viewers: each question may open a connection to a store
 * @category running
 * @since 0.1.0
 */
export const askCopies = (
  copies: SecondCopies | undefined,
  sequence: number,
  turns: Semaphore.Semaphore,
): Effect.Effect<ReadonlyArray<CopyFound>> =>
  Effect.forEach([...(copies ?? [])], ([name, find]) => asked(name, find, sequence, turns), {
    concurrency: "unbounded",
  })
