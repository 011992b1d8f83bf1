/**
 * The filter language as SQL over `countersign.audit_record`.
 *
 * The answer is that of `@countersign/core/query/Filter`, row by row, with these limits: arrays
 * that lie directly in one another are looked through to {@link arrayDepthMax} levels, and U+0000 in
 * an event, which PostgreSQL has no text for, counts as U+FFFD.
 *
 * What has a column is asked of the column, so that indexes serve. Everything else is asked of the
 * record's bytes, read as JSON. Nothing that a user wrote is ever a part of the statement's text.
 *
 * @since 0.1.0
 */
import type {
  Filter,
  FilterOperator,
  FilterPath,
  FilterValue,
} from "@countersign/core/query/Filter"
import * as Glob from "@countersign/core/query/Glob"
import { indexedColumns, indexText, indexTextLength } from "../postgres/RecordColumns.ts"
import { instant, type Parameters } from "./SqlText.ts"

/**
 * Most arrays directly within one another that a path leads through. An event has at most so many
 * levels by default.
 *
 * @category constants
 * @since 0.1.0
 */
export const arrayDepthMax = 8

/**
 * A filter's condition over the rows `r` and, where it `readsEntry`, the documents `d.document`.
 *
 * @category models
 * @since 0.1.0
 */
export interface FilterCondition {
  readonly text: string
  readonly readsEntry: boolean
}

const textOfEntry = "(select convert_from(r.entry, 'UTF8') as entry) t"
const documentOfText = String.raw`case
    when strpos(t.entry, '\u0000') = 0 then t.entry::jsonb
    else regexp_replace(t.entry, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\ufffd', 'g')::jsonb
  end`

/**
 * Joins each row to its bytes as JSON, for conditions that read the entry.
 *
 * `offset 0` keeps the planner from copying the expression into each condition, and so from reading
 * the bytes once for each of them.
 *
 * @category constants
 * @since 0.1.0
 */
export const documentJoin = `cross join lateral (
  select ${documentOfText} as document
  from ${textOfEntry}
  offset 0
) d`

/** Members of an event that have a column of their own, all of them texts. */
const columns: ReadonlyMap<string, string> = new Map([
  ["id", "id"],
  ["type", "type"],
  ["class", "class"],
  ["outcome", "outcome"],
  ["classification", "classification"],
  ["actor.id", "actor_id"],
  ["actor.type", "actor_type"],
  ["tenant", "tenant"],
  ["action", "action"],
  ["session", "session"],
  ["correlation", "correlation"],
  ["severity", "severity"],
])

/** Texts that PostgreSQL can't hold: U+0000, and half a surrogate pair, which is no character. */
const unfit = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/**
 * Whether PostgreSQL can't hold a text.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isUnfit = (text: string): boolean => unfit.test(text)

/**
 * The first text of a filter that can't be asked of PostgreSQL.
 *
 * @category predicates
 * @since 0.1.0
 */
export const unfitText = (filter: Filter): string | undefined => {
  switch (filter._tag) {
    case "And":
      return firstUnfit(filter.all)
    case "Or":
      return firstUnfit(filter.any)
    case "Not":
      return unfitText(filter.filter)
    case "Exists":
      return filter.path.find(isUnfit)
    case "Like":
      return [...filter.path, filter.glob.pattern].find(isUnfit)
    case "Compare":
      return [...filter.path, filter.value.text].find(isUnfit)
  }
}

const firstUnfit = (filters: ReadonlyArray<Filter>): string | undefined => {
  for (const each of filters) {
    const text = unfitText(each)
    if (text !== undefined) return text
  }
  return undefined
}

/**
 * Writes a filter as a condition.
 *
 * @param filter one without {@link unfitText}
 * @param nowMillis what relative times count from. Units: milliseconds since 1970
 * @param parameters take the filter's values
 * @category encoding
 * @since 0.1.0
 */
export const compile = (
  filter: Filter,
  nowMillis: number,
  parameters: Parameters,
): FilterCondition => {
  const compiler = new Compiler(nowMillis, parameters)
  const text = compiler.filter(filter)
  return { text, readsEntry: compiler.readsEntry }
}

type Compare = Extract<Filter, { readonly _tag: "Compare" }>
type Moment = Extract<FilterValue, { readonly _tag: "Instant" | "Ago" }>

const isMoment = (value: FilterValue): value is Moment =>
  value._tag === "Instant" || value._tag === "Ago"

class Compiler {
  readsEntry = false
  private readonly nowMillis: number
  private readonly parameters: Parameters

  constructor(nowMillis: number, parameters: Parameters) {
    this.nowMillis = nowMillis
    this.parameters = parameters
  }

  filter(filter: Filter): string {
    switch (filter._tag) {
      case "And":
        return this.joined(filter.all, " and ", "true")
      case "Or":
        return this.joined(filter.any, " or ", "false")
      case "Not":
        // A comparison with nothing is null in SQL and false here, so its `not` is true.
        return `((${this.filter(filter.filter)}) is not true)`
      case "Exists":
        return this.exists(filter.path)
      case "Like":
        return this.like(filter.path, filter.glob)
      case "Compare":
        return this.compare(filter)
    }
  }

  private joined(filters: ReadonlyArray<Filter>, by: string, none: string): string {
    if (filters.length === 0) return none
    return `(${filters.map((each) => this.filter(each)).join(by)})`
  }

  private exists(path: FilterPath): string {
    const column = columns.get(path.join("."))
    if (column !== undefined && isPlain(path)) return `r.${column} is not null`
    return `jsonb_path_exists(${this.document()}, ${this.jsonPath(path, "")})`
  }

  private like(path: FilterPath, glob: Glob.Glob): string {
    const pattern = this.parameters.add(likePattern(glob), "text")
    const column = columns.get(path.join("."))
    if (column !== undefined && isPlain(path)) {
      return inColumn(column, path, (text) => `${text} like ${pattern}`)
    }
    return `exists (select from ${this.values(path)} as v(value)
      where jsonb_typeof(v.value) = 'string' and v.value #>> '{}' like ${pattern})`
  }

  private compare(filter: Compare): string {
    const { operator, path, value } = filter
    if (isMoment(value)) {
      return path.length === 1 && path[0] === "time"
        ? this.timeColumn(operator, value)
        : this.moment(filter, value)
    }
    const column = columns.get(path.join("."))
    if (column === undefined || !isPlain(path)) return this.inDocument(path, operator, value)
    if (operator === "=") {
      const text = indexedColumns.has(column) ? indexText(value.text) : value.text
      return `r.${column} = ${this.parameters.add(text, "text")}`
    }
    // A column holds texts, which have no order with values of another kind.
    if (value._tag !== "Text") return "false"
    const right = `${this.parameters.add(value.text, "text")} collate "C"`
    return inColumn(column, path, (text) => `${text} ${operator} ${right}`)
  }

  /**
   * The column has microseconds; a filter knows whole milliseconds, and cuts off what is below. What
   * has no time has the column's least, and comes before nothing.
   */
  private timeColumn(operator: FilterOperator, value: Moment): string {
    const millis = this.millisOf(value)
    const from = () => this.parameters.add(instant(millis), "timestamptz")
    const after = () => this.parameters.add(instant(millis + 1), "timestamptz")
    switch (operator) {
      case "=":
        return `(r."time" >= ${from()} and r."time" < ${after()})`
      case "<":
        return `(r."time" < ${from()} and r."time" > '-infinity')`
      case "<=":
        return `(r."time" < ${after()} and r."time" > '-infinity')`
      case ">":
        return `r."time" >= ${after()}`
      case ">=":
        return `r."time" >= ${from()}`
    }
  }

  private inDocument(path: FilterPath, operator: FilterOperator, value: FilterValue): string {
    const variables: Record<string, unknown> = { value: jsonOf(value) }
    let test = `@ ${operator === "=" ? "==" : operator} $value`
    if (operator === "=" && value._tag !== "Text") {
      variables["text"] = value.text
      test += " || @ == $text"
    }
    const json = this.parameters.add(JSON.stringify(variables), "jsonb")
    const found = this.jsonPath(path, `${unwrapped(path)} ? (${test})`)
    return `jsonb_path_exists(${this.document()}, ${found}, ${json})`
  }

  private moment({ operator, path }: Compare, value: Moment): string {
    const millis = this.parameters.add(String(this.millisOf(value)), "bigint")
    const isText =
      operator === "=" ? `v.value = to_jsonb(${this.parameters.add(value.text, "text")}) or ` : ""
    return `exists (select from ${this.values(path)} as v(value)
      where ${isText}case when jsonb_typeof(v.value) = 'string'
        then ${millisOfText} ${operator} ${millis} end)`
  }

  private values(path: FilterPath): string {
    return `jsonb_path_query(${this.document()}, ${this.jsonPath(path, unwrapped(path))})`
  }

  private document(): string {
    this.readsEntry = true
    return "d.document"
  }

  private jsonPath(path: FilterPath, rest: string): string {
    const [first, ...others] = path
    const deep = unwrapped(path)
    const members = others.map((name) => `${deep}.${JSON.stringify(name)}`).join("")
    return this.parameters.add(`lax $.${JSON.stringify(first)}${members}${rest}`, "jsonpath")
  }

  private millisOf(value: Moment): number {
    return value._tag === "Instant" ? value.millis : this.nowMillis - value.millis
  }
}

/**
 * A condition of a column's text. Where the column holds a shortened one, the bytes are read for
 * the whole: of that row alone, so not by the join, which reads them of each.
 */
const inColumn = (column: string, path: FilterPath, test: (text: string) => string): string => {
  if (!indexedColumns.has(column)) return test(`r.${column}`)
  const whole = `(select ${documentOfText} #>> '{${path.join(",")}}' from ${textOfEntry})`
  const length = `length(r.${column})`
  return `(${length} < ${indexTextLength} and ${test(`r.${column}`)}
      or ${length} >= ${indexTextLength} and ${test(whole)})`
}

/** Whether the names hold no dot, so that joined by dots they are still told apart. */
const isPlain = (path: FilterPath): boolean => path.every((name) => !name.includes("."))

/**
 * In the lax mode of SQL/JSON paths `[*]` is an array's elements, and of anything else the thing
 * itself, so that many of them look through arrays within arrays. Only what an application says
 * in its own words can hold such.
 */
const unwrapped = ([first]: FilterPath): string =>
  "[*]".repeat(first === "data" || first === "change" ? arrayDepthMax : 1)

const jsonOf = (value: FilterValue): unknown => {
  switch (value._tag) {
    case "Number":
      return value.number
    case "Boolean":
      return value.isTrue
    case "Null":
      return null
    default:
      return value.text
  }
}

const likePattern = ({ codes }: Glob.Glob): string => {
  let pattern = ""
  for (const code of codes) {
    if (code === Glob.anyRun) pattern += "%"
    else if (code === Glob.anyOne) pattern += "_"
    else {
      const character = String.fromCodePoint(code)
      pattern += character === "%" || character === "_" || character === "\\" ? "\\" : ""
      pattern += character
    }
  }
  return pattern
}

/**
 * The milliseconds since 1970 of the text `v.value`, by the rules of `FilterSyntax.instantOf`; null
 * where it is no moment. No cast, since that fails the whole query on the 30th of February, which
 * the other reads as the 2nd of March.
 */
const millisOfText = String.raw`(select
    (extract(epoch from timestamp '2000-01-01' + make_interval(
      months => p[1]::integer * 12 + p[2]::integer - 24001,
      days => p[3]::integer - 1,
      hours => coalesce(p[4], p[8], '0')::integer,
      mins => coalesce(p[5], '0')::integer,
      secs => coalesce(p[6], '0')::integer)) * 1000)::bigint
    + rpad(coalesce(p[7], ''), 3, '0')::bigint
    - coalesce((p[9] || '1')::bigint * (p[10]::bigint * 60 + p[11]::bigint) * 60000, 0)
  from regexp_match(v.value #>> '{}', '^(\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?:T(?:([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3})\d{0,6})?)?|(24):00(?::00(?:\.0{1,9})?)?)(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d)))?$') p)`
