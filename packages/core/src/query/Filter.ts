/**
 * Tells which events a filter lets through.
 *
 * Runs once per event over whole trails, so it is synchronous and allocates nothing.
 *
 * @since 0.1.0
 */
import {
  type Filter,
  type FilterOperator,
  type FilterPath,
  type FilterValue,
  instantOf,
} from "./FilterSyntax.ts"
import * as Glob from "./Glob.ts"

export {
  everything,
  type Filter,
  filterDepthMax,
  filterLengthMax,
  type FilterOperator,
  type FilterPath,
  type FilterValue,
  parse,
} from "./FilterSyntax.ts"

/**
 * Tells whether an event passes a filter.
 *
 * A name of a path is looked up in an object's own members; applied to an array it means any
 * element. Where the path leads nowhere, a comparison is false, and its `not` is true.
 *
 * - Cost: one walk per comparison, no allocation.
 *
 * @param event parsed JSON
 * @param nowMillis what relative times such as `-7d` count from. Units: milliseconds since 1970
 * @category predicates
 * @since 0.1.0
 */
export const matches = (filter: Filter, event: unknown, nowMillis: number): boolean => {
  switch (filter._tag) {
    case "And":
      for (const each of filter.all) if (!matches(each, event, nowMillis)) return false
      return true
    case "Or":
      for (const each of filter.any) if (matches(each, event, nowMillis)) return true
      return false
    case "Not":
      return !matches(filter.filter, event, nowMillis)
    case "Exists":
    case "Like":
    case "Compare":
      return reaches(filter, filter.path, 0, event, nowMillis)
  }
}

type Leaf = Extract<Filter, { readonly path: FilterPath }>

const reaches = (
  leaf: Leaf,
  path: FilterPath,
  step: number,
  value: unknown,
  nowMillis: number,
): boolean => {
  if (step === path.length && leaf._tag === "Exists") return true
  if (Array.isArray(value)) {
    for (const element of value) if (reaches(leaf, path, step, element, nowMillis)) return true
    return false
  }
  if (step === path.length) return holds(leaf, value, nowMillis)
  const name = path[step] ?? ""
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return false
  // Own members of parsed JSON, of which nothing is assumed.
  const member: unknown = (value as Readonly<Record<string, unknown>>)[name]
  return reaches(leaf, path, step + 1, member, nowMillis)
}

const holds = (leaf: Leaf, value: unknown, nowMillis: number): boolean => {
  switch (leaf._tag) {
    case "Exists":
      return true
    case "Like":
      return typeof value === "string" && Glob.matches(leaf.glob, value)
    case "Compare":
      return leaf.operator === "="
        ? equals(leaf.value, value, nowMillis)
        : isInOrder(leaf.operator, compare(leaf.value, value, nowMillis))
  }
}

const equals = (expected: FilterValue, value: unknown, nowMillis: number): boolean => {
  if (value === expected.text) return true
  switch (expected._tag) {
    case "Text":
      return false
    case "Number":
      return value === expected.number
    case "Boolean":
      return value === expected.isTrue
    case "Null":
      return value === null
    case "Instant":
    case "Ago":
      return compare(expected, value, nowMillis) === 0
  }
}

/** Below 0 where the event's value comes first; `NaN` where the two have no order. */
const compare = (expected: FilterValue, value: unknown, nowMillis: number): number => {
  switch (expected._tag) {
    case "Number":
      return typeof value === "number" ? value - expected.number : Number.NaN
    case "Text":
      return typeof value === "string" ? compareText(value, expected.text) : Number.NaN
    case "Instant":
      return typeof value === "string" ? instantOf(value) - expected.millis : Number.NaN
    case "Ago":
      return typeof value === "string"
        ? instantOf(value) - (nowMillis - expected.millis)
        : Number.NaN
    case "Boolean":
    case "Null":
      return Number.NaN
  }
}

const isInOrder = (operator: FilterOperator, order: number): boolean => {
  switch (operator) {
    case "=":
      return order === 0
    case "<":
      return order < 0
    case "<=":
      return order <= 0
    case ">":
      return order > 0
    case ">=":
      return order >= 0
  }
}

// Puts surrogates behind all other code units, so that the order is that of code points, which
// is also the order of UTF-8 bytes and of a database's "C" collation.
const rankOf = (unit: number): number =>
  unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800

const compareText = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) {
    const one = left.charCodeAt(index)
    const other = right.charCodeAt(index)
    if (one !== other) return rankOf(one) - rankOf(other)
  }
  return left.length - right.length
}
