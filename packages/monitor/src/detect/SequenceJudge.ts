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

/** The earliest and the newest event of a stretch of time as long as `within`. */
interface Stretch {
  readonly number: number
  earliest: Step
  newest: Step
}

// Of one key; stretches without an event take none.
const stretchesMax = 64

/**
 * Enough of a key's events to tell whether one lies in any time as long as a stretch: such a time
 * has the end of one stretch, where the newest decides, and the beginning of the next, where the
 * earliest does.
 */
class Steps {
  private readonly stretches: Array<Stretch> = []

  add(step: Step, lengthMillis: number, latenessMillis: number): void {
    const number = Math.floor(step.atMillis / lengthMillis)
    const known = this.stretches.find((each) => each.number === number)
    if (known === undefined) {
      this.stretches.push({ number, earliest: step, newest: step })
      this.stretches.sort((left, right) => left.number - right.number)
      const oldest = (this.stretches.at(-1)?.number ?? 0) - latenessMillis / lengthMillis - 2
      while ((this.stretches[0]?.number ?? oldest) < oldest) this.stretches.shift()
      if (this.stretches.length > stretchesMax) this.stretches.shift()
    } else if (step.atMillis < known.earliest.atMillis) known.earliest = step
    else if (step.atMillis >= known.newest.atMillis) known.newest = step
  }

  /** The newest that is known between two times, other than `id`. */
  between(fromMillis: number, toMillis: number, id: string): Step | undefined {
    for (let index = this.stretches.length - 1; index >= 0; index -= 1) {
      const stretch = this.stretches[index]
      for (const step of stretch === undefined ? [] : [stretch.newest, stretch.earliest]) {
        if (step.atMillis >= fromMillis && step.atMillis <= toMillis && step.id !== id) return step
      }
    }
    return undefined
  }
}

interface Seen {
  readonly firsts: Steps
  readonly seconds: Steps
}

/**
 * Either may come first in the trail, however late it is, as long as their times are in order.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sequenceJudge = (rule: RuleOf<"sequence">, bench: Bench): Judge => {
  const withinMillis = millisOf(rule.within)
  const { isQuiet, latenessMillis, space, table } = bench
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
    const made: Seen = { firsts: new Steps(), seconds: new Steps() }
    seen[row] = made
    return made
  }
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
          found.firsts.add({ atMillis, id }, withinMillis, latenessMillis)
          const second = found.seconds.between(atMillis, atMillis + withinMillis, id)
          return second === undefined ? undefined : sighting(slot, { atMillis, id }, second)
        },
      },
      {
        filter: filterOf(rule.when),
        by: rule.by,
        look: ({ atMillis, id }, slot) => {
          const found = rowOf(slot)
          found.seconds.add({ atMillis, id }, withinMillis, latenessMillis)
          const first = found.firsts.between(atMillis - withinMillis, atMillis, id)
          return first === undefined ? undefined : sighting(slot, first, { atMillis, id })
        },
      },
    ],
  }
}
