/**
 * The statements of the query service.
 *
 * A page follows the last row of the page before it, by (time, trail, sequence): never `offset`,
 * whose cost grows with the page's number and which skips rows when others are added.
 *
 * @since 0.1.0
 */
import type { Filter } from "@countersign/core/query/Filter"
import { indexText } from "../postgres/RecordColumns.ts"
import * as FilterSql from "./FilterSql.ts"
import type { PageToken } from "./PageToken.ts"
import { Parameters, type Statement } from "./SqlText.ts"

/**
 * How many records of each trail an answer is drawn from: trail numbers and sizes.
 *
 * @category models
 * @since 0.1.0
 */
export type Marks = PageToken["marks"]

/**
 * Which rows are asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface Selection {
  readonly filter: Filter
  /** What relative times count from. Units: milliseconds since 1970. */
  readonly nowMillis: number
  readonly marks: Marks
  /** Only rows of this tenant. */
  readonly tenant: string | undefined
  /** Only rows with a target that has both. */
  readonly target: { readonly type: string; readonly id: string } | undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export type Order = "newest" | "oldest"

const conditionsOf = (selection: Selection, parameters: Parameters) => {
  const marks = parameters.add(JSON.stringify(Object.fromEntries(selection.marks)), "jsonb")
  const conditions = [`r.sequence < (${marks} ->> r.trail::text)::bigint`]
  if (selection.tenant !== undefined) {
    conditions.push(`r.tenant = ${parameters.add(indexText(selection.tenant), "text")}`)
  }
  if (selection.target !== undefined) {
    const { id, type } = selection.target
    conditions.push(`r.targets @> array[${parameters.add(indexText(`${type}/${id}`), "text")}]`)
  }
  const filter = FilterSql.compile(selection.filter, selection.nowMillis, parameters)
  if (filter.text !== "true") conditions.push(filter.text)
  return { conditions, join: filter.readsEntry ? `\n${FilterSql.documentJoin}` : "" }
}

/**
 * A page's rows: trail number, sequence, time with microseconds, and bytes.
 *
 * @param limit rows at most
 * @category constructors
 * @since 0.1.0
 */
export const page = (
  selection: Selection,
  order: Order,
  after: PageToken["at"] | undefined,
  limit: number,
): Statement => {
  const parameters = new Parameters()
  const { conditions, join } = conditionsOf(selection, parameters)
  const direction = order === "newest" ? "desc" : "asc"
  if (after !== undefined) {
    const [time, trail, sequence] = after
    const at = `(${parameters.add(time, "timestamp")} at time zone 'UTC')`
    const row = `(${at}, ${parameters.add(String(trail), "integer")}, ${parameters.add(String(sequence), "bigint")})`
    const comparison = order === "newest" ? "<" : ">"
    // The first of the two is implied by the other, and is what partitions are pruned by.
    conditions.push(
      `r."time" ${comparison}= ${at}`,
      `(r."time", r.trail, r.sequence) ${comparison} ${row}`,
    )
  }
  return {
    text: `select r.trail, r.sequence,
  coalesce(to_char(r."time" at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US AD'), '-infinity') as at,
  r.entry
from countersign.audit_record r${join}
where ${conditions.join("\n  and ")}
order by r."time" ${direction}, r.trail ${direction}, r.sequence ${direction}
limit ${Math.trunc(limit)}`,
    values: parameters.values,
  }
}

/**
 * What the planner expects a selection to find, from its own statistics: no row is read.
 *
 * @category constructors
 * @since 0.1.0
 */
export const estimate = (selection: Selection): Statement => {
  const parameters = new Parameters()
  const { conditions, join } = conditionsOf(selection, parameters)
  return {
    text: `explain (format json) select from countersign.audit_record r${join}
where ${conditions.join("\n  and ")}`,
    values: parameters.values,
  }
}

/**
 * Columns that are counted by, in the order of the bits that `grouping` gives.
 *
 * @category constants
 * @since 0.1.0
 */
export const dimensions = ["type", "class", "outcome", "actor"] as const

/**
 * Counts of a selection: in all (`dimension` 15), and by each of the {@link dimensions} (`dimension`
 * without its bit), the most frequent first.
 *
 * @param top values a dimension at most
 * @param sample the part of the table's pages that is read, where not all are. Range: 0 to 1
 * @category constructors
 * @since 0.1.0
 */
export const statistics = (selection: Selection, top: number, sample?: number): Statement => {
  const parameters = new Parameters()
  const { conditions, join } = conditionsOf(selection, parameters)
  const sampled =
    sample === undefined
      ? ""
      : ` tablesample system (${parameters.add(String(sample * 100), "float8")}) repeatable (0)`
  return {
    text: `with picked as (
  select r.type, r.class, r.outcome, r.actor_id
  from countersign.audit_record r${sampled}${join}
  where ${conditions.join("\n    and ")}
), counted as (
  select grouping(type, class, outcome, actor_id) as dimension,
    coalesce(type, class, outcome, actor_id) as value, count(*) as count
  from picked group by grouping sets ((), (type), (class), (outcome), (actor_id))
), ranked as (
  select *, row_number() over (partition by dimension order by count desc, value) as rank from counted
)
select dimension, value, count from ranked where rank <= ${Math.trunc(top)} order by dimension, rank`,
    values: parameters.values,
  }
}

/**
 * How far each trail has been delivered, and how often the tags were invalidated: one row, with the
 * server, the database and the role that say so.
 *
 * @category constructors
 * @since 0.1.0
 */
export const snapshot = (tags: ReadonlyArray<string>): Statement => {
  const parameters = new Parameters()
  const wanted = parameters.add(JSON.stringify(tags), "jsonb")
  return {
    text: `select
  (select jsonb_build_array(s.system_identifier::text, d.oid::text, current_user)
    from pg_control_system() s, pg_database d where d.datname = current_database()) as source,
  (select coalesce(jsonb_agg(jsonb_build_array(t.id, t.origin, c.next) order by t.id), '[]')
    from countersign.trail t join countersign.sink_cursor c on c.trail = t.id) as trails,
  (select coalesce(jsonb_object_agg(g.tag, g.generation), '{}')
    from countersign.query_generation g
    where g.tag in (select jsonb_array_elements_text(${wanted}))) as generations`,
    values: parameters.values,
    isPlannedOnce: true,
  }
}

/**
 * Makes every cached answer that depends on one of the tags unreachable.
 *
 * @category constructors
 * @since 0.1.0
 */
export const invalidate = (tags: ReadonlyArray<string>): Statement => {
  const parameters = new Parameters()
  const given = parameters.add(JSON.stringify(tags), "jsonb")
  return {
    text: `insert into countersign.query_generation as g (tag, generation)
select tag, 1 from jsonb_array_elements_text(${given}) as t(tag) order by tag
on conflict (tag) do update set generation = g.generation + 1`,
    values: parameters.values,
  }
}
