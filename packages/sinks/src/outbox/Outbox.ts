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
import type { SqlClient } from "effect/sql/SqlClient"
import type { SqlError } from "effect/sql/SqlError"
import * as Tracer from "effect/Tracer"
import * as OutboxEvent from "./OutboxEvent.ts"

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
 * - Errors: `InvalidEvent` before anything is inserted; `SqlError`, a unique violation where an
 *   event of the same id waits already.
 *
 * @param limits those of the engine that drains the outbox. Default: those of its default profile
 * @category running
 * @since 0.1.0
 */
export const recordInTransaction = (
  sql: SqlClient,
  event: RecordInput,
  limits?: EventLimits,
): Effect.Effect<string, InvalidEvent | SqlError> =>
  Effect.withFiber((fiber) => {
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
      const encoded = OutboxEvent.encode(whole, yield* Clock.currentTimeMillis, limits)
      if (encoded instanceof InvalidEvent) return yield* encoded
      const { bytes, id } = encoded
      yield* sql`insert into countersign.outbox (id, event) values (${id}, ${bytes})`
      return id
    })
  })

/**
 * What {@link recordWithClient} needs of a client: `pg`'s `Client` and `PoolClient` have it.
 *
 * @category models
 * @since 0.1.0
 */
export interface QueryClient {
  readonly query: (text: string, values: Array<unknown>) => Promise<unknown>
}

/**
 * The same for programs without Effect, over a client of the package `pg`: the one on which the
 * transaction was begun, never a pool.
 *
 * - Errors: rejects with `InvalidEvent` before anything is inserted, or with the client's error.
 *
 * @category running
 * @since 0.1.0
 */
export const recordWithClient = async (
  client: QueryClient,
  event: AuditEventInput,
  limits?: EventLimits,
): Promise<string> => {
  const encoded = OutboxEvent.encode(event, Date.now(), limits)
  if (encoded instanceof InvalidEvent) throw encoded
  const { bytes, id } = encoded
  await client.query("insert into countersign.outbox (id, event) values ($1, $2)", [id, bytes])
  return id
}
