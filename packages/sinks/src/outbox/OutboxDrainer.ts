/**
 * Moves what applications committed to the outbox into the trail, in order, exactly once.
 *
 * Before rows are recorded, they are claimed: the outbox itself says which rows are on their way
 * into which trail, and from which sequence on they can lie there. A drainer that finds a claim
 * reads the trail from there on, and records only what it does not find. When the rows are
 * durable, they are deleted in the transaction that claims the next ones.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import type { AuditUnavailable } from "@countersign/core/engine/AuditError"
import { causeText } from "@countersign/core/engine/CauseText"
import * as RestartPolicy from "@countersign/core/engine/RestartPolicy"
import * as Supervisor from "@countersign/core/engine/Supervisor"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import type { EventClass } from "@countersign/core/event/EventClass"
import { InvalidEvent } from "@countersign/core/event/InvalidEvent"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import {
  type InvalidPostgresOptions,
  type PostgresConnection,
  type PostgresConnectionOptions,
  resolveConnection,
} from "../postgres/PostgresOptions.ts"
import * as OutboxEvent from "./OutboxEvent.ts"
import {
  type Claim,
  connect,
  type OutboxRow,
  type OutboxStore,
  type RefusedRow,
} from "./OutboxStore.ts"
import { findIds, requireTrail } from "./TrailSearch.ts"

/**
 * The engine counted a loss while rows were being recorded: the trail is read to see which are there.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutboxUnsettled extends Schema.TaggedError<OutboxUnsettled>(
  "@countersign/sinks/OutboxUnsettled",
)("OutboxUnsettled", {
  code: Schema.tag("AUD-4802"),
  isRetryable: Schema.tag(true),
  rows: Schema.Number,
}) {
  override get message(): string {
    return `${this.code}: the engine lost events while ${this.rows} rows of the outbox were recorded; the trail is read to see which are in it`
  }
}

/**
 * How a drainer is set up. Its session is one of its own, and not behind a pooler of transactions.
 *
 * @category models
 * @since 0.1.0
 */
export interface DrainerOptions extends PostgresConnectionOptions {
  /** The trail's directory, as the engine was given it; nothing is drained over another one. */
  readonly directory: string
  /** Rows that are moved at a time. Default 256. */
  readonly rowsMax?: number
  /** The longest wait between two looks at an empty outbox. Default 250. */
  readonly pollMillisMax?: number
}

/**
 * How a drainer stands.
 *
 * @category models
 * @since 0.1.0
 */
export interface DrainerStatus {
  /** `standby`: another process drains this database. `off`: the engine takes no events. */
  readonly state: "connecting" | "standby" | "idle" | "draining" | "off"
  /** Events that became durable through this drainer. */
  readonly recorded: number
  /** Events that were found in the trail after an end between recording and deleting. */
  readonly foundRecorded: number
  /** Rows that no engine takes; they stay in the outbox, with the cause in `refused`. */
  readonly refused: number
  /** Rows that another trail's drainer claimed and did not finish. */
  readonly claimedElsewhere: number
  /** Why the last session ended, if one did, or why the drainer is off. */
  readonly lastProblem: string | undefined
}

/**
 * Runs as long as its layer.
 *
 * @category services
 * @since 0.1.0
 */
export class OutboxDrainer extends Context.Service<
  OutboxDrainer,
  { readonly status: () => DrainerStatus }
>()("@countersign/sinks/outbox/OutboxDrainer") {
  /**
   * A supervised fiber: it starts again with backoff for as long as it takes, and never fails.
   *
   * - Errors: only at once, for an address that is none.
   */
  static readonly layer = (
    options: DrainerOptions,
  ): Layer.Layer<OutboxDrainer, InvalidPostgresOptions, Audit> =>
    Layer.effect(this, start(options)).pipe(Layer.provide(NodeDisk.layer))
}

const pollMillisMin = 10
const defaults = { rowsMax: 256, pollMillisMax: 250 }

type Standing = { -readonly [K in keyof DrainerStatus]: DrainerStatus[K] }

const start = Effect.fnUntraced(function* (options: DrainerOptions) {
  const audit = yield* Audit
  const disk = yield* Disk
  const supervisor = yield* Supervisor.make("outbox")
  const drain = new Drain(audit, yield* resolveConnection(options), options)
  yield* supervisor.start({
    name: "drainer",
    kind: "service",
    restart: RestartPolicy.make({ from: 50 }),
    // A database or an engine that does not answer is the world's fault, and may come back.
    verdict: () => "fault",
    run: (entry) =>
      Effect.sync(() => entry.enter("running")).pipe(
        Effect.andThen(drain.life),
        Effect.provideService(Disk, disk),
        Effect.tapCause((cause) => drain.ended(cause)),
      ),
  })
  return OutboxDrainer.of({ status: () => ({ ...drain.standing }) })
})

class Drain {
  readonly standing: Standing = {
    state: "connecting",
    recorded: 0,
    foundRecorded: 0,
    refused: 0,
    claimedElsewhere: 0,
    lastProblem: undefined,
  }
  private readonly audit: Audit["Service"]
  private readonly connection: PostgresConnection
  private readonly options: DrainerOptions & typeof defaults

  constructor(audit: Audit["Service"], connection: PostgresConnection, options: DrainerOptions) {
    this.audit = audit
    this.connection = connection
    this.options = { ...defaults, ...options }
  }

  ended(cause: Cause.Cause<unknown>): Effect.Effect<void> {
    if (Cause.hasInterruptsOnly(cause)) return Effect.void
    this.standing.state = "connecting"
    this.standing.lastProblem = causeText(cause)
    return Effect.logWarning(`countersign: outbox: ${this.standing.lastProblem}`)
  }

  /** One session, until it fails. */
  readonly life = Effect.scoped(
    Effect.gen({ self: this }, function* () {
      const { audit, options, standing } = this
      const { detail, state } = audit.status()
      if (state === "closed") {
        // It never opens again. Without a session, the lock is left to who has an engine.
        standing.state = "off"
        standing.lastProblem = `the engine is closed: ${detail}`
        yield* Effect.logWarning(`countersign: outbox: nothing is drained: ${detail}`)
        return yield* Effect.never
      }
      // Before anything is asked of the database, and so before anybody is kept from draining it.
      yield* this.published
      const store = yield* connect(this.connection)
      yield* this.locked(store)
      const trail = audit.status().origin
      const left = yield* store.claim(trail)
      let { rows } = left
      let refused = yield* this.recordAll(yield* this.unrecorded(left))
      while (true) {
        const kept = new Set(refused.map(({ row }) => row))
        const gone = rows.filter((row) => !kept.has(row))
        // Read before the rows are claimed, so none of them can be in the trail below it.
        const { durableSize } = audit.status()
        const claim = yield* store.advance(trail, durableSize, gone, refused, options.rowsMax)
        standing.refused += refused.length
        rows = claim.rows
        if (rows.length === 0) yield* this.untilReady(store, trail)
        else standing.state = "draining"
        refused = yield* this.recordAll(rows)
      }
    }),
  )

  private locked(store: OutboxStore) {
    return Effect.gen({ self: this }, function* () {
      while (!(yield* store.lock)) {
        this.standing.state = "standby"
        yield* Effect.sleep(this.options.pollMillisMax)
      }
    })
  }

  /** Has the engine sign what it took, and makes sure that it is in our directory. */
  private readonly published = Effect.gen({ self: this }, function* () {
    const size = yield* this.audit.publish
    const { origin, verifierKey } = this.audit.status()
    yield* requireTrail(this.options.directory, { origin, verifierKey, size })
  })

  private untilReady(store: OutboxStore, trail: string) {
    return Effect.gen({ self: this }, function* () {
      const { standing } = this
      standing.state = "idle"
      standing.claimedElsewhere = yield* store.claimedElsewhere(trail)
      let wait = pollMillisMin
      while (!(yield* store.hasReady(trail))) {
        yield* Effect.sleep(wait)
        wait = Math.min(wait * 2, this.options.pollMillisMax)
      }
    })
  }

  /** Those of the claimed rows that the trail does not hold. */
  private unrecorded({ rows, sequence }: Claim) {
    return Effect.gen({ self: this }, function* () {
      if (rows.length === 0) return rows
      // What the engine took before it was asked this is durable after it, or will never be.
      yield* this.published
      const found = yield* findIds(
        this.options.directory,
        sequence,
        new Set(rows.map(({ id }) => id)),
      )
      this.standing.foundRecorded += found.size
      return rows.filter(({ id }) => !found.has(id))
    })
  }

  /**
   * Records rows in their order, and returns those that are refused once the others are durable.
   *
   * When more waits than one batch of the engine's holds, each class gets its share of it, and the
   * order is kept within a class alone. So where the class changes, what came before is made
   * durable first.
   */
  private recordAll(rows: ReadonlyArray<OutboxRow>) {
    return Effect.gen({ self: this }, function* () {
      const refused: Array<RefusedRow> = []
      const lostBefore = this.lost
      let lane: EventClass | undefined
      for (const row of rows) {
        const event = OutboxEvent.decode(row.event, row.id)
        const name = event instanceof InvalidEvent ? undefined : (event.class ?? "standard")
        if (name !== lane && lane !== undefined) yield* this.audit.flush
        lane = name
        const invalid = event instanceof InvalidEvent ? event : yield* this.admit(event)
        if (invalid === undefined) continue
        yield* Effect.logError(`countersign: outbox: event ${row.id}: ${invalid.message}`)
        refused.push({ row, cause: invalid.message })
      }
      if (rows.length === 0) return refused
      yield* this.audit.flush
      if (this.lost !== lostBefore) return yield* new OutboxUnsettled({ rows: rows.length })
      this.standing.recorded += rows.length - refused.length
      return refused
    })
  }

  /** Hands one event to the engine, as soon as its lane has room. */
  private admit(
    event: AuditEventInput,
  ): Effect.Effect<InvalidEvent | undefined, AuditUnavailable | OutboxUnsettled> {
    return Effect.suspend(() => {
      const { audit } = this
      const verdict = audit.recordUnsafe(event)
      if (verdict._tag === "Accepted") return Effect.succeed(undefined)
      // No engine drops what isn't telemetry, and waiting for room would not end.
      if (verdict._tag === "Dropped") return Effect.fail(new OutboxUnsettled({ rows: 1 }))
      if (verdict.error._tag === "AuditRefused") {
        const room = audit.room(event.class ?? "standard")
        return Effect.andThen(Effect.raceFirst(room, audit.failed), this.admit(event))
      }
      return verdict.error._tag === "InvalidEvent"
        ? Effect.succeed(verdict.error)
        : Effect.fail(verdict.error)
    })
  }

  private get lost(): number {
    return this.audit.status().accounts.reduce((sum, { lost }) => sum + lost, 0)
  }
}
