/**
 * The outbox as its drainer sees it: one session that holds the lock and makes every statement.
 *
 * The lock belongs to the session, so what is done here is done by the only drainer or not at all.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { Client } from "pg"
import { faultOf } from "../postgres/PostgresFault.ts"
import type { PostgresConnection } from "../postgres/PostgresOptions.ts"

/**
 * The database did not do what the outbox asked for.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutboxError extends Schema.TaggedError<OutboxError>("@countersign/sinks/OutboxError")(
  "OutboxError",
  {
    code: Schema.tag("AUD-4801"),
    isRetryable: Schema.tag(true),
    /** What was asked for. */
    step: Schema.String,
    detail: Schema.String,
    /** The server's code of five characters, where the server answered. */
    sqlState: Schema.optionalKey(Schema.String),
  },
) {
  override get message(): string {
    return `${this.code}: the outbox could not ${this.step}: ${this.detail}; it is tried again`
  }
}

/**
 * A waiting event.
 *
 * @category models
 * @since 0.1.0
 */
export interface OutboxRow {
  readonly number: string
  readonly id: string
  readonly event: Uint8Array
}

/**
 * The rows that are being moved into a trail. They are in it at `sequence` or later, or not yet.
 *
 * @category models
 * @since 0.1.0
 */
export interface Claim {
  readonly sequence: number
  readonly rows: ReadonlyArray<OutboxRow>
}

/**
 * A row that no engine will take, and why.
 *
 * @category models
 * @since 0.1.0
 */
export interface RefusedRow {
  readonly row: OutboxRow
  readonly cause: string
}

// "csob" and "drain": two numbers that nobody else locks by chance.
const lock = "pg_try_advisory_lock(1668509538, 1685217647)"
const connectMillis = 5_000
const queryMillis = 30_000
const endMillis = 1_000
const causeLengthMax = 1_000

// A row is ready when every transaction up to its own has ended, so that no late committer can
// come before it. A row of a number that this server has not given out yet was restored from
// another server, and its transaction is over. The order is by the column: `number` alone would
// be the text that is handed out.
// Two ranges of the index: while one old transaction stays open, a single walk would pass over
// all that waits for it, with each look.
const readyWhere = (condition: string): string => `
  (select number, xid, id, event from countersign.outbox
   where refused is null and ${condition}
     and not exists (
       select from countersign.outbox_claim claim
       where claim.trail <> $1 and number = any (claim.numbers)
     )
   order by xid, number limit $2)`

/**
 * The rows that are ready for a trail (`$1`), in their order, at most so many (`$2`).
 *
 * @category constants
 * @since 0.1.0
 */
export const readyRows = `
  select number::text as number, id, event from (
    ${readyWhere("xid < pg_snapshot_xmin(pg_current_snapshot())")}
    union all
    ${readyWhere("xid >= pg_snapshot_xmax(pg_current_snapshot())")}
  ) as ready
  order by ready.xid, ready.number limit $2`

/**
 * A connected session.
 *
 * @category models
 * @since 0.1.0
 */
export class OutboxStore {
  private readonly client: Client

  constructor(client: Client) {
    this.client = client
  }

  private ask<Row extends object>(
    step: string,
    text: string,
    values: ReadonlyArray<unknown> = [],
  ): Effect.Effect<ReadonlyArray<Row>, OutboxError> {
    return Effect.tryPromise({
      try: async () => (await this.client.query<Row>(text, [...values])).rows,
      catch: (cause) => errorOf(step, cause),
    })
  }

  /** Whether this session is now the drainer of this database. */
  readonly lock: Effect.Effect<boolean, OutboxError> = Effect.suspend(() =>
    Effect.map(
      this.ask<{ readonly held: boolean }>("take its lock", `select ${lock} as held`),
      ([row]) => row?.held === true,
    ),
  )

  /** What was being moved into this trail when its last drainer ended. */
  claim(trail: string): Effect.Effect<Claim, OutboxError> {
    return Effect.gen({ self: this }, function* () {
      const [claim] = yield* this.ask<{ readonly sequence: string }>(
        "read its claim",
        "select sequence::text as sequence from countersign.outbox_claim where trail = $1",
        [trail],
      )
      if (claim === undefined) return { sequence: 0, rows: [] }
      const rows = yield* this.ask<OutboxRow>(
        "read its claimed rows",
        `select number::text as number, id, event from countersign.outbox
         where number = any ((select numbers from countersign.outbox_claim where trail = $1)::bigint[])
         order by outbox.xid, outbox.number`,
        [trail],
      )
      return { sequence: Number(claim.sequence), rows }
    })
  }

  /** Whether any row is ready for this trail. */
  hasReady(trail: string): Effect.Effect<boolean, OutboxError> {
    return Effect.map(
      this.ask<object>("look for events", `select 1 from (${readyRows}) as ready`, [trail, 1]),
      (rows) => rows.length > 0,
    )
  }

  /**
   * Ends a claim and begins the next in one transaction: what was recorded goes, what was refused
   * is marked, and the rows that are ready are claimed.
   *
   * @param sequence below which none of the newly claimed rows can be in the trail
   */
  advance(
    trail: string,
    sequence: number,
    recorded: ReadonlyArray<OutboxRow>,
    refused: ReadonlyArray<RefusedRow>,
    rowsMax: number,
  ): Effect.Effect<Claim, OutboxError> {
    const step = "move on"
    return Effect.gen({ self: this }, function* () {
      yield* this.ask(step, "begin")
      yield* this.ask(step, "delete from countersign.outbox where number = any ($1::bigint[])", [
        recorded.map(({ number }) => number),
      ])
      for (const { cause, row } of refused) {
        yield* this.ask(step, "update countersign.outbox set refused = $2 where number = $1", [
          row.number,
          cause.replaceAll("\0", "\\u0000").slice(0, causeLengthMax),
        ])
      }
      const rows = yield* this.ask<OutboxRow>(step, readyRows, [trail, rowsMax])
      yield* this.ask(
        step,
        `insert into countersign.outbox_claim (trail, sequence, numbers) values ($1, $2, $3)
         on conflict (trail) do update
         set sequence = excluded.sequence, numbers = excluded.numbers, updated_at = now()`,
        [trail, sequence, rows.map(({ number }) => number)],
      )
      yield* this.ask(step, "commit")
      return { sequence, rows }
    })
  }

  /** Rows that another trail's drainer has claimed and not finished: they wait for it. */
  claimedElsewhere(trail: string): Effect.Effect<number, OutboxError> {
    return Effect.map(
      this.ask<{ readonly count: string }>(
        "look for claims",
        `select count(*) as count from countersign.outbox
         where number in (
           select unnest(numbers) from countersign.outbox_claim where trail <> $1
         )`,
        [trail],
      ),
      ([row]) => Number(row?.count ?? 0),
    )
  }
}

const errorOf = (step: string, cause: unknown): OutboxError => {
  const { detail, sqlState } = faultOf(cause)
  return new OutboxError({ step, detail, ...(sqlState === undefined ? {} : { sqlState }) })
}

/**
 * A session of its own, which ends with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const connect = Effect.fnUntraced(function* ({ address, ssl }: PostgresConnection) {
  const url = Redacted.value(yield* address)
  const client = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: async () => {
        const client = new Client({
          connectionString: url,
          application_name: "countersign-outbox",
          connectionTimeoutMillis: connectMillis,
          query_timeout: queryMillis,
          statement_timeout: queryMillis,
          keepAlive: true,
          keepAliveInitialDelayMillis: 10_000,
          ...(ssl === undefined ? {} : { ssl }),
        })
        // A connection that ends between two statements is told by the next one.
        client.on("error", () => undefined)
        await client.connect()
        // The server too has to see soon that a drainer is gone, since it holds the lock.
        await client.query("set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5")
        return client
      },
      catch: (cause) => errorOf("connect", cause),
    }),
    (client) =>
      Effect.promise(() => client.end().catch(() => undefined)).pipe(
        Effect.timeoutOption(endMillis),
        Effect.andThen(Effect.sync(() => client.connection.stream.destroy())),
      ),
  )
  return new OutboxStore(client)
})
