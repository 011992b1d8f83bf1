/**
 * Writes many whole files by one message to a thread.
 *
 * In Node's thread pool each file takes three calls, and each call wakes a thread and waits for
 * a turn of the caller's event loop. A trail under load writes thousands of files a second.
 *
 * @since 0.1.0
 */
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { DiskError } from "./Disk.ts"
import type { FileContent, FileWriterAnswer, FileWriterJob } from "./FileWriterThread.ts"

const threadUrl = new URL(`./FileWriterThread${extname(import.meta.url)}`, import.meta.url)
// A thread that nobody needs any more gives its memory back.
const idleMillisMax = 30_000

/**
 * A thread that is started when it is needed, and started again when it died.
 *
 * @category models
 * @since 0.1.0
 */
export class FileWriter {
  private thread: Worker | undefined
  private readonly jobs = new Map<number, (fault: FileWriterAnswer["fault"]) => void>()
  private next = 0
  private idle: NodeJS.Timeout | undefined

  /** Writes all files, or fails with the first that could not be written. An interruption waits. */
  write(files: ReadonlyArray<FileContent>): Effect.Effect<void, DiskError> {
    return Effect.uninterruptible(
      Effect.callback<void, DiskError>((resume) => {
        const id = this.next
        this.next += 1
        this.jobs.set(id, (fault) => {
          resume(
            fault === undefined
              ? Effect.void
              : Effect.fail(new DiskError({ call: "write", ...fault })),
          )
        })
        const job: FileWriterJob = { id, files }
        this.running().postMessage(job)
      }),
    )
  }

  private running(): Worker {
    clearTimeout(this.idle)
    const known = this.thread
    if (known !== undefined) {
      known.ref()
      return known
    }
    const thread = new Worker(threadUrl)
    thread.on("message", (answer: FileWriterAnswer) => this.settle(answer))
    // An `error` is followed by `exit`; without a listener it would end the process.
    thread.on("error", () => undefined)
    thread.on("exit", () => this.ended(thread))
    this.thread = thread
    return thread
  }

  private settle({ fault, id }: FileWriterAnswer): void {
    const done = this.jobs.get(id)
    this.jobs.delete(id)
    if (this.jobs.size === 0) this.rest()
    done?.(fault)
  }

  /** A thread at rest keeps no process alive. */
  private rest(): void {
    this.thread?.unref()
    this.idle = setTimeout(() => void this.thread?.terminate(), idleMillisMax)
    this.idle.unref()
  }

  /** Its jobs fail, and their stage gives them again: to a new thread. */
  private ended(thread: Worker): void {
    if (this.thread !== thread) return
    this.thread = undefined
    const waiting = [...this.jobs.values()]
    this.jobs.clear()
    for (const done of waiting) {
      done({ path: "(tiles)", errno: "EIO", detail: "the thread that writes files has ended" })
    }
  }
}
