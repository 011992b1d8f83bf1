/**
 * Runs statements: within a time limit, for one tenant or for all, with a warning where one is slow.
 *
 * @since 0.1.0
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Reactivity from "effect/reactivity/Reactivity"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { SqlError } from "effect/sql/SqlError"
import { indexText } from "../postgres/RecordColumns.ts"
import { QueryFailed } from "./QueryError.ts"
import type { Statement } from "./SqlText.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface QueryRunnerOptions {
  readonly url: Redacted.Redacted
  readonly connectionsMax: number
  /** Longest time for one statement. Units: milliseconds. */
  readonly statementMillisMax: number
  /** From which time on a statement is warned about. Units: milliseconds. */
  readonly slowMillis: number
}

/**
 * For whom a statement runs, and how long it may take where that is not as usual.
 *
 * @category models
 * @since 0.1.0
 */
export interface RunScope {
  readonly tenant: string | undefined
  /** Units: milliseconds. */
  readonly statementMillisMax?: number | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface QueryRunner {
  /** Reads rows. What `A` they are is said by who wrote the statement. */
  readonly read: <A extends object>(
    statement: Statement,
    scope: RunScope,
  ) => Effect.Effect<ReadonlyArray<A>, QueryFailed>
  /** Runs a statement that writes. */
  readonly write: (statement: Statement) => Effect.Effect<void, QueryFailed>
}

const keepAliveIdle = "10 seconds"
/** What a statement's time limit leaves out: to get a connection, and the way there and back. */
const graceMillis = 6_000

const durations = Metric.histogram("countersign_query_duration_ms", {
  description: "Time of a statement of the query service",
  boundaries: Metric.exponentialBoundaries({ start: 0.25, factor: 2, count: 16 }),
})
const slowOnes = Metric.counter("countersign_query_slow_total", {
  description: "Statements of the query service that were warned about",
  incremental: true,
})

/**
 * A runner over connections of its own, which are closed with the scope.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  options: QueryRunnerOptions,
): Effect.Effect<QueryRunner, QueryFailed, Scope.Scope> =>
  Effect.gen(function* () {
    const sql = yield* PgClient.make({
      url: options.url,
      maxConnections: options.connectionsMax,
      applicationName: "countersign-query",
      keepAlive: keepAliveIdle,
      startupParameters: { statement_timeout: String(options.statementMillisMax) },
    })
    const scope = yield* Effect.scope
    const run = <A extends object>({ text, values }: Statement) => sql.unsafe<A>(text, values)

    const scoped = <A extends object>(statement: Statement, scope: RunScope) =>
      scope.tenant === undefined && scope.statementMillisMax === undefined
        ? run<A>(statement)
        : sql.withTransaction(Effect.andThen(run(settings(scope)), run<A>(statement)))

    /** Fails when a server that is gone without a word can no longer be on its way to answer. */
    const answered = <A>(effect: Effect.Effect<A, SqlError>, millis: number) =>
      Effect.flatMap(Effect.forkIn(effect, scope), (fiber) =>
        Fiber.join(fiber).pipe(
          Effect.mapError(failedOf),
          Effect.timeoutOrElse({
            duration: millis,
            orElse: () =>
              Effect.fail(
                new QueryFailed({ reason: "unavailable", detail: `no word in ${millis} ms` }),
              ),
          }),
          // Not waited for: giving up a query takes a word of the server, too.
          Effect.onExit((exit) =>
            Exit.isSuccess(exit)
              ? Effect.void
              : Effect.asVoid(Effect.forkIn(Fiber.interrupt(fiber), scope)),
          ),
        ),
      )

    const timed = <A>(statement: Statement, effect: Effect.Effect<A, SqlError>, millis: number) =>
      Effect.timed(answered(effect, millis + graceMillis)).pipe(
        Effect.flatMap(([duration, answer]) =>
          Effect.as(observed(options, statement, Duration.toMillis(duration)), answer),
        ),
      )

    const runner: QueryRunner = {
      read: (statement, scope) =>
        timed(
          statement,
          scoped(statement, scope),
          scope.statementMillisMax ?? options.statementMillisMax,
        ),
      write: (statement) =>
        Effect.asVoid(timed(statement, run(statement), options.statementMillisMax)),
    }
    return runner
  }).pipe(
    Effect.provide(Reactivity.layer),
    Effect.catchTag("SqlError", (error) => Effect.fail(failedOf(error))),
  )

/** For this transaction alone: the connection goes back to a pool. */
const settings = ({ statementMillisMax, tenant }: RunScope): Statement => {
  const given = [
    ...(tenant === undefined ? [] : [["countersign.tenant", indexText(tenant)]]),
    ...(statementMillisMax === undefined
      ? []
      : [["statement_timeout", String(Math.max(1, Math.round(statementMillisMax)))]]),
  ]
  return {
    text: `select ${given.map((_, index) => `set_config($${2 * index + 1}::text, $${2 * index + 2}::text, true)`).join(", ")}`,
    values: given.flat(),
  }
}

const observed = Effect.fnUntraced(function* (
  { slowMillis }: QueryRunnerOptions,
  { text }: Statement,
  millis: number,
) {
  yield* Metric.update(durations, millis)
  if (millis <= slowMillis) return
  yield* Metric.update(slowOnes, 1)
  // The statement without its values: a log is no place for whom somebody looked for.
  yield* Effect.logWarning(
    `countersign: a query took ${millis.toFixed(1)} ms (limit ${slowMillis}): ${text.replaceAll(/\s+/g, " ")}`,
  )
})

const reasonOf = ({ reason }: SqlError): QueryFailed["reason"] => {
  switch (reason._tag) {
    case "StatementTimeoutError":
    case "LockTimeoutError":
      return "timeout"
    case "ConnectionError":
    case "DeadlockError":
    case "SerializationError":
      return "unavailable"
    case "AuthenticationError":
    case "AuthorizationError":
    case "SqlSyntaxError":
      return "refused"
    default:
      return "failed"
  }
}

/** What the server said of it. */
const failedOf = (error: SqlError): QueryFailed => {
  const { cause, message } = error.reason
  const said = cause instanceof Error && cause.message !== "" ? cause.message : message
  return new QueryFailed({ reason: reasonOf(error), detail: said ?? error.reason._tag })
}
