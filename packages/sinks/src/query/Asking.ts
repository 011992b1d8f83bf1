/**
 * Asks the database and the cache; what is asked has been checked, and is recorded by the caller.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import {
  byOrigin,
  type HighWater,
  type HighWaterMarks,
  marksAsOf,
  marksOfPage,
} from "./HighWater.ts"
import { isUnfit } from "./FilterSql.ts"
import * as PageToken from "./PageToken.ts"
import {
  digestOf,
  type PageQuery,
  type Query,
  type QueryPage,
  type QueryRow,
  type QueryStatistics,
  type ReadQuery,
  read,
  tagsOf,
  type ValueCount,
} from "./Query.ts"
import type { Found, QueryCache } from "./QueryCache.ts"
import { FilterUnfit, QueryInvalid } from "./QueryError.ts"
import type { QueryRunner, RunScope } from "./QueryRunner.ts"
import * as QueryStatement from "./QueryStatement.ts"

/**
 * What asking needs.
 *
 * @category models
 * @since 0.1.0
 */
export interface AskingOptions {
  readonly runner: QueryRunner
  readonly cache: QueryCache["Service"]
  readonly highWater: HighWater
  readonly pageRowsMax: number
  readonly exportRows: number
  readonly exportMillisMax: number
  readonly statisticsRowsMax: number
  readonly statisticsMillisMax: number
}

/** A page as it is cached: less what says where it came from. */
type CachedPage = Omit<QueryPage, "from">
type CachedStatistics = Omit<QueryStatistics, "from">

interface PageRow {
  readonly trail: number
  readonly sequence: bigint
  readonly at: string
  readonly entry: Uint8Array
}

interface Prepared {
  readonly selection: QueryStatement.Selection
  readonly highWater: HighWaterMarks
  /** All that the answer depends on, but for order, place and size of the page. */
  readonly digest: string
}

const secondMillis = 1_000
/** Values that statistics name of each kind. */
const statisticsTop = 10
/** A part of the table below this is too small to say anything. */
const sampleMin = 0.001

/**
 * Asks for one tenant or for all.
 *
 * @category models
 * @since 0.1.0
 */
export class Asking {
  private readonly options: AskingOptions
  private readonly tenant: string | undefined

  constructor(options: AskingOptions, tenant: string | undefined) {
    this.options = options
    this.tenant = tenant
  }

  readonly page = Effect.fnUntraced(function* (this: Asking, query: PageQuery) {
    const { cache, pageRowsMax } = this.options
    const { limit = pageRowsMax, order = "newest" } = query
    if (!Number.isInteger(limit) || limit < 1 || limit > pageRowsMax) {
      return yield* new QueryInvalid({
        field: "limit",
        detail: `is ${limit}; expected 1 to ${pageRowsMax}`,
      })
    }
    if (order !== "newest" && order !== "oldest") {
      return yield* new QueryInvalid({ field: "order", detail: "is neither newest nor oldest" })
    }
    const asked = yield* Effect.fromResult(read(query))
    const identity = this.identityOf(query, asked, order)
    const token = yield* tokenOf(query, identity)
    const prepared = yield* this.prepare(query, asked, token)
    const key = `page:${digestOf(prepared.digest, order, limit, token?.at)}`
    const found: Found<CachedPage> = yield* cache.lookup(
      key,
      this.readPage(identity, prepared, order, limit, token?.at),
    )
    return { ...found.value, from: found.from }
  })

  readonly statistics = Effect.fnUntraced(function* (this: Asking, query: Query) {
    const asked = yield* Effect.fromResult(read(query))
    const prepared = yield* this.prepare(query, asked, undefined)
    const found: Found<CachedStatistics> = yield* this.options.cache.lookup(
      `statistics:${prepared.digest}`,
      this.readStatistics(prepared),
    )
    return { ...found.value, from: found.from }
  })

  /** Rows of an export and what they are drawn from, a page of them at a time, each read when the one before has been taken. */
  rows(query: Omit<PageQuery, "after" | "limit">) {
    const { exportMillisMax, exportRows } = this.options
    const order = query.order ?? "oldest"
    return Stream.unwrap(
      Effect.map(this.preparedExport(query), (prepared) =>
        Stream.paginate(undefined as PageToken.PageToken["at"] | undefined, (after) =>
          Effect.map(
            this.readRows(prepared, order, exportRows, after, exportMillisMax),
            ({ next, rows }) =>
              [
                [{ rows, asOf: byOrigin(prepared.selection.marks, prepared.highWater) }],
                Option.fromUndefinedOr(next),
              ] as const,
          ),
        ),
      ),
    )
  }

  /**
   * What a query is the same as, whatever page of it is asked for, at whatever moment, and however
   * it is spelled: the same cached page serves all of its spellings.
   */
  private identityOf(
    { target }: Query,
    { filter }: ReadQuery,
    order: QueryStatement.Order,
  ): string {
    return digestOf(2, this.tenant, filter, target?.type, target?.id, order).slice(0, 22)
  }

  private readonly preparedExport = Effect.fnUntraced(function* (this: Asking, query: Query) {
    return yield* this.prepare(query, yield* Effect.fromResult(read(query)), undefined)
  })

  private readonly prepare = Effect.fnUntraced(function* (
    this: Asking,
    query: Query,
    { confinedTo, filter, isRelative }: ReadQuery,
    token: PageToken.PageToken | undefined,
  ) {
    if (this.tenant !== undefined && isUnfit(this.tenant)) {
      return yield* new FilterUnfit({ text: this.tenant })
    }
    const { highWater: reading } = this.options
    const tags = tagsOf(this.tenant, confinedTo)
    const drawn = (highWater: HighWaterMarks) =>
      Effect.map(drawnFrom(query, token, highWater), (marks) => ({ highWater, marks }))
    const { highWater, marks } = yield* Effect.flatMap(reading.read(tags), drawn).pipe(
      // Another process may know of records that were delivered since.
      Effect.catchIf(
        (error) => reading.mayBeOld && error._tag !== "QueryFailed",
        () => Effect.flatMap(reading.read(tags, true), drawn),
      ),
    )
    const nowMillis = token?.now ?? (isRelative ? yield* presentSecond : 0)
    const selection = { filter, nowMillis, marks, tenant: this.tenant, target: query.target }
    const digest = digestOf(2, highWater.source, selection, highWater.generations)
    const prepared: Prepared = { selection, highWater, digest }
    return prepared
  })

  private readonly readPage = Effect.fnUntraced(function* (
    this: Asking,
    identity: string,
    prepared: Prepared,
    order: QueryStatement.Order,
    limit: number,
    after: PageToken.PageToken["at"] | undefined,
  ) {
    const { highWater, selection } = prepared
    const { next, rows } = yield* this.readRows(prepared, order, limit, after)
    const page: CachedPage = {
      rows,
      next:
        next === undefined
          ? undefined
          : PageToken.encode({
              v: 1,
              q: identity,
              now: selection.nowMillis,
              at: next,
              marks: selection.marks,
            }),
      asOf: byOrigin(selection.marks, highWater),
    }
    return page
  })

  private readonly readRows = Effect.fnUntraced(function* (
    this: Asking,
    { highWater, selection }: Prepared,
    order: QueryStatement.Order,
    limit: number,
    after: PageToken.PageToken["at"] | undefined,
    statementMillisMax?: number,
  ) {
    // One more than is shown, to know whether another page follows.
    const statement = QueryStatement.page(selection, order, after, limit + 1)
    const found = yield* this.options.runner.read<PageRow>(
      statement,
      this.scope(statementMillisMax),
    )
    const last = found.length > limit ? found[limit - 1] : undefined
    const rows = found.slice(0, limit).map(({ entry, sequence, trail }): QueryRow => ({
      trail: highWater.originOf.get(trail) ?? String(trail),
      sequence: Number(sequence),
      entry: Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength).toString("utf8"),
    }))
    const next: PageToken.PageToken["at"] | undefined =
      last === undefined ? undefined : [last.at, last.trail, Number(last.sequence)]
    return { rows, next }
  })

  private readonly readStatistics = Effect.fnUntraced(function* (
    this: Asking,
    { highWater, selection }: Prepared,
  ) {
    const { runner, statisticsMillisMax, statisticsRowsMax } = this.options
    const scope = this.scope(statisticsMillisMax)
    const expected = rowsOf(yield* runner.read(QueryStatement.estimate(selection), scope))
    const sampled =
      expected > statisticsRowsMax ? Math.max(sampleMin, statisticsRowsMax / expected) : 1
    const rows = yield* runner.read<CountRow>(
      QueryStatement.statistics(selection, statisticsTop, sampled < 1 ? sampled : undefined),
      scope,
    )
    const asOf = byOrigin(selection.marks, highWater)
    const counts: CachedStatistics = { ...countsOf(rows, sampled), asOf }
    return counts
  })

  private scope(statementMillisMax: number | undefined): RunScope {
    return { tenant: this.tenant, statementMillisMax }
  }
}

/** The token of a page of the same query; nothing of a first page. */
const tokenOf = (
  { after }: PageQuery,
  identity: string,
): Effect.Effect<PageToken.PageToken | undefined, QueryInvalid> => {
  if (after === undefined) return Effect.succeed(undefined)
  const token = PageToken.decode(after)
  if (token?.q === identity) return Effect.succeed(token)
  const detail = token === undefined ? "is no page's next" : anothersNext
  return Effect.fail(new QueryInvalid({ field: "after", detail }))
}

const anothersNext =
  "is another query's: filter, target, checkpoints, order and tenant stay the same from page to page"

/** The marks that a query's answer is drawn from, on each of its pages. */
const drawnFrom = Effect.fnUntraced(function* (
  { asOf }: Query,
  token: PageToken.PageToken | undefined,
  highWater: HighWaterMarks,
) {
  const checkpoints = asOf === undefined ? undefined : yield* marksAsOf(asOf, highWater)
  if (token === undefined) return checkpoints ?? highWater.marks
  const marks = yield* marksOfPage(token.marks, highWater)
  if (checkpoints === undefined || digestOf(checkpoints) === digestOf(marks)) return marks
  return yield* new QueryInvalid({ field: "after", detail: anothersNext })
})

/** Within one second the same question with a relative time is the same question. */
const presentSecond = Effect.map(
  Clock.currentTimeMillis,
  (now) => Math.floor(now / secondMillis) * secondMillis,
)

interface CountRow {
  readonly dimension: number
  readonly value: string | null
  readonly count: bigint
}

/** All bits of `grouping`: what is counted by nothing. */
const inAll = 2 ** QueryStatement.dimensions.length - 1

const countsOf = (rows: ReadonlyArray<CountRow>, sampled: number) => {
  const scaled = (count: bigint) => Math.round(Number(count) / sampled)
  const by = (name: (typeof QueryStatement.dimensions)[number]): ReadonlyArray<ValueCount> => {
    const place = QueryStatement.dimensions.length - 1 - QueryStatement.dimensions.indexOf(name)
    return rows
      .filter(({ dimension }) => dimension === inAll - 2 ** place)
      .map(({ count, value }) => ({ value: value ?? undefined, count: scaled(count) }))
  }
  return {
    total: scaled(rows.find(({ dimension }) => dimension === inAll)?.count ?? 0n),
    isEstimate: sampled < 1,
    sampled,
    by: { type: by("type"), class: by("class"), outcome: by("outcome"), actor: by("actor") },
  }
}

/** The rows that the planner expects, from what `explain` says; 0 where it says nothing. */
const rowsOf = (said: ReadonlyArray<object>): number => {
  const text = JSON.stringify(said)
  const [, rows] = /\\?"Plan Rows\\?": ?(\d+)/.exec(text) ?? []
  return Number(rows ?? 0)
}
