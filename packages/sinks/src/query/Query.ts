/**
 * A question to the records, and its answers.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import type { Actor } from "@countersign/core/event/AuditEvent"
import * as Filter from "@countersign/core/query/Filter"
import type { InvalidFilter } from "@countersign/core/query/InvalidFilter"
import * as Result from "effect/Result"
import * as FilterSql from "./FilterSql.ts"
import { FilterUnfit, QueryInvalid } from "./QueryError.ts"
import type { Order } from "./QueryStatement.ts"

/**
 * Which records are asked for, and by whom.
 *
 * @category models
 * @since 0.1.0
 */
export interface Query {
  /** As `docs/filter.md` has it. Default: every record. */
  readonly filter?: string | undefined
  /** Only records with a target of this type and id. There is an index for it. */
  readonly target?: { readonly type: string; readonly id: string } | undefined
  /**
   * Checkpoints: of each trail that is named, its first so many records, and nothing of the others.
   * Default: what was delivered by now.
   */
  readonly asOf?: Readonly<Record<string, number>> | undefined
  /** Who asks. Default: `CurrentActor`. */
  readonly actor?: Actor | undefined
  /** Why, for the record of the reading. */
  readonly purpose?: string | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PageQuery extends Query {
  /** By time. Default `newest` first. */
  readonly order?: Order | undefined
  /** Default, and at most: `pageRowsMax` of the service. */
  readonly limit?: number | undefined
  /** The `next` of the page before. The rest of the query is as it was. */
  readonly after?: string | undefined
}

/**
 * A record as it was delivered.
 *
 * @category models
 * @since 0.1.0
 */
export interface QueryRow {
  /** Origin of the trail. */
  readonly trail: string
  readonly sequence: number
  /** Canonical JSON, as it lies in the trail. */
  readonly entry: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface QueryPage {
  readonly rows: ReadonlyArray<QueryRow>
  /** Leads to the next page; `undefined` on the last one. */
  readonly next: string | undefined
  /** How many records of each trail the answer is drawn from: the same on each page. */
  readonly asOf: Readonly<Record<string, number>>
  /** Where the answer came from: `none` for the database, or a tier of the cache. */
  readonly from: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ValueCount {
  /** `undefined` for records without it. */
  readonly value: string | undefined
  readonly count: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface QueryStatistics {
  readonly total: number
  /** Whether the counts are extrapolated from a part of the table. */
  readonly isEstimate: boolean
  /** The part of the table that was read. Range: 0 to 1. */
  readonly sampled: number
  /** The most frequent values. */
  readonly by: {
    readonly type: ReadonlyArray<ValueCount>
    readonly class: ReadonlyArray<ValueCount>
    readonly outcome: ReadonlyArray<ValueCount>
    readonly actor: ReadonlyArray<ValueCount>
  }
  readonly asOf: Readonly<Record<string, number>>
  readonly from: string
}

/** A query that was read and found to be one. */
export interface ReadQuery {
  readonly filter: Filter.Filter
  /** Relative times in it make its answer depend on the moment. */
  readonly isRelative: boolean
  /** The one actor whose records it asks for, if it is confined to one. */
  readonly confinedTo: string | undefined
}

/**
 * Reads a query's parts; nothing is asked.
 *
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  query: Query,
): Result.Result<ReadQuery, InvalidFilter | FilterUnfit | QueryInvalid> => {
  const filter =
    query.filter === undefined ? Result.succeed(Filter.everything) : Filter.parse(query.filter)
  if (Result.isFailure(filter)) return Result.fail(filter.failure)
  const unfit =
    FilterSql.unfitText(filter.success) ??
    [query.target?.type, query.target?.id].find(
      (text) => text !== undefined && FilterSql.isUnfit(text),
    )
  if (unfit !== undefined) return Result.fail(new FilterUnfit({ text: unfit }))
  for (const [trail, size] of Object.entries(query.asOf ?? {})) {
    if (Number.isSafeInteger(size) && size >= 0) continue
    return Result.fail(
      new QueryInvalid({ field: "asOf", detail: `asks for ${size} records of ${trail}` }),
    )
  }
  return Result.succeed({
    filter: filter.success,
    isRelative: isRelative(filter.success),
    confinedTo: actorOf(filter.success),
  })
}

const isRelative = (filter: Filter.Filter): boolean => {
  switch (filter._tag) {
    case "And":
      return filter.all.some(isRelative)
    case "Or":
      return filter.any.some(isRelative)
    case "Not":
      return isRelative(filter.filter)
    case "Compare":
      return filter.value._tag === "Ago"
    default:
      return false
  }
}

const actorOf = (filter: Filter.Filter): string | undefined => {
  if (filter._tag === "And") {
    for (const each of filter.all) {
      const actor = actorOf(each)
      if (actor !== undefined) return actor
    }
    return undefined
  }
  const isActor =
    filter._tag === "Compare" && filter.operator === "=" && filter.path.join("\0") === "actor\0id"
  // The moment of an instant may be written in other ways too.
  return isActor && filter.value._tag !== "Instant" && filter.value._tag !== "Ago"
    ? filter.value.text
    : undefined
}

/**
 * A digest of JSON values, as short as a key may be.
 *
 * @category encoding
 * @since 0.1.0
 */
export const digestOf = (...parts: ReadonlyArray<unknown>): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("base64url")

/**
 * A query's tags: an answer is made anew once one of them was invalidated.
 *
 * An answer that is not confined to one tenant or actor may hold records of any, so it depends on
 * all of them.
 *
 * @category encoding
 * @since 0.1.0
 */
export const tagsOf = (
  tenant: string | undefined,
  actor: string | undefined,
): ReadonlyArray<string> => [
  "all",
  tenant === undefined ? "tenants" : `tenant:${tenant}`,
  actor === undefined ? "actors" : `actor:${actor}`,
]

/**
 * What is invalidated with a tenant or an actor, or with neither: everything.
 *
 * @category encoding
 * @since 0.1.0
 */
export const invalidatedBy = ({
  actor,
  tenant,
}: {
  readonly tenant?: string | undefined
  readonly actor?: string | undefined
}): ReadonlyArray<string> => {
  const tags = [
    ...(tenant === undefined ? [] : ["tenants", `tenant:${tenant}`]),
    ...(actor === undefined ? [] : ["actors", `actor:${actor}`]),
  ]
  return tags.length === 0 ? ["all"] : tags
}
