/**
 * Recording within the application's own transaction.
 *
 * The event is a row of the same transaction: rolled back, it was never recorded; committed, the
 * drainer (`OutboxDrainer`) records it exactly once, whatever dies in between.
 *
 * @since 0.1.0
 */
import { CurrentActor } from "@countersign/core/CurrentActor"
import type { Actor, AuditEventInput } from "@countersign/core/event/AuditEvent"
import type { EventLimits } from "@countersign/core/event/EventEncoder"
import { InvalidEvent } from "@countersign/core/event/InvalidEvent"
import type { RecordInput } from "@countersign/core/Receipt"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Tracer from "effect/Tracer"
import * as OutboxEvent from "./OutboxEvent.ts"

/**
 * An event was to be recorded in a transaction, and there is none. Nothing was inserted.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotInTransaction extends Schema.TaggedError<NotInTransaction>(
  "@countersign/sinks/NotInTransaction",
)("NotInTransaction", {
  code: Schema.tag("AUD-4804"),
  isRetryable: Schema.tag(false),
  problem: Schema.String,
  expected: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the event would be committed by itself, whatever becomes of the change it tells of: ${this.problem}; expected ${this.expected}`
  }
}

/**
 * Inserts an event with the client's current transaction, and returns the event's id.
 *
 * The actor and the trace may come from the fiber's context, as with `Audit.record`.
 *
 * ```ts
 * yield* sql.withTransaction(Effect.gen(function* () {
 *   yield* sql`update patient set phone = ${phone} where id = ${id}`
 *   yield* recordInTransaction(sql, { type: "patient.record.changed", actor, outcome: "success" })
 * }))
 * ```
 *
 * - Errors: `NotInTransaction` and `InvalidEvent` before anything is inserted; `SqlError`, a unique
 *   violation where an event of the same id waits already.
 *
 * @param limits those of the engine that drains the outbox. Default: those of its default profile
 * @category running
 * @since 0.1.0
 */
export const recordInTransaction = (
  sql: SqlClient,
  event: RecordInput,
  limits?: EventLimits,
): Effect.Effect<string, InvalidEvent | NotInTransaction | SqlError> =>
  Effect.withFiber((fiber) => {
    const transaction = Context.getOrUndefined(fiber.context, sql.transactionService)
    const span =
      event.trace === undefined
        ? Context.getOrUndefined(fiber.context, Tracer.ParentSpan)
        : undefined
    const whole = {
      ...event,
      // Without any actor the encoder refuses the event and names the path.
      actor: (event.actor ?? fiber.getRef(CurrentActor)) as Actor,
      ...(span === undefined ? {} : { trace: { traceId: span.traceId, spanId: span.spanId } }),
    }
    return Effect.gen(function* () {
      if (transaction === undefined) return yield* outsideOfEffect
      const encoded = OutboxEvent.encode(whole, yield* Clock.currentTimeMillis, limits)
      if (encoded instanceof InvalidEvent) return yield* encoded
      const { bytes, id } = encoded
      yield* sql`insert into countersign.outbox (id, event) values (${id}, ${bytes})`
      return id
    })
  })

const outsideOfEffect = new NotInTransaction({
  problem: "this fiber is in no transaction of this client",
  expected: "to be run within sql.withTransaction of the same client",
})

/**
 * What {@link recordWithClient} needs of a client: `pg`'s `Client` and `PoolClient` have it, and
 * its `Pool` has not.
 *
 * @category models
 * @since 0.1.0
 */
export interface QueryClient {
  readonly query: (text: string, values: Array<unknown>) => Promise<unknown>
  /** What the server last said: `I` is outside of a transaction, `T` within, `E` in a failed one. */
  readonly getTransactionStatus: () => string | null
}

/**
 * The same for programs without Effect, over a client of the package `pg`: the one on which the
 * transaction was begun (and `begin` awaited), never a pool.
 *
 * - Errors: rejects with `NotInTransaction` and `InvalidEvent` before anything is inserted, or with
 *   the client's error.
 *
 * @category running
 * @since 0.1.0
 */
export const recordWithClient = async (
  client: QueryClient,
  event: AuditEventInput,
  limits?: EventLimits,
): Promise<string> => {
  const outside = outsideOf(client)
  if (outside !== undefined) throw outside
  const encoded = OutboxEvent.encode(event, Date.now(), limits)
  if (encoded instanceof InvalidEvent) throw encoded
  const { bytes, id } = encoded
  await client.query("insert into countersign.outbox (id, event) values ($1, $2)", [id, bytes])
  return id
}

const outsideOf = (client: QueryClient): NotInTransaction | undefined => {
  const expected = "the client of pg on which begin was awaited"
  // Programs without types hand over a pool all the same: each of its queries has a client of its own.
  if (typeof client.getTransactionStatus !== "function") {
    return new NotInTransaction({ problem: "this is a pool, or a client that can't say", expected })
  }
  const status = client.getTransactionStatus()
  return status === "T" || status === "E"
    ? undefined
    : new NotInTransaction({ problem: "this client is in no transaction", expected })
}
