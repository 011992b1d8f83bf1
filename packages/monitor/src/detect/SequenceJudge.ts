/**
 * First the one, then the other, of the same key.
 *
 * @since 0.1.0
 */
import type { RuleOf } from "./DetectionRule.ts"
import { millisOf, textOf } from "./Duration.ts"
import { type Bench, filterOf, type Judge, type Sighting } from "./Judge.ts"

interface Step {
  readonly atMillis: number
  readonly id: string
}

/** Of the first kind are few, of the second there may be many: of those the newest is enough. */
interface Seen {
  readonly firsts: Array<Step>
  second: Step | undefined
}

const firstsMax = 8

/**
 * Either may come first in the trail, as long as their times are in order: an event is late by
 * less than the time between the two.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sequenceJudge = (rule: RuleOf<"sequence">, bench: Bench): Judge => {
  const withinMillis = millisOf(rule.within)
  const { isQuiet, space, table } = bench
  const seen: Array<Seen | undefined> = []
  table.onChange(
    () => undefined,
    (row) => {
      seen[row] = undefined
    },
  )
  const rowOf = (slot: number): Seen => {
    const row = table.rowOf(slot)
    const known = seen[row]
    if (known !== undefined) return known
    const made: Seen = { firsts: [], second: undefined }
    seen[row] = made
    return made
  }
  const isPair = (first: Step, second: Step): boolean =>
    first.id !== second.id &&
    first.atMillis <= second.atMillis &&
    second.atMillis - first.atMillis <= withinMillis
  const sighting = (slot: number, first: Step, second: Step): Sighting | undefined => {
    const subject = space.nameOf(slot)
    if (isQuiet(subject, second.atMillis)) return undefined
    return {
      subject,
      atMillis: second.atMillis,
      detail: `the second ${textOf(second.atMillis - first.atMillis)} after the first, the bound is ${textOf(withinMillis)}`,
      events: [first.id, second.id],
    }
  }
  return {
    watches: [
      {
        filter: filterOf(rule.first),
        by: rule.firstBy ?? rule.by,
        look: ({ atMillis, id }, slot) => {
          const found = rowOf(slot)
          const first = { atMillis, id }
          found.firsts.push(first)
          if (found.firsts.length > firstsMax) found.firsts.shift()
          const { second } = found
          return second !== undefined && isPair(first, second)
            ? sighting(slot, first, second)
            : undefined
        },
      },
      {
        filter: filterOf(rule.when),
        by: rule.by,
        look: ({ atMillis, id }, slot) => {
          const found = rowOf(slot)
          const second = { atMillis, id }
          if ((found.second?.atMillis ?? 0) <= atMillis) found.second = second
          const first = found.firsts.findLast((each) => isPair(each, second))
          return first === undefined ? undefined : sighting(slot, first, second)
        },
      },
    ],
  }
}
