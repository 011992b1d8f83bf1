/**
 * The sink that delivers to PostgreSQL, each record exactly once.
 *
 * ```ts
 * const program = Effect.gen(function* () {
 *   const postgres = yield* PostgresSink.make({ url: Redacted.make(process.env.DATABASE_URL) })
 *   return yield* openEngine(options, [postgres])
 * })
 * ```
 *
 * One connection of its own, made when it is needed. Whatever goes wrong with it ends in
 * `unavailable`, and the next call connects anew; when to call is the engine's matter.
 *
 * @since 0.1.0
 */
import {
  type DeliveredBatch,
  type EntryAt,
  type Sink,
  SinkError,
} from "@countersign/core/engine/Sink"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import { migrateAt } from "./Migrations.ts"
import { faultOf } from "./PostgresFault.ts"
import {
  type InvalidPostgresOptions,
  type PostgresSinkOptions,
  type ResolvedPostgresOptions,
  resolve,
} from "./PostgresOptions.ts"
import { PostgresSession } from "./PostgresSession.ts"
import { Contradiction, type DisputedRecord, RecordWriter, type Written } from "./RecordWriter.ts"

/** The tables, or the schema, are not there: to be made, whatever this process made before. */
const missingStates: ReadonlySet<string | undefined> = new Set(["42P01", "3F000"])

/** A transaction costs a sync of the server's log: better for many records than for one. */
const delivery = { recordsMax: 8_192, waitMillis: 20 }

interface Opened {
  readonly session: PostgresSession
  readonly writer: RecordWriter
}

/** How soon partitions are tried again that could not be made. */
const partitionRetryMillis = 60_000

class PostgresDelivery implements Sink {
  readonly name: string
  readonly delivery = delivery
  private readonly options: ResolvedPostgresOptions
  /** One at a time: there is one connection. */
  private readonly one = Semaphore.makeUnsafe(1)
  private opened: Opened | undefined
  /** A session that was cut: its other end may live on. */
  private cut: PostgresSession | undefined
  private isMigrated = false
  private isClosed = false
  /** What each trail's cursor is at least, as the database said. */
  private readonly known = new Map<string, number>()
  /** What ended a trail's delivery, until the database holds it as the trail does. */
  private readonly disputed = new Map<string, DisputedRecord>()
  private partitionsDueMillis = 0
  /** Months whose partition was looked after. */
  private readonly months = new Set<string>()

  constructor(options: ResolvedPostgresOptions) {
    this.options = options
    this.name = options.name
  }

  readonly position = (trail: string, entryAt?: EntryAt): Effect.Effect<number, SinkError> =>
    this.use((opened) =>
      Effect.map(
        this.attempt(opened, async () => {
          await this.settle(opened, trail)
          return opened.writer.position(trail)
        }),
        (next) => {
          this.known.set(trail, next)
          return next
        },
      ).pipe(
        Effect.tap((next) =>
          entryAt === undefined ? Effect.void : this.prove(opened, trail, next, entryAt),
        ),
      ),
    )

  /** The last stored record is the trail's own, or nobody begins behind it. */
  private readonly prove = Effect.fnUntraced(
    { self: this },
    function* (
      this: PostgresDelivery,
      opened: Opened,
      trail: string,
      next: number,
      entryAt: EntryAt,
    ) {
      const sequence = yield* this.attempt(opened, () => opened.writer.lastBefore(trail, next))
      if (sequence === undefined) return
      const entry = yield* entryAt(sequence)
      if (entry === undefined) return
      yield* this.attempt(opened, () => opened.writer.settle({ trail, sequence, entry }))
    },
  )

  readonly deliver = (batch: DeliveredBatch): Effect.Effect<void, SinkError> =>
    this.store(batch, ({ writer }) => writer.write(batch, this.known.get(batch.trail) ?? 0))

  readonly redeliver = (batch: DeliveredBatch): Effect.Effect<void, SinkError> =>
    this.store(batch, ({ writer }) => writer.restore(batch))

  readonly close: Effect.Effect<void> = Effect.suspend(() =>
    this.one.withPermit(
      Effect.suspend(() => {
        this.isClosed = true
        const { opened } = this
        this.opened = undefined
        return opened === undefined ? Effect.void : Effect.promise(() => opened.session.close())
      }),
    ),
  )

  private readonly store = (
    batch: DeliveredBatch,
    write: (opened: Opened) => Promise<Written>,
  ): Effect.Effect<void, SinkError> => {
    if (batch.entries.length === 0) return Effect.void
    return this.use((opened) =>
      Effect.flatMap(
        this.attempt(opened, async () => {
          await this.settle(opened, batch.trail)
          return write(opened)
        }),
        ({ months, next }) => {
          this.known.set(batch.trail, next)
          return this.tend(opened, months)
        },
      ),
    )
  }

  /**
   * A trail that was contradicted asks where to begin, and what it is told is the cursor of the
   * other one, beyond records of its own that are nowhere. So the contradiction lasts.
   */
  private async settle({ writer }: Opened, trail: string): Promise<void> {
    const disputed = this.disputed.get(trail)
    if (disputed === undefined) return
    await writer.settle(disputed)
    this.disputed.delete(trail)
  }

  /** Does something over the connection, which is made first where there is none. */
  private readonly use = <A>(
    work: (opened: Opened) => Effect.Effect<A, SinkError>,
  ): Effect.Effect<A, SinkError> =>
    this.one.withPermit(
      Effect.suspend(() => {
        if (this.isClosed) return Effect.fail(this.unavailable("it is closed"))
        const { opened } = this
        return opened?.session.isAlive === true ? work(opened) : Effect.flatMap(this.open, work)
      }),
    )

  private readonly open: Effect.Effect<Opened, SinkError> = Effect.gen(
    { self: this },
    function* () {
      const { options } = this
      const address = yield* options.address
      if (options.migrate && !this.isMigrated) {
        const migrated = migrateAt(address, options)
        yield* Effect.mapError(migrated, (error) => this.unavailable(faultOf(error).detail))
        this.isMigrated = true
      }
      const opened = yield* Effect.tryPromise({
        try: async (signal) => {
          const url = Redacted.value(address)
          const session = await PostgresSession.open({ ...options, url }, signal)
          // Here, so that no interruption can lose it.
          this.opened = { session, writer: new RecordWriter(session) }
          return this.opened
        },
        catch: (error) => this.unavailable(faultOf(error).detail),
      })
      const { cut } = this
      if (cut !== undefined) {
        yield* this.attempt(opened, () => opened.session.bury(cut))
        this.cut = undefined
      }
      // The server may be another than the one that was left.
      this.partitionsDueMillis = 0
      yield* this.tend(opened)
      return opened
    },
  )

  /** Runs a promise of the driver's; one that is not waited for any more takes its session along. */
  private readonly attempt = <A>(
    { session }: Opened,
    run: () => Promise<A>,
  ): Effect.Effect<A, SinkError> =>
    Effect.tryPromise({ try: run, catch: (error) => this.judge(session, error) }).pipe(
      Effect.onInterrupt(() => Effect.sync(() => this.drop(session))),
    )

  private judge(session: PostgresSession, error: unknown): SinkError {
    if (error instanceof Contradiction) {
      this.drop(session)
      // The engine asks for the position next, and begins there.
      this.known.clear()
      if (error.disputed !== undefined) this.disputed.set(error.disputed.trail, error.disputed)
      return this.unavailable(error.message)
    }
    const fault = faultOf(error)
    if (missingStates.has(fault.sqlState)) this.isMigrated = false
    if (!fault.isConnected || missingStates.has(fault.sqlState)) this.drop(session)
    return new SinkError({ sink: this.name, reason: fault.reason, detail: fault.detail })
  }

  private drop(session: PostgresSession): void {
    session.destroy()
    this.cut = session
  }

  private unavailable(detail: string): SinkError {
    return new SinkError({ sink: this.name, reason: "unavailable", detail })
  }

  /**
   * Looks after the partitions: when they are due, and when a month was seen for the first time.
   * Without its partition a record lies in the default one, so a failure that leaves the session
   * alive is told and waits.
   */
  private readonly tend = (
    opened: Opened,
    months: ReadonlySet<string> = noMonths,
  ): Effect.Effect<void, SinkError> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) => {
      if (now < this.partitionsDueMillis && months.isSubsetOf(this.months)) return Effect.void
      for (const month of months) this.months.add(month)
      const { monthsAhead, monthsBack, partitionMillis } = this.options
      this.partitionsDueMillis = now + partitionMillis
      const made = this.attempt(opened, () =>
        opened.session.rows("select countersign.make_partitions($1, $2)", [
          monthsBack,
          monthsAhead,
        ]),
      )
      return Effect.catch(Effect.asVoid(made), (error) => {
        if (!opened.session.isAlive) return Effect.fail(error)
        this.partitionsDueMillis = now + Math.min(partitionMillis, partitionRetryMillis)
        return Effect.logWarning(
          `countersign: partitions of ${this.name} could not be made, so records wait in the ` +
            `default one: ${error.detail}`,
        )
      })
    })
}

const noMonths: ReadonlySet<string> = new Set()

/**
 * Opens nothing yet: the first call connects, makes the tables, and makes the partitions.
 *
 * - Errors: `InvalidPostgresOptions` (AUD-4301).
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (options: PostgresSinkOptions): Effect.Effect<Sink, InvalidPostgresOptions> =>
  Effect.map(resolve(options), (resolved) => new PostgresDelivery(resolved))

/**
 * The sink as a service, closed with the layer's scope.
 *
 * @category services
 * @since 0.1.0
 */
export class PostgresSink extends Context.Service<PostgresSink, Sink>()(
  "@countersign/sinks/postgres/PostgresSink",
) {
  static readonly layer = (
    options: PostgresSinkOptions,
  ): Layer.Layer<PostgresSink, InvalidPostgresOptions> =>
    Layer.effect(
      PostgresSink,
      Effect.acquireRelease(make(options), (sink) => sink.close),
    )
}
