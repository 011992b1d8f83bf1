/**
 * The service that reads records back: pages, exports, statistics.
 *
 * Who reads is recorded before an answer is handed out; what can't be recorded is not answered.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import type { EventClass } from "@countersign/core/event/EventClass"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import { Asking } from "./Asking.ts"
import { HighWater } from "./HighWater.ts"
import { invalidatedBy, type PageQuery } from "./Query.ts"
import { QueryCache } from "./QueryCache.ts"
import type { QueryFailed } from "./QueryError.ts"
import * as QueryRunner from "./QueryRunner.ts"
import { invalidate } from "./QueryStatement.ts"
import { type Queries, type QueryError, recordedQueries } from "./RecordedQueries.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface AuditQueryOptions {
  /** The database's address. A role that may read is enough, but for `invalidate`. */
  readonly url: Redacted.Redacted
  /** Most records in a page. Default 100. Bounds: 1 to 10,000. */
  readonly pageRowsMax?: number
  /** Connections at most. Default 4. */
  readonly connectionsMax?: number
  /** Longest time for the statement of a page. Default 5 s. */
  readonly statementTimeout?: Duration.Input
  /** Longest time for one of an export's statements. Default 60 s. */
  readonly exportTimeout?: Duration.Input
  /** Longest time for statistics. Default 30 s. */
  readonly statisticsTimeout?: Duration.Input
  /** Beyond so many expected records, statistics are taken of a part. Default 1,000,000. */
  readonly statisticsRowsMax?: number
  /** From which time on a statement is warned about. Default 10 ms. */
  readonly slowQuery?: Duration.Input
  /**
   * How old the high-water marks may be that an answer is drawn from. Default 0: they are read for
   * each question. Anything more saves that round trip where an answer is cached, and says so: an
   * answer names its marks.
   */
  readonly marksMaxAge?: Duration.Input
  /** The class of the events that say who read a page or statistics. Default `standard`. */
  readonly accessClass?: EventClass
}

/**
 * Reads records from PostgreSQL, and records who read.
 *
 * @category services
 * @since 0.1.0
 */
export class AuditQuery extends Context.Service<
  AuditQuery,
  Queries & {
    /**
     * The same, confined to the records of one tenant: by a condition of each statement, and by the
     * session's `countersign.tenant`, which row-level security goes by.
     */
    readonly within: (tenant: string) => Queries
    /**
     * Answers a page into the cache, for nobody: it is not recorded.
     *
     * @param tenant for whom it is to be
     */
    readonly warm: (query: PageQuery, tenant?: string) => Effect.Effect<void, QueryError>
    /**
     * Makes cached answers that may hold records of a tenant or an actor unreachable, in every
     * process; all answers where neither is named. Repairs, dropped months and changes of the table do
     * so by themselves; this is for what they don't notice, such as a change of one partition.
     */
    readonly invalidate: (of: {
      readonly tenant?: string | undefined
      readonly actor?: string | undefined
    }) => Effect.Effect<void, QueryFailed>
  }
>()("@countersign/sinks/query/AuditQuery") {
  static readonly layer = (
    options: AuditQueryOptions,
  ): Layer.Layer<AuditQuery, QueryFailed, Audit | QueryCache> => Layer.effect(this, make(options))
}

const defaults = {
  pageRowsMax: 100,
  connectionsMax: 4,
  statementTimeout: "5 seconds",
  exportTimeout: "60 seconds",
  statisticsTimeout: "30 seconds",
  statisticsRowsMax: 1_000_000,
  slowQuery: "10 millis",
  marksMaxAge: "0 millis",
  accessClass: "standard",
} as const

const pageRowsCeiling = 10_000
/** Rows that an export reads at once: some 200 kB, and 32 MiB where each is as large as can be. */
const exportRows = 500

const millisOf = (input: Duration.Input): number =>
  Duration.toMillis(Duration.fromInputUnsafe(input))

const make = Effect.fnUntraced(function* (input: AuditQueryOptions) {
  const options = { ...defaults, ...input }
  const audit = yield* Audit
  const cache = yield* QueryCache
  const runner = yield* QueryRunner.make({
    url: options.url,
    connectionsMax: options.connectionsMax,
    statementMillisMax: millisOf(options.statementTimeout),
    slowMillis: millisOf(options.slowQuery),
  })
  const highWater = new HighWater(runner, yield* Effect.scope, millisOf(options.marksMaxAge))
  const askingFor = (tenant: string | undefined) =>
    new Asking(
      {
        runner,
        cache,
        highWater,
        pageRowsMax: Math.min(Math.max(1, options.pageRowsMax), pageRowsCeiling),
        exportRows,
        exportMillisMax: millisOf(options.exportTimeout),
        statisticsRowsMax: options.statisticsRowsMax,
        statisticsMillisMax: millisOf(options.statisticsTimeout),
      },
      tenant,
    )
  const queriesFor = (tenant: string | undefined) =>
    recordedQueries(askingFor(tenant), tenant, audit, options.accessClass)
  return AuditQuery.of({
    ...queriesFor(undefined),
    within: queriesFor,
    warm: (query, tenant) => Effect.asVoid(askingFor(tenant).page(query)),
    invalidate: (of) =>
      runner
        .write(invalidate(invalidatedBy(of)))
        .pipe(Effect.tap(Effect.sync(() => highWater.forget()))),
  })
})
