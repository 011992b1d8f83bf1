/**
 * The thread behind `EntryHasher`.
 *
 * @since 0.1.0
 */
import { parentPort } from "node:worker_threads"
import type { Numbered } from "../platform/WorkerThread.ts"
import { type EntryHashes, type HashJob, hashEntries } from "./EntryHashes.ts"

parentPort?.on("message", ({ body, id }: Numbered<HashJob>) => {
  const answer: Numbered<EntryHashes> = { id, body: hashEntries(body) }
  parentPort?.postMessage(answer)
})
