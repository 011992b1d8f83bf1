/**
 * Drops months that are older than records are kept, and says so in the trail.
 *
 * @since 0.1.0
 */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import { faultOf } from "../postgres/PostgresFault.ts"
import type { PostgresSession } from "../postgres/PostgresSession.ts"
import { ReconcileFailed } from "./ReconcileError.ts"
import { openSession } from "./Reconciliation.ts"
import { dropEvent, type DroppedMonth } from "./RetentionRecord.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RetentionOptions<E, R> {
  readonly url: Redacted.Redacted
  /** Months before this one that are kept. 1 to 12,000. */
  readonly monthsKept: number
  /**
   * Records an event durably, in every trail that delivers into this database: a trail which does
   * not say that a month was dropped counts its records as deleted.
   */
  readonly record: (event: AuditEventInput) => Effect.Effect<unknown, E, R>
}

const ask = <A>(run: () => Promise<A>): Effect.Effect<A, ReconcileFailed> =>
  Effect.tryPromise({
    try: run,
    catch: (error) => new ReconcileFailed({ reason: "database", detail: faultOf(error).detail }),
  })

const tooOld = async (
  session: PostgresSession,
  monthsKept: number,
): Promise<ReadonlyArray<DroppedMonth>> => {
  const rows = await session.rows(
    `select to_char(month, 'YYYY-MM') from (
       select to_date(right(relname, 7), 'YYYY_MM') as month from pg_inherits
       join pg_class on pg_class.oid = inhrelid
       where inhparent = 'countersign.audit_record'::regclass
         and relname ~ '^audit_record_[0-9]{4}_[0-9]{2}$'
       union select distinct date_trunc('month', "time")::date
       from countersign.audit_record_default where isfinite("time")
     ) as months
     where month < date_trunc('month', now() - make_interval(months => $1)) order by 1`,
    [monthsKept],
  )
  return rows.map(([month]) => ({ month: String(month) }))
}

/**
 * Drops every month that ended more than so many months ago, and returns what was dropped.
 *
 * The attempt is recorded before, with the months, and the outcome after. Where the attempt can't
 * be recorded, nothing is dropped.
 *
 * - Errors: `ReconcileFailed`, and what `record` fails with.
 *
 * @category running
 * @since 0.1.0
 */
export const dropOldPartitions = <E, R>({ monthsKept, record, url }: RetentionOptions<E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* openSession(url)
      const months = yield* ask(() => tooOld(session, monthsKept))
      if (months.length === 0) return []
      yield* record(dropEvent("attempt", monthsKept, months))
      const rows = yield* ask(() =>
        session.rows(
          `select to_char(dropped_month, 'YYYY-MM'), dropped_records
           from countersign.drop_partitions($1)`,
          [monthsKept],
        ),
      ).pipe(Effect.tapError(() => record(dropEvent("failure", monthsKept, months))))
      const dropped = rows.map(([month, count]) => ({
        month: String(month),
        records: Number(count),
      }))
      yield* record(dropEvent("success", monthsKept, dropped))
      return dropped
    }),
  )
