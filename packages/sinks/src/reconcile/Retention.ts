/**
 * Drops months that are older than records are kept, and says so in the trail.
 *
 * @since 0.1.0
 */
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import { faultOf, type PostgresFault } from "../postgres/PostgresFault.ts"
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
  /** Longest wait in the queue for the table, in which queries behind it wait too. Default 2,000. */
  readonly lockMillisMax?: number
  /** How long it tries again where the table is never free. Default 300,000. */
  readonly waitMillisMax?: number
  /**
   * Records an event durably, in every trail that delivers into this database: a trail which does
   * not say that a month was dropped counts its records as deleted.
   */
  readonly record: (event: AuditEventInput) => Effect.Effect<unknown, E, R>
}

const lockMillisDefault = 2_000
const waitMillisDefault = 300_000
// Of the time that a drop waits for its turn, queries have five sixths to themselves.
const pauseFactor = 5

const busyStates: ReadonlySet<string | undefined> = new Set([
  "40P01", // a deadlock
  "55P03", // a lock that was not to be had in time
])

const failed = ({ detail }: PostgresFault): ReconcileFailed =>
  new ReconcileFailed({ reason: "database", detail })

const ask = <A>(run: () => Promise<A>): Effect.Effect<A, PostgresFault> =>
  Effect.tryPromise({ try: run, catch: faultOf })

const openRetention = Effect.fnUntraced(function* (url: Redacted.Redacted, lockMillisMax: number) {
  const session = yield* openSession(url)
  // Counting takes as long as it takes, and holds nobody up.
  const settings = `set statement_timeout = 0; set lock_timeout = ${Math.ceil(lockMillisMax)}`
  yield* ask(() => session.script(settings)).pipe(Effect.mapError(failed))
  return session
})

const oldMonths = Effect.fnUntraced(function* (session: PostgresSession, monthsKept: number) {
  const rows = yield* ask(() =>
    session.rows("select to_char(month, 'YYYY-MM') from countersign.old_months($1) as month", [
      monthsKept,
    ]),
  ).pipe(Effect.mapError(failed))
  return rows.map(([month]): DroppedMonth => ({ month: String(month) }))
})

const dropMonth = Effect.fnUntraced(function* (
  session: PostgresSession,
  month: string,
  monthsKept: number,
) {
  const day = `${month}-01`
  const [counted] = yield* ask(() => session.rows("select countersign.count_month($1)", [day]))
  const [dropped] = yield* ask(() =>
    session.rows("select countersign.drop_month($1, $2, $3)", [day, monthsKept, counted?.[0]]),
  )
  return { month, records: Number(dropped?.[0]) }
})

/**
 * Drops every month that ended more than so many months ago, and returns what was dropped.
 *
 * The attempt is recorded before, with the months, and the outcome after. Where the attempt can't
 * be recorded, nothing is dropped. Each month goes in a transaction of its own, which gives its
 * place in the queue for the table back after `lockMillisMax`, so that queries go on.
 *
 * - Errors: `ReconcileFailed`, and what `record` fails with.
 *
 * @category running
 * @since 0.1.0
 */
export const dropOldPartitions = <E, R>({
  lockMillisMax = lockMillisDefault,
  monthsKept,
  record,
  url,
  waitMillisMax = waitMillisDefault,
}: RetentionOptions<E, R>) =>
  Effect.scoped(
    Effect.gen(function* () {
      const session = yield* openRetention(url, lockMillisMax)
      const months = yield* oldMonths(session, monthsKept)
      if (months.length === 0) return []
      yield* record(dropEvent("attempt", monthsKept, months))
      const dropped: Array<Required<DroppedMonth>> = []
      const pause = lockMillisMax * pauseFactor
      const whileBusy = {
        schedule: Schedule.spaced(pause),
        times: Math.floor(waitMillisMax / (pause + lockMillisMax)),
        while: ({ sqlState }: PostgresFault) => busyStates.has(sqlState),
      }
      for (const { month } of months) {
        const outcome = yield* dropMonth(session, month, monthsKept).pipe(
          Effect.retry(whileBusy),
          Effect.result,
        )
        if (Result.isSuccess(outcome)) {
          dropped.push(outcome.success)
          continue
        }
        if (dropped.length > 0) yield* record(dropEvent("success", monthsKept, dropped))
        // Where no answer came, the month may be gone: then the attempt is all that is known of it.
        const isAnswered = outcome.failure.sqlState !== undefined
        const kept = months.slice(dropped.length + (isAnswered ? 0 : 1))
        if (kept.length > 0) yield* record(dropEvent("failure", monthsKept, kept))
        return yield* failed(outcome.failure)
      }
      yield* record(dropEvent("success", monthsKept, dropped))
      return dropped
    }),
  )
