/**
 * A labelled day to measure rules by: a few days of ordinary work that baselines learn from, and one
 * with attacks in it.
 *
 * @since 0.1.0
 */
import { randomOf } from "@countersign/core/testing/SeededRandom"
import type { Standing } from "./Judge.ts"
import { type Attack, attacksOn } from "./SyntheticAttacks.ts"
import {
  dayMillis,
  type Hospital,
  hospitalOf,
  ordinaryDay,
  type PlannedEvent,
} from "./SyntheticHospital.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SyntheticOptions {
  /** Default 1. */
  readonly seed?: number
  /** People who work there. Default 2,000. Bounds: 400 to 100,000. */
  readonly staff?: number
  /** Days of ordinary work before. Default 4. */
  readonly days?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SyntheticDay {
  /** In the order of their times; a second pass gives the same again. */
  readonly events: () => Iterable<Readonly<Record<string, unknown>>>
  readonly attacks: ReadonlyArray<Attack>
  /** Where the day with the attacks begins. Units: milliseconds since 1970. */
  readonly fromMillis: number
  readonly standingOf: (subject: string) => Standing
}

// A Wednesday, so that office people work on the day that counts and on those before.
const judgedDay = Date.parse("2026-11-18T00:00:00.000Z")

/**
 * @category constructors
 * @since 0.1.0
 */
export const syntheticDay = ({
  days = 4,
  seed = 1,
  staff = 2000,
}: SyntheticOptions = {}): SyntheticDay => {
  const hospital = hospitalOf(staff)
  const staged = attacksOn(hospital, judgedDay, randomOf(seed))
  const bad = new Set(staged.badAddresses)
  const isSilent = ({ actor, atMillis }: PlannedEvent): boolean =>
    staged.silences.some(
      ([service, from, to]) => actor["id"] === service && atMillis >= from && atMillis < to,
    )
  return {
    events: () => eventsOf(hospital, staged.events, isSilent, { days, seed }),
    attacks: staged.attacks,
    fromMillis: judgedDay,
    standingOf: (subject) => (bad.has(subject) ? "bad" : "unknown"),
  }
}

const eventsOf = function* (
  hospital: Hospital,
  staged: ReadonlyArray<PlannedEvent>,
  isSilent: (event: PlannedEvent) => boolean,
  { days, seed }: { readonly days: number; readonly seed: number },
): Iterable<Readonly<Record<string, unknown>>> {
  let number = 0
  let rest: ReadonlyArray<PlannedEvent> = []
  for (let back = days; back >= 0; back -= 1) {
    const midnight = judgedDay - back * dayMillis
    const planned = ordinaryDay(hospital, midnight, seed * 1000 + back)
    const all = [...rest, ...planned, ...(back === 0 ? staged : [])].toSorted(
      (left, right) => left.atMillis - right.atMillis,
    )
    // Work of the night belongs between the events of the next day.
    const end = midnight + dayMillis
    rest = all.filter(({ atMillis }) => atMillis >= end)
    for (const event of all) {
      if (event.atMillis >= end) break
      if (back === 0 && isSilent(event)) continue
      number += 1
      yield written(event, `s-${number}`)
    }
  }
}

const written = ({ actor, atMillis, members, type }: PlannedEvent, id: string) => ({
  id,
  time: new Date(atMillis).toISOString(),
  type,
  class: "standard",
  actor,
  ...members,
})
