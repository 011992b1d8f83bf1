/** Fields of the events that are loaded, with the values that they have most. */
import { leavesOf, pathText } from "./EventPath.ts"
import type { Scalar } from "./FilterEdit.ts"

export interface FacetValue {
  readonly value: Scalar
  readonly count: number
}

export interface Facet {
  readonly path: ReadonlyArray<string>
  readonly name: string
  /** Events that have the field. */
  readonly count: number
  /** How many different values; beyond a limit they are not counted. */
  readonly distinct: number
  readonly top: ReadonlyArray<FacetValue>
}

const fieldsMax = 100
const valuesMax = 500
const topMax = 8
/** A longer value is of no use to choose from. Units: UTF-16 units. */
const valueLengthMax = 200

/** What somebody filters by first stands first. */
const first = ["type", "outcome", "actor.id", "target.id", "class", "severity", "classification"]

const rankOf = (name: string): number => {
  const at = first.indexOf(name)
  return at < 0 ? first.length : at
}

export const facetsOf = (events: Iterable<unknown>): ReadonlyArray<Facet> => {
  const fields = new Map<
    string,
    { path: ReadonlyArray<string>; count: number; values: Map<Scalar, number> }
  >()
  for (const event of events) {
    const counted = new Set<string>()
    for (const { path, value } of leavesOf(event)) {
      const name = pathText(path)
      const there = fields.get(name)
      if (there === undefined && fields.size >= fieldsMax) continue
      const field = there ?? { path, count: 0, values: new Map<Scalar, number>() }
      if (there === undefined) fields.set(name, field)
      if (!counted.has(name)) field.count += 1
      counted.add(name)
      if (typeof value === "string" && value.length > valueLengthMax) continue
      if (field.values.size < valuesMax || field.values.has(value))
        field.values.set(value, (field.values.get(value) ?? 0) + 1)
    }
  }
  return [...fields]
    .map(([name, { count, path, values }]) => ({
      path,
      name,
      count,
      distinct: values.size,
      top: [...values]
        .map(([value, times]) => ({ value, count: times }))
        .toSorted((a, b) => b.count - a.count)
        .slice(0, topMax),
    }))
    .toSorted((a, b) => rankOf(a.name) - rankOf(b.name) || b.count - a.count)
}
