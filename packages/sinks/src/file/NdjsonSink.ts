/**
 * Delivers records into files of JSON lines, exactly once.
 *
 * One file grows. When it is large or old enough it is compressed, gets its name and a sidecar,
 * and the next one is begun. Each trail has a directory of its own.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { type DeliveredBatch, type Sink, SinkError } from "@countersign/core/engine/Sink"
import { Disk } from "@countersign/core/platform/Disk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Semaphore from "effect/Semaphore"
import type { Compression } from "./Compression.ts"
import * as FileName from "./FileName.ts"
import * as NdjsonLine from "./NdjsonLine.ts"
import { TrailFiles, type TrailFilesError } from "./TrailFiles.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface NdjsonSinkOptions {
  /** Where the files lie, in a directory for each trail. */
  readonly directory: string
  /** Default `files`. */
  readonly name?: string
  /** Of finished files. Default `zstd`. */
  readonly compression?: Compression
  /**
   * Size, before compression, that no file grows beyond, but for one that holds a single batch.
   * Default 64 MiB. Bounds: at least 1.
   */
  readonly sizeBytesMax?: number
  /** How long a file grows; looked at every minute. Default 1 hour. Bounds: at least 1 s. */
  readonly ageMax?: Duration.Input
  /** Where the trail itself lies: then each sidecar has the checkpoint that the trail had. */
  readonly trailDirectory?: string
}

const hourMillis = 3_600_000
const tickMillisMax = 60_000

const millisOf = (input: Duration.Input): number =>
  Duration.toMillis(Duration.fromInputUnsafe(input))

class NdjsonSink implements Sink {
  readonly name: string
  private readonly disk: Disk["Service"]
  private readonly options: NdjsonSinkOptions
  private readonly sizeBytesMax: number
  private readonly ageMillisMax: number
  private readonly nowMillis: () => number
  private readonly lock = Semaphore.makeUnsafe(1)
  private readonly trails = new Map<string, TrailFiles>()
  /** What each trail's next record was when its files were let go of in doubt. */
  private readonly acknowledged = new Map<string, number>()
  /** Trails that were asked for. */
  private readonly seen = new Set<string>()
  private isAging = false
  private ager: Fiber.Fiber<void> | undefined
  private isClosed = false

  constructor(disk: Disk["Service"], options: NdjsonSinkOptions, nowMillis: () => number) {
    this.disk = disk
    this.options = options
    this.nowMillis = nowMillis
    this.name = options.name ?? "files"
    this.sizeBytesMax = Math.max(1, options.sizeBytesMax ?? 64 * 1024 * 1024)
    this.ageMillisMax = Math.max(1000, millisOf(options.ageMax ?? hourMillis))
  }

  readonly position = (trail: string): Effect.Effect<number, SinkError> =>
    this.open(
      Effect.map(this.filesOf(trail), ({ next }) => {
        // Whoever asks delivers from there, what was lost included.
        this.acknowledged.delete(trail)
        return next
      }),
    )

  readonly deliver = (batch: DeliveredBatch): Effect.Effect<void, SinkError> =>
    this.open(batch.entries.length === 0 ? Effect.void : this.append(batch))

  readonly close: Effect.Effect<void> = Effect.suspend(() =>
    Effect.ignore(
      this.alone(
        Effect.suspend(() => {
          this.isClosed = true
          const open = [...this.trails.values()]
          this.trails.clear()
          return Effect.forEach(open, (files) => files.close, { discard: true })
        }),
      ),
    ).pipe(
      Effect.andThen(
        Effect.suspend(() => (this.ager === undefined ? Effect.void : Fiber.interrupt(this.ager))),
      ),
    ),
  )

  /** Finishes what is old enough, for as long as the sink is open. Begun with the first call, once. */
  private readonly aging: Effect.Effect<void> = Effect.suspend(() => {
    if (this.isAging) return Effect.void
    this.isAging = true
    const tick = Effect.suspend(() =>
      Effect.forEach([...this.seen], (trail) => this.age(trail), { discard: true }),
    ).pipe(
      Effect.delay(Duration.millis(Math.min(tickMillisMax, this.ageMillisMax))),
      Effect.repeat({ until: () => this.isClosed }),
    )
    return Effect.map(Effect.forkDetach(tick), (fiber) => {
      this.ager = fiber
    })
  })

  /** Whatever befalls one trail, the others and the next turn are not to miss theirs. */
  private age(trail: string): Effect.Effect<void> {
    return Effect.catchCause(this.alone(this.finishOld(trail)), (cause) =>
      this.isClosed
        ? Effect.void
        : Effect.logWarning(
            `a file of ${trail} could not be finished, and will be tried again`,
            cause,
          ),
    )
  }

  /** What others call: without aging, the last file of a quiet day would stay open. */
  private open<A>(use: Effect.Effect<A, TrailFilesError | SinkError>): Effect.Effect<A, SinkError> {
    return this.alone(Effect.andThen(this.aging, use))
  }

  /** One at a time, and whole: an interruption between a write and its account would part the two. */
  private alone<A>(
    use: Effect.Effect<A, TrailFilesError | SinkError>,
  ): Effect.Effect<A, SinkError> {
    return Effect.suspend(() =>
      this.isClosed ? Effect.fail(this.failed("unavailable", "it is closed")) : use,
    ).pipe(
      Effect.catch((error) =>
        error instanceof SinkError
          ? Effect.fail(error)
          : Effect.fail(this.failed("unavailable", error.message, error)),
      ),
      Effect.ensuring(this.forget),
      Effect.uninterruptible,
      this.lock.withPermits(1),
    )
  }

  /** What can't be relied on is opened anew at the next call. */
  private readonly forget = Effect.suspend(() =>
    Effect.forEach(
      [...this.trails].filter(([, files]) => !files.isSound),
      ([trail, files]) => {
        this.trails.delete(trail)
        const before = this.acknowledged.get(trail) ?? 0
        this.acknowledged.set(trail, Math.max(before, files.next))
        return files.close
      },
      { discard: true },
    ),
  )

  private readonly filesOf = Effect.fnUntraced(function* (this: NdjsonSink, trail: string) {
    const known = this.trails.get(trail)
    if (known !== undefined) return known
    this.seen.add(trail)
    const directory = FileName.directoryOf(trail)
    if (directory === undefined) {
      return yield* this.failed("unavailable", "the trail's origin is too long to name a directory")
    }
    const files = yield* TrailFiles.open(this.disk, {
      trail,
      directory: path.join(this.options.directory, directory),
      compression: this.options.compression ?? "zstd",
      trailDirectory: this.options.trailDirectory,
    })
    this.trails.set(trail, files)
    return files
  })

  private readonly append = Effect.fnUntraced(function* (this: NdjsonSink, batch: DeliveredBatch) {
    const files = yield* this.filesOf(batch.trail)
    yield* this.expectKept(files, batch)
    const from = Math.max(0, files.next - batch.firstSequence)
    const count = batch.entries.length - from
    if (count <= 0) return
    for (let index = from; index < batch.entries.length; index++) {
      const problem = NdjsonLine.problemOf(batch.entries[index] ?? new Uint8Array())
      if (problem === undefined) continue
      return yield* this.failed("rejected", `record ${batch.firstSequence + index} ${problem}`)
    }
    const lines = NdjsonLine.encode(batch, from)
    const nowMillis = this.nowMillis()
    const isFull = files.bytes > 0 && files.bytes + lines.length > this.sizeBytesMax
    if (isFull) yield* files.finish(nowMillis)
    yield* files.append(batch, lines, count, nowMillis)
  })

  /** What was acknowledged and is gone is no gap: it must come again. */
  private expectKept(files: TrailFiles, batch: DeliveredBatch): Effect.Effect<void, SinkError> {
    const acknowledged = this.acknowledged.get(batch.trail) ?? 0
    if (files.next < Math.min(acknowledged, batch.firstSequence)) {
      const detail = `records ${files.next} to ${acknowledged - 1} are no longer in the files; ask for the position and deliver them again`
      return Effect.fail(this.failed("unavailable", detail))
    }
    this.acknowledged.delete(batch.trail)
    return Effect.void
  }

  private readonly finishOld = Effect.fnUntraced(function* (this: NdjsonSink, trail: string) {
    // Opened anew after a failure, so that what has failed once is finished all the same.
    const files = yield* this.filesOf(trail)
    const nowMillis = this.nowMillis()
    if (nowMillis - files.begunMillis >= this.ageMillisMax) yield* files.finish(nowMillis)
  })

  private failed(reason: SinkError["reason"], detail: string, cause?: unknown): SinkError {
    const why = cause === undefined ? {} : { cause }
    return new SinkError({ sink: this.name, reason, detail, ...why })
  }
}

/**
 * A sink over a directory, which is nobody else's.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (
  options: NdjsonSinkOptions,
): Effect.fn.Return<Sink, never, Disk> {
  const clock = yield* Clock.clockWith(Effect.succeed)
  return new NdjsonSink(yield* Disk, options, () => clock.currentTimeMillisUnsafe())
})
