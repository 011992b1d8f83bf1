/**
 * SQL statements of the application: how many, how long, and an event for each that was slow.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import { monotonicMillis } from "@countersign/core/engine/Monotonic"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { Metrics } from "./Metrics.ts"
import { slowEvent } from "./SlowEvent.ts"
import { operationOf, withoutValues } from "./SqlText.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface QueryMetricsOptions {
  /** What takes longer is slow. Units: milliseconds. Default 10. */
  readonly slowMillis?: number
}

/**
 * One statement that is over.
 *
 * @category models
 * @since 0.1.0
 */
export interface FinishedQuery {
  /** As it was sent; its values never leave this process. */
  readonly statement: string
  /**
   * Whose SQL it is, by OpenTelemetry's `db.system.name`: `postgresql`, `mysql`. Where that is not
   * said, less of a slow statement is shown.
   */
  readonly system?: string | undefined
  readonly millis: number
  readonly isFailed: boolean
}

/**
 * What has statements sent: a pool or a client of `pg`, or another with the same function.
 *
 * @category models
 * @since 0.1.0
 */
export interface Queryable {
  query: (...given: never) => unknown
}

/**
 * @category services
 * @since 0.1.0
 */
export class QueryMetrics extends Context.Service<
  QueryMetrics,
  {
    /** For drivers of other kinds: counts a statement that is over. */
    readonly finished: (query: FinishedQuery) => void
    /**
     * Counts what goes through `query` of a pool, whoever holds it. What a client of the pool is
     * asked within a transaction does not: watch clients instead of the pool for that, by
     * `pool.on("connect", (client) => queries.watch(client))`. Returns what ends it.
     */
    readonly watch: (queryable: Queryable, options?: Pick<FinishedQuery, "system">) => () => void
    /**
     * The same tracer, which also counts the spans of Effect's SQL clients. Where spans are switched
     * off there is nothing to count.
     */
    readonly tracer: (tracer: Tracer.Tracer) => Tracer.Tracer
  }
>()("@countersign/monitor/metric/QueryMetrics") {
  static readonly layer = (
    options: QueryMetricsOptions = {},
  ): Layer.Layer<QueryMetrics, never, Audit | Metrics> => Layer.effect(this, make(options))

  /** Counts the statements of Effect's SQL clients in all that it is provided to. */
  static readonly layerTracer: Layer.Layer<never, never, QueryMetrics> = Layer.effect(
    Tracer.Tracer,
    Effect.gen(function* () {
      return (yield* QueryMetrics).tracer(yield* Effect.service(Tracer.Tracer))
    }),
  )
}

/** OpenTelemetry's name for it, which Effect's SQL clients give to their spans. */
const statementAttribute = "db.query.text"
/** The newer name and the one before it. */
const systemAttributes = ["db.system.name", "db.system"]
const nanosPerMilli = 1e6

/** What `pg` and its likes take: a text, or something with one. */
const statementOf = (given: unknown): string => {
  if (typeof given === "string") return given
  return typeof given === "object" &&
    given !== null &&
    "text" in given &&
    typeof given.text === "string"
    ? given.text
    : ""
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function"

type Query = (this: unknown, ...given: ReadonlyArray<unknown>) => unknown

const make = Effect.fnUntraced(function* ({ slowMillis = 10 }: QueryMetricsOptions) {
  const audit = yield* Audit
  const metrics = yield* Metrics
  const clock = yield* Clock.clockWith(Effect.succeed)
  const now = (): number => monotonicMillis(clock)

  const finished = ({ isFailed, millis, statement, system }: FinishedQuery): void => {
    const operation = operationOf(statement)
    const outcome = isFailed ? "failure" : "success"
    metrics.recorder("countersign_sql_query_seconds", { operation, outcome }).record(millis / 1000)
    if (millis <= slowMillis) return
    metrics.counter("countersign_sql_slow_queries_total", { operation }).add()
    audit.recordUnsafe(
      slowEvent({
        type: "sql.query.slow",
        target: withoutValues(statement, system),
        millis,
        thresholdMillis: slowMillis,
        isFailed,
        data: { operation },
      }),
    )
  }

  const watch: QueryMetrics["Service"]["watch"] = (queryable, { system } = {}) => {
    // The overloads of drivers differ; what is given is handed on as it came.
    const query = queryable.query as Query
    const watched: Query = function (...given) {
      const from = now()
      const statement = statementOf(given[0])
      const done = (isFailed: boolean): void =>
        finished({ statement, system, isFailed, millis: now() - from })
      const callback = given.at(-1)
      if (typeof callback === "function") {
        const answered = function (this: unknown, ...answer: ReadonlyArray<unknown>): unknown {
          done(answer[0] !== null && answer[0] !== undefined)
          return Reflect.apply(callback, this, answer)
        }
        return Reflect.apply(query, this, [...given.slice(0, -1), answered])
      }
      const result = Reflect.apply(query, this, given)
      // What answers in events of its own, such as a cursor, is not measured.
      if (isThenable(result)) {
        result.then(
          () => done(false),
          () => done(true),
        )
      }
      return result
    }
    queryable.query = watched
    return () => {
      if (queryable.query === watched) queryable.query = query
    }
  }

  const tracer: QueryMetrics["Service"]["tracer"] = (inner) =>
    Tracer.make({
      ...(inner.context === undefined ? {} : { context: inner.context }),
      span: (options) => {
        const span = inner.span(options)
        if (options.kind === "client") watchSpan(span, options.startTime, finished)
        return span
      },
    })

  return QueryMetrics.of({ finished, watch, tracer })
})

const systemOf = ({ attributes }: Tracer.Span): string | undefined => {
  const named = systemAttributes.map((name) => attributes.get(name))
  return named.find((system) => typeof system === "string")
}

/** The span is new and nobody else's yet, so its end may be heard in its own place. */
const watchSpan = (
  span: Tracer.Span,
  startTime: bigint,
  finished: (query: FinishedQuery) => void,
): void => {
  const end = span.end.bind(span)
  span.end = (endTime, exit) => {
    end(endTime, exit)
    const statement = span.attributes.get(statementAttribute)
    if (typeof statement !== "string") return
    finished({
      statement,
      system: systemOf(span),
      isFailed: Exit.isFailure(exit),
      millis: Number(endTime - startTime) / nanosPerMilli,
    })
  }
}
