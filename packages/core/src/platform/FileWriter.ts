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
 * The thread ended, or could not be started, before it had answered.
 *
 * @category errors
 * @since 0.1.0
 */
export class ThreadEnded {
  readonly _tag = "ThreadEnded"
}

/**
 * A thread that is started when it is needed, and started again when it died.
 *
 * @category models
 * @since 0.1.0
 */
export class FileWriter {
  private thread: Worker | undefined
  private readonly jobs = new Map<number, (answer: FileWriterAnswer | ThreadEnded) => void>()
  private next = 0
  private idle: NodeJS.Timeout | undefined

  /** Writes all files, or fails with the first that could not be written. An interruption waits. */
  write(files: ReadonlyArray<FileContent>): Effect.Effect<void, DiskError | ThreadEnded> {
    return Effect.uninterruptible(
      Effect.callback<void, DiskError | ThreadEnded>((resume) => {
        const id = this.next
        this.next += 1
        this.jobs.set(id, (answer) => {
          if (answer instanceof ThreadEnded) {
            resume(Effect.fail(answer))
            return
          }
          const { fault } = answer
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
    // None of the program's own flags: with `--eval` the thread would run the program.
    const thread = new Worker(threadUrl, { execArgv: [] })
    thread.on("message", (answer: FileWriterAnswer) => this.settle(answer))
    // An `error` is followed by `exit`; without a listener it would end the process.
    thread.on("error", () => undefined)
    thread.on("exit", () => this.ended(thread))
    this.thread = thread
    return thread
  }

  private settle(answer: FileWriterAnswer): void {
    const done = this.jobs.get(answer.id)
    this.jobs.delete(answer.id)
    if (this.jobs.size === 0) this.rest()
    done?.(answer)
  }

  /** A thread at rest keeps no process alive. */
  private rest(): void {
    this.thread?.unref()
    this.idle = setTimeout(() => void this.thread?.terminate(), idleMillisMax)
    this.idle.unref()
  }

  /** Its jobs fail; the next one gets a new thread. */
  private ended(thread: Worker): void {
    if (this.thread !== thread) return
    this.thread = undefined
    const waiting = [...this.jobs.values()]
    this.jobs.clear()
    for (const done of waiting) done(new ThreadEnded())
  }
}
