/**
 * Runs statements: within a time limit, for one tenant or for all, with a warning where one is slow.
 *
 * @since 0.1.0
 */
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
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

const nanosInMilli = 1e6
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
    // From a prepared statement's sixth run on the server may take a plan for no values in
    // particular. For an actor until a moment it then reads all that the actor ever did, and sorts
    // it, instead of the hundred rows at the index's end.
    const run = <A extends object>({ isPlannedOnce, text, values }: Statement) => {
      const statement = sql.unsafe<A>(text, values)
      return isPlannedOnce === true ? statement : statement.unprepared
    }

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
      Effect.flatMap(Clock.currentTimeNanos, (start) =>
        // On each way out: the slowest statements are those that get no answer.
        Effect.onExit(answered(effect, millis + graceMillis), (exit) =>
          Effect.flatMap(Clock.currentTimeNanos, (end) =>
            observed(options, statement, Number(end - start) / nanosInMilli, outcomeOf(exit)),
          ),
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
    isPlannedOnce: true,
  }
}

const outcomeOf = (exit: Exit.Exit<unknown, QueryFailed>): string => {
  if (Exit.isSuccess(exit)) return "success"
  const error = Exit.findErrorOption(exit)
  return Option.isSome(error) ? error.value.reason : "interrupted"
}

const observed = Effect.fnUntraced(function* (
  { slowMillis }: QueryRunnerOptions,
  { text }: Statement,
  millis: number,
  outcome: string,
) {
  yield* Metric.update(Metric.withAttributes(durations, { outcome }), millis)
  if (millis <= slowMillis) return
  yield* Metric.update(Metric.withAttributes(slowOnes, { outcome }), 1)
  // The statement without its values: a log is no place for whom somebody looked for.
  yield* Effect.logWarning(
    `countersign: a query took ${millis.toFixed(1)} ms (limit ${slowMillis}, ${outcome}): ${text.replaceAll(/\s+/g, " ")}`,
  )
})

/** Errors wrapped around one another at most. */
const wrapsMax = 8

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

/** The server's SQLSTATE, or the system's code. Their messages name addresses, and values of rows. */
const codePattern = /^(?:[0-9A-Z]{5}|E[A-Z]+)$/

const codeOf = (error: unknown): string | undefined => {
  let inner = error
  for (let depth = 0; depth < wrapsMax && typeof inner === "object" && inner !== null; depth++) {
    if ("code" in inner && typeof inner.code === "string" && codePattern.test(inner.code)) {
      return inner.code
    }
    inner = "cause" in inner ? inner.cause : undefined
  }
  return undefined
}

const failedOf = (error: SqlError): QueryFailed => {
  const reason = reasonOf(error)
  const code = codeOf(error.reason)
  return new QueryFailed({
    reason,
    detail: code === undefined ? words[reason] : `${words[reason]} (${code})`,
  })
}

const words: Readonly<Record<QueryFailed["reason"], string>> = {
  timeout: "it took longer than it may",
  unavailable: "there is no connection to the database, or it broke",
  refused: "the role may not do this, or the tables are not there",
  failed: "the database could not answer",
}
