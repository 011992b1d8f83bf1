/**
 * Questions whose asking is recorded.
 *
 * @since 0.1.0
 */
import { randomUUID } from "node:crypto"
import type { Audit } from "@countersign/core/Audit"
import type { EventClass } from "@countersign/core/event/EventClass"
import type { InvalidFilter } from "@countersign/core/query/InvalidFilter"
import type { RecordError } from "@countersign/core/Receipt"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type Access, recordAccess } from "./AccessRecord.ts"
import type { Asking } from "./Asking.ts"
import * as NdjsonLines from "./NdjsonLines.ts"
import type { PageQuery, Query, QueryPage, QueryRow, QueryStatistics } from "./Query.ts"
import type { FilterUnfit, NotDelivered, QueryFailed, QueryInvalid } from "./QueryError.ts"

/**
 * Why a question got no answer.
 *
 * @category errors
 * @since 0.1.0
 */
export type QueryError = InvalidFilter | FilterUnfit | QueryInvalid | NotDelivered | QueryFailed

/**
 * Questions, for all tenants or within one.
 *
 * @category models
 * @since 0.1.0
 */
export interface Queries {
  /** Some records, and where the next ones begin. */
  readonly page: (query: PageQuery) => Effect.Effect<QueryPage, QueryError | RecordError>
  /**
   * All records as NDJSON, each line `{"trail":…,"sequence":…,"event":…}`, some hundred lines an
   * element. Reads on as its consumer takes, in short statements, from the records that were there
   * at its beginning. Oldest first by default.
   */
  readonly export: (
    query: Omit<PageQuery, "after" | "limit">,
  ) => Stream.Stream<string, QueryError | RecordError>
  /** How many records there are, and of which types, classes, outcomes and actors. */
  readonly statistics: (query: Query) => Effect.Effect<QueryStatistics, QueryError | RecordError>
}

/**
 * Records who asks before the answer is handed out.
 *
 * @param tenant the tenant that all questions are confined to
 * @param accessClass the class of what is recorded of pages and statistics
 * @category constructors
 * @since 0.1.0
 */
export const recordedQueries = (
  asking: Asking,
  tenant: string | undefined,
  audit: Audit["Service"],
  accessClass: EventClass,
): Queries => {
  const record = (query: Query, access: Reading, className = accessClass) =>
    recordAccess(audit, className, {
      ...access,
      tenant,
      actor: query.actor,
      purpose: query.purpose,
      data: { ...askedOf(query), ...access.data },
    })
  /** Who asked and got nothing is recorded too; what kept the answer away is what is told. */
  const recorded = <A>(
    query: Query,
    action: Access["action"],
    answer: Effect.Effect<A, QueryError>,
    dataOf: (answer: A) => Access["data"],
  ) =>
    answer.pipe(
      Effect.tapError((error) =>
        error._tag === "QueryFailed"
          ? Effect.ignore(
              record(query, { action, outcome: "failure", reason: error.message, data: {} }),
            )
          : Effect.void,
      ),
      Effect.tap((found) => record(query, { action, outcome: "success", data: dataOf(found) })),
    )
  return {
    page: (query) =>
      recorded(query, "QUERY", asking.page(query), ({ asOf, from, rows }) => ({
        ...shownOf(asOf, rows[0], rows.at(-1)),
        rows: rows.length,
        from,
        isFollowing: query.after !== undefined,
      })),
    statistics: (query) =>
      recorded(query, "STATISTICS", asking.statistics(query), ({ asOf, from, total }) => ({
        ...shownOf(asOf),
        total,
        from,
      })),
    export: (query) =>
      exported(asking, query, (reading) =>
        record(query, { action: "EXPORT", ...reading }, "compliance"),
      ),
  }
}

type Reading = Pick<Access, "action" | "correlation" | "data" | "outcome" | "reason">

/** An export between the record that it begins and the record of how it ended. */
const exported = (
  asking: Asking,
  query: Omit<PageQuery, "after" | "limit">,
  record: (reading: Omit<Reading, "action">) => Effect.Effect<void, RecordError>,
): Stream.Stream<string, QueryError | RecordError> =>
  Stream.suspend(() => {
    const correlation = randomUUID()
    let rows = 0
    let shown: Access["data"] = {}
    let first: QueryRow | undefined
    let isOver = false
    const ended = (outcome: Access["outcome"], reason?: string) =>
      Effect.suspend(() => {
        if (isOver) return Effect.void
        isOver = true
        return record({ outcome, reason, correlation, data: { ...shown, rows } })
      })
    // The trail says that data leaves before any of it has left.
    return Stream.fromEffectDrain(record({ outcome: "attempt", correlation, data: {} })).pipe(
      Stream.concat(asking.rows(query)),
      Stream.tap((page) =>
        Effect.sync(() => {
          rows += page.rows.length
          first ??= page.rows[0]
          shown = shownOf(page.asOf, first, page.rows.at(-1))
        }),
      ),
      Stream.map((page) => NdjsonLines.encode(page.rows)),
      Stream.concat(Stream.fromEffectDrain(ended("success"))),
      Stream.tapError((error) => Effect.ignore(ended("failure", error.message))),
      Stream.ensuring(Effect.ignore(ended("partial", "the reader left before the end"))),
    )
  })

/** Trails whose sizes an event names; a whole event has to have room for them. */
const namedTrailsMax = 64

/** What was shown: drawn from how much of each trail, and from which record to which. */
const shownOf = (
  asOf: QueryPage["asOf"],
  first?: QueryRow,
  last?: QueryRow,
): Readonly<Record<string, unknown>> => {
  const trails = Object.keys(asOf).length
  return {
    trails,
    ...(trails > namedTrailsMax ? {} : { asOf }),
    ...(first === undefined ? {} : { first: placeOf(first) }),
    ...(last === undefined ? {} : { last: placeOf(last) }),
  }
}

const placeOf = ({ sequence, trail }: QueryRow) => ({ trail, sequence })

/** What a query asks for, as the record of it says. */
const askedOf = ({ asOf, filter, limit, order, target }: PageQuery): Access["data"] => ({
  filter: filter ?? "",
  ...(limit === undefined ? {} : { limit }),
  ...(order === undefined ? {} : { order }),
  ...(target === undefined ? {} : { target: `${target.type}/${target.id}` }),
  ...(asOf === undefined ? {} : { isAsOfCheckpoint: true }),
})
