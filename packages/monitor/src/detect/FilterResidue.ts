/**
 * What is left of a filter once an event's type and outcome are known.
 *
 * A stream has few types, and most rules speak of a few of them. So for each type and outcome the
 * filters are worked out once, and an event meets only the rules that can apply to it.
 *
 * @since 0.1.0
 */
import * as Filter from "@countersign/core/query/Filter"

/**
 * `true` and `false` where type and outcome decide alone, else the filter that is still to be asked.
 *
 * @category models
 * @since 0.1.0
 */
export type Residue = boolean | Filter.Filter

const known = new Set(["type", "outcome"])

const isKnown = (path: Filter.FilterPath): boolean => path.length === 1 && known.has(path[0])

/**
 * @param facts `{ type, outcome }`; a member that is no text is left out
 * @category conversions
 * @since 0.1.0
 */
export const residueOf = (filter: Filter.Filter, facts: object): Residue => {
  switch (filter._tag) {
    case "And": {
      const left: Array<Filter.Filter> = []
      for (const each of filter.all) {
        const residue = residueOf(each, facts)
        if (residue === false) return false
        if (residue !== true) left.push(residue)
      }
      const [only, ...more] = left
      if (only === undefined) return true
      return more.length === 0 ? only : { _tag: "And", all: left }
    }
    case "Or": {
      const left: Array<Filter.Filter> = []
      for (const each of filter.any) {
        const residue = residueOf(each, facts)
        if (residue === true) return true
        if (residue !== false) left.push(residue)
      }
      const [only, ...more] = left
      if (only === undefined) return false
      return more.length === 0 ? only : { _tag: "Or", any: left }
    }
    case "Not": {
      const residue = residueOf(filter.filter, facts)
      return typeof residue === "boolean" ? !residue : { _tag: "Not", filter: residue }
    }
    case "Exists":
    case "Like":
    case "Compare":
      // Neither has anything to do with the present moment, so any serves.
      return isKnown(filter.path) ? Filter.matches(filter, facts, 0) : filter
  }
}
