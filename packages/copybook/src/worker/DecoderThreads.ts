/**
 * Threads that decode batches: one framer feeds them all, and what they make comes in its order.
 *
 * Each thread has two slots of shared memory, so that it decodes into one while the other is being
 * used. A slot is given back when its user is done: as many batches are under way as there are
 * slots, and no memory is new but at the beginning.
 *
 * @since 0.1.0
 */
import { extname } from "node:path"
import { Worker } from "node:worker_threads"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import type { DecoderAnswer, DecoderJob, DecoderReport, ThreadSetting } from "./DecoderJob.ts"
import { WorkerFailed } from "./WorkerFailed.ts"

// The same name runs from source and from the compiled package.
const extension = extname(import.meta.url)
const threadUrl = new URL(`./DecoderThread${extension}`, import.meta.url)
const execArgv = extension === ".ts" ? ["--conditions=@countersign/source"] : []

const slotsEach = 2

/** What became of a batch, and the slot that holds it. */
interface Decoded {
  readonly batch: RecordBatch
  readonly slot: Slot
  readonly report: DecoderReport
}

type Settle = (exit: Effect.Effect<DecoderReport, string>) => void

/** A thread, and who waits for it. */
class Thread {
  readonly worker: Worker
  readonly slots: ReadonlyArray<Slot>
  /** Why it will answer nothing any more. */
  end: string | undefined
  private readonly ready: Promise<string | undefined>

  constructor(setting: ThreadSetting) {
    // None of the program's own flags: with `--eval` the thread would run the program.
    this.worker = new Worker(threadUrl, { workerData: setting, execArgv })
    this.slots = Array.from({ length: slotsEach }, (_, index) => new Slot(this, index))
    this.end = undefined
    this.ready = new Promise((resolve) => {
      this.worker.on("message", (answer: DecoderAnswer) => {
        if (answer._tag === "Ready") resolve(undefined)
        else if (answer._tag === "Unable") resolve(answer.detail)
        else this.slots[answer.slot]?.answered(answer)
      })
      // They stay: without a listener an error between two batches would end the process.
      this.worker.on("error", (cause) => this.ended(String(cause)))
      this.worker.on("messageerror", (cause) => this.ended(String(cause)))
      this.worker.on("exit", (code) => {
        this.ended(`it ended with code ${code}`)
        resolve(this.end)
      })
    })
  }

  get started(): Effect.Effect<void, WorkerFailed> {
    return Effect.flatMap(
      Effect.promise(() => this.ready),
      (detail) =>
        detail === undefined
          ? Effect.void
          : Effect.fail(new WorkerFailed({ firstRecord: -1, detail })),
    )
  }

  private ended(detail: string): void {
    this.end ??= detail
    for (const slot of this.slots) slot.settle(Effect.fail(this.end))
  }
}

/** Memory that a thread shares, for one batch at a time. */
class Slot {
  readonly thread: Thread
  output: SharedArrayBuffer
  private readonly index: number
  private input: SharedArrayBuffer
  private waiting: Settle | undefined
  /** What happens when the thread is done with it, though nobody waits. */
  private onIdle: (() => void) | undefined

  constructor(thread: Thread, index: number) {
    this.thread = thread
    this.index = index
    this.input = new SharedArrayBuffer(0)
    this.output = new SharedArrayBuffer(0)
    this.waiting = undefined
    this.onIdle = undefined
  }

  get isBusy(): boolean {
    return this.waiting !== undefined
  }

  /** Calls back at once where the thread is done with the slot already. */
  whenIdle(then: () => void): void {
    if (this.isBusy) this.onIdle = then
    else then()
  }

  settle(exit: Effect.Effect<DecoderReport, string>): void {
    const { onIdle, waiting } = this
    this.waiting = undefined
    this.onIdle = undefined
    waiting?.(exit)
    onIdle?.()
  }

  answered(answer: Extract<DecoderAnswer, { readonly slot: number }>): void {
    if (answer._tag === "Failed") {
      this.settle(Effect.fail(answer.detail))
      return
    }
    this.output = answer.output ?? this.output
    this.settle(Effect.succeed(answer.report))
  }

  /** @param end why no thread is to be trusted any more */
  run(batch: RecordBatch, end: string | undefined): Effect.Effect<Decoded, WorkerFailed> {
    const failed = (detail: string): WorkerFailed =>
      new WorkerFailed({ firstRecord: batch.firstRecord, detail })
    return Effect.callback<DecoderReport, string>((resume) => {
      if (end === undefined) {
        this.waiting = resume
        this.thread.worker.postMessage(this.jobOf(batch))
      } else resume(Effect.fail(end))
    }).pipe(
      Effect.map((report): Decoded => ({ batch, slot: this, report })),
      Effect.mapError(failed),
    )
  }

  /** Copies a batch into the input; bytes that are shared already stay where they are. */
  private jobOf(batch: RecordBatch): DecoderJob {
    const { count, fileOffset, firstRecord, numbers, offsets } = batch
    const from = count === 0 ? 0 : (batch.starts[0] ?? 0)
    const last = count - 1
    const until = count === 0 ? from : (batch.starts[last] ?? 0) + (batch.lengths[last] ?? 0)
    const own = batch.bytes.subarray(from, until)
    const isShared = own.buffer instanceof SharedArrayBuffer
    const needed = count * 8 + (isShared ? 0 : own.length)
    if (this.input.byteLength < needed) {
      this.input = new SharedArrayBuffer(Math.max(needed, this.input.byteLength * 2))
    }
    const starts = new Int32Array(this.input, 0, count)
    for (let index = 0; index < count; index++) starts[index] = (batch.starts[index] ?? 0) - from
    new Int32Array(this.input, count * 4, count).set(batch.lengths.subarray(0, count))
    const bytes = isShared ? own : new Uint8Array(this.input, count * 8, own.length)
    if (!isShared) bytes.set(own)
    const job = { slot: this.index, input: this.input, bytes, count, firstRecord }
    return {
      ...job,
      fileOffset: fileOffset + from,
      ...(offsets === undefined ? {} : { offsets: offsets.slice(0, count) }),
      ...(numbers === undefined ? {} : { numbers: numbers.slice(0, count) }),
    }
  }
}

/** Gives out free slots, in the order in which they are asked for. */
class Slots {
  readonly count: number
  private readonly free: Array<Slot>
  private readonly waiting: Array<(slot: Slot) => void> = []

  constructor(threads: ReadonlyArray<Thread>) {
    // First one of each thread, so that all of them have something to do.
    this.free = Array.from({ length: slotsEach }, (_, index) => index).flatMap((index) =>
      threads.flatMap(({ slots }) => slots.slice(index, index + 1)),
    )
    this.count = this.free.length
  }

  take(held: Set<Slot>): Effect.Effect<Slot> {
    return Effect.callback<Slot>((resume) => {
      // Held from the moment it is given: who waits may be interrupted before it goes on.
      const taken = (slot: Slot): void => {
        held.add(slot)
        resume(Effect.succeed(slot))
      }
      const next = this.next()
      if (next === undefined) this.waiting.push(taken)
      else taken(next)
      return Effect.sync(() => {
        const at = this.waiting.indexOf(taken)
        if (at >= 0) this.waiting.splice(at, 1)
      })
    })
  }

  give(slot: Slot): void {
    const next = this.waiting.shift()
    if (next === undefined) this.free.push(slot)
    else next(slot)
  }

  /** One of a thread that has nothing to do, where there is one. */
  private next(): Slot | undefined {
    const at = this.free.findIndex(({ thread }) => thread.slots.every(({ isBusy }) => !isBusy))
    return this.free.splice(Math.max(at, 0), 1)[0]
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface DecoderThreads {
  /**
   * What `use` makes of each batch, in their order, one at a time. The memory that it is given holds
   * until it ends.
   */
  readonly run: <A, E, R, E2, R2>(
    batches: Stream.Stream<RecordBatch, E, R>,
    use: (report: DecoderReport, output: SharedArrayBuffer) => Effect.Effect<A, E2, R2>,
  ) => Stream.Stream<A, E | E2 | WorkerFailed, R | R2>
}

const start = (setting: ThreadSetting): Effect.Effect<Thread, WorkerFailed, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.try({
      try: () => new Thread(setting),
      catch: (cause) => new WorkerFailed({ firstRecord: -1, detail: String(cause) }),
    }),
    ({ worker }) => Effect.promise(() => worker.terminate()),
  ).pipe(Effect.tap(({ started }) => started))

/**
 * Starts the threads; they end with the scope.
 *
 * @param workers how many threads. Range: 1 to 64
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  setting: ThreadSetting,
  workers: number,
): Effect.Effect<DecoderThreads, WorkerFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const count = Math.min(64, Math.max(1, Math.floor(workers)))
    const threads = yield* Effect.forEach(
      Array.from({ length: count }, () => setting),
      start,
      { concurrency: "unbounded" },
    )
    const slots = new Slots(threads)
    const endOf = (): string | undefined => threads.find(({ end }) => end !== undefined)?.end
    return {
      run: (batches, use) =>
        Stream.suspend(() => {
          const held = new Set<Slot>()
          const giveBack = (slot: Slot): void => {
            if (held.delete(slot)) slot.whenIdle(() => slots.give(slot))
          }
          const decode = (batch: RecordBatch): Effect.Effect<Exit.Exit<Decoded, WorkerFailed>> =>
            slots.take(held).pipe(
              Effect.flatMap((slot) =>
                slot
                  .run(batch, endOf())
                  .pipe(Effect.tapError(() => Effect.sync(() => giveBack(slot)))),
              ),
              Effect.exit,
            )
          // A failure waits for its turn: else it would take batches with it that come before.
          return Stream.mapEffect(batches, decode, { concurrency: slots.count }).pipe(
            Stream.mapEffect((exit) => exit),
            Stream.mapEffect(({ report, slot }) =>
              Effect.ensuring(
                use(report, slot.output),
                Effect.sync(() => giveBack(slot)),
              ),
            ),
            // What was decoded for nobody, after a failure or where no more was asked for.
            Stream.ensuring(
              Effect.sync(() => {
                for (const slot of held) giveBack(slot)
              }),
            ),
          )
        }),
    }
  })
