/**
 * Writes many whole files by one message to a thread.
 *
 * In Node's thread pool each file takes three calls, and each call wakes a thread and waits for
 * a turn of the caller's event loop. A trail under load writes thousands of files a second.
 *
 * @since 0.1.0
 */
import { extname } from "node:path"
import * as Effect from "effect/Effect"
import { DiskError } from "./Disk.ts"
import type { FileContent, FileWriterAnswer } from "./FileWriterThread.ts"
import { type ThreadEnded, WorkerThread } from "./WorkerThread.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class FileWriter {
  private readonly thread = new WorkerThread<ReadonlyArray<FileContent>, FileWriterAnswer>(
    new URL(`./FileWriterThread${extname(import.meta.url)}`, import.meta.url),
  )

  /** Writes all files, or fails with the first that could not be written. An interruption waits. */
  write(files: ReadonlyArray<FileContent>): Effect.Effect<void, DiskError | ThreadEnded> {
    return Effect.flatMap(this.thread.ask(files), ({ fault }) =>
      fault === undefined ? Effect.void : Effect.fail(new DiskError({ call: "write", ...fault })),
    )
  }
}
