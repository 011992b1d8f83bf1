/**
 * Which thread hashes the entries.
 *
 * @since 0.1.0
 */
import { extname } from "node:path"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { WorkerThread } from "../platform/WorkerThread.ts"
import { type EntryHashes, type HashJob, hashEntries } from "./EntryHashes.ts"

/**
 * Hashes entries; see {@link hashEntries}.
 *
 * @category models
 * @since 0.1.0
 */
export type HashEntries = (job: HashJob) => Effect.Effect<EntryHashes>

/**
 * Hashes in the caller's thread.
 *
 * @category running
 * @since 0.1.0
 */
export const inThisThread: HashEntries = (job) => Effect.sync(() => hashEntries(job))

// A busy application's batches are larger. For a trickle the thread would cost more than it
// spares: 15 MB, and a wake-up of both threads with each batch.
const countForThread = 1024

const thread = new WorkerThread<HashJob, EntryHashes>(
  new URL(`./EntryHasherThread${extname(import.meta.url)}`, import.meta.url),
)

/** Only shared memory reaches a thread without being copied. */
const isShared = ({ runs }: HashJob): boolean =>
  runs.every(({ bytes }) => bytes.buffer instanceof SharedArrayBuffer)

/**
 * Hashes larger runs of entries in a thread, so that the application's own is free meanwhile.
 *
 * If the thread dies, its job is done here: it needs nothing that the thread had.
 *
 * @category running
 * @since 0.1.0
 */
export const inThread: HashEntries = (job) =>
  isShared(job) && job.runs.reduce((total, { count }) => total + count, 0) >= countForThread
    ? Effect.catchTag(thread.ask(job), "ThreadEnded", (ended) =>
        Effect.andThen(ended.warn("hashes entries"), inThisThread(job)),
      )
    : inThisThread(job)

/**
 * How the engine hashes: {@link inThread} unless told otherwise.
 *
 * @category services
 * @since 0.1.0
 */
export const EntryHasher = Context.Reference<HashEntries>("@countersign/core/trail/EntryHasher", {
  defaultValue: () => inThread,
})
