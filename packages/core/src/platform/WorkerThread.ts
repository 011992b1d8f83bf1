/**
 * A thread that answers one kind of job.
 *
 * It is started when it is needed, started again when it died, and gives its memory back when
 * nobody has needed it for a while. It holds nothing: a job that it did not answer can be given
 * to anybody else.
 *
 * @since 0.1.0
 */
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"

const idleMillisMax = 30_000
// Between two attempts to start a thread that could not be started.
const restMillis = 30_000

// A job's garbage is small and short-lived; by default V8 lets 48 MB of it gather.
const heapLimits = { maxYoungGenerationSizeMb: 1 }

/**
 * The thread ended, or could not be started, before it had answered.
 *
 * @category errors
 * @since 0.1.0
 */
export class ThreadEnded {
  readonly _tag = "ThreadEnded"
  /** Why the thread ended last, or could not be started. */
  readonly cause: unknown
  /** Whether nobody was told of a thread of this kind that ended before. */
  readonly isFirst: boolean

  constructor(cause: unknown, isFirst: boolean) {
    this.cause = cause
    this.isFirst = isFirst
  }

  /** Says in the log why somebody else does the work now; once. */
  warn(title: string): Effect.Effect<void> {
    const sentence = `countersign: the thread that ${title} ended or could not be started. Where it can't, the application's own thread does its work`
    return this.isFirst ? Effect.logWarning(sentence, this.cause) : Effect.void
  }
}

/**
 * A job on its way to a thread. The thread answers with the same number.
 *
 * @category models
 * @since 0.1.0
 */
export interface Numbered<A> {
  readonly id: number
  readonly body: A
}

/**
 * @category models
 * @since 0.1.0
 */
export class WorkerThread<Job, Answer> {
  private readonly url: URL
  private thread: Worker | undefined
  private readonly jobs = new Map<number, (answer: Answer | ThreadEnded) => void>()
  private next = 0
  private idle: NodeJS.Timeout | undefined
  /** No thread is started before this moment. Monotonic milliseconds. */
  private notBefore = 0
  private cause: unknown
  private isTold = false

  /** @param url the thread's module: it takes and posts messages of the form {@link Numbered} */
  constructor(url: URL) {
    this.url = url
  }

  /** Gives a job to the thread. An interruption waits: the thread can't be told to stop. */
  ask(job: Job): Effect.Effect<Answer, ThreadEnded> {
    return Effect.uninterruptible(
      Effect.callback<Answer, ThreadEnded>((resume) => {
        const thread = this.running()
        if (thread === undefined) {
          resume(Effect.fail(this.failure()))
          return
        }
        const id = this.next
        this.next += 1
        this.jobs.set(id, (answer) => {
          resume(answer instanceof ThreadEnded ? Effect.fail(answer) : Effect.succeed(answer))
        })
        const numbered: Numbered<Job> = { id, body: job }
        thread.postMessage(numbered)
      }),
    )
  }

  private running(): Worker | undefined {
    clearTimeout(this.idle)
    const known = this.thread
    if (known !== undefined) {
      known.ref()
      return known
    }
    if (performance.now() < this.notBefore) return undefined
    try {
      return this.start()
    } catch (cause) {
      // The system, or Node's permissions, allow no more threads.
      this.cause = cause
      this.notBefore = performance.now() + restMillis
      return undefined
    }
  }

  private start(): Worker {
    // None of the program's own flags: with `--eval` the thread would run the program.
    const thread = new Worker(this.url, { execArgv: [], resourceLimits: { ...heapLimits } })
    let hasAnswered = false
    thread.on("message", (answer: Numbered<Answer>) => {
      hasAnswered = true
      this.settle(answer)
    })
    // An `error` is followed by `exit`; without a listener it would end the process.
    let cause: unknown
    thread.on("error", (error) => {
      cause = error
    })
    thread.on("exit", (code) => {
      this.cause = cause ?? new Error(`it ended with exit code ${code}`)
      // One that died before its first answer would most likely do so again.
      if (!hasAnswered) this.notBefore = performance.now() + restMillis
      this.ended(thread)
    })
    this.thread = thread
    return thread
  }

  private settle({ body, id }: Numbered<Answer>): void {
    const done = this.jobs.get(id)
    this.jobs.delete(id)
    if (this.jobs.size === 0) this.rest()
    done?.(body)
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
    for (const done of waiting) done(this.failure())
  }

  private failure(): ThreadEnded {
    const isFirst = !this.isTold
    this.isTold = true
    return new ThreadEnded(this.cause, isFirst)
  }
}
