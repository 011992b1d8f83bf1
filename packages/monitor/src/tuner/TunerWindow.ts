/**
 * What the rules saw lately, and what that says: whether it presses, and whether one window is
 * better than another although both waver.
 *
 * @since 0.1.0
 */
import type { ActorSnapshot } from "@countersign/core/engine/ActorRegistry"
import { median } from "../baseline/OrderStatistics.ts"
import type { Reading } from "../metric/Reading.ts"
import type { Bottleneck } from "./Bottleneck.ts"
import { sight, type Sight, type TunerRule } from "./TunerRule.ts"

/**
 * By the name of a rule, the newest last.
 *
 * @category models
 * @since 0.1.0
 */
export interface TunerWindow {
  readonly sights: ReadonlyMap<string, ReadonlyArray<Sight>>
  /** Events accepted in a second. */
  readonly loads: ReadonlyArray<number>
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const empty: TunerWindow = { sights: new Map(), loads: [] }

const newest = <A>(values: ReadonlyArray<A>, value: A, size: number): ReadonlyArray<A> =>
  values.length < size ? [...values, value] : [...values.slice(1 - size), value]

/**
 * The window one moment later. A rule that sees nothing keeps what it has.
 *
 * @param size moments that it holds at most: 2 or more
 * @category running
 * @since 0.1.0
 */
export const watched = (
  window: TunerWindow,
  rules: ReadonlyArray<TunerRule>,
  seen: {
    readonly readings: ReadonlyArray<Reading>
    readonly actors: ReadonlyArray<ActorSnapshot>
    readonly load: number | undefined
  },
  size: number,
): TunerWindow => ({
  sights: new Map(
    rules.flatMap((rule) => {
      const before = window.sights.get(rule.name) ?? []
      const now = sight(rule, seen.readings, seen.actors)
      const sights = now === undefined ? before : newest(before, now, size)
      return sights.length === 0 ? [] : [[rule.name, sights] as const]
    }),
  ),
  loads: seen.load === undefined ? window.loads : newest(window.loads, seen.load, size),
})

const valuesOf = (window: TunerWindow, rule: TunerRule): ReadonlyArray<number> =>
  (window.sights.get(rule.name) ?? []).map(({ value }) => value)

/**
 * @category getters
 * @since 0.1.0
 */
export const isFull = (window: TunerWindow, rule: TunerRule, size: number): boolean =>
  (window.sights.get(rule.name)?.length ?? 0) >= size

/**
 * The middle of what a rule saw; `NaN` where it saw nothing.
 *
 * @category getters
 * @since 0.1.0
 */
export const middle = (window: TunerWindow, rule: TunerRule): number =>
  median(valuesOf(window, rule))

/** One outlier, or a few, press nobody. */
const pressShare = 0.8
const calmShare = 0.9

/**
 * Whether a rule has been above its bound for nearly the whole of a full window, and still is.
 *
 * @category getters
 * @since 0.1.0
 */
export const presses = (window: TunerWindow, rule: TunerRule, size: number): boolean => {
  const sights = window.sights.get(rule.name)
  if (sights === undefined || sights.length < size) return false
  if (!((sights.at(-1)?.value ?? 0) > rule.over)) return false
  return sights.filter(({ value }) => value > rule.over).length >= size * pressShare
}

/**
 * Whether a rule was calm for nearly the whole of a full window; one that sees nothing is.
 *
 * @category getters
 * @since 0.1.0
 */
export const isCalm = (window: TunerWindow, rule: TunerRule, size: number): boolean => {
  const sights = window.sights.get(rule.name)
  if (sights === undefined) return true
  if (sights.length < size) return false
  return sights.filter(({ value }) => value <= rule.calm).length >= size * calmShare
}

/**
 * What limited most often while a rule pressed.
 *
 * @category getters
 * @since 0.1.0
 */
export const usualBottleneck = (window: TunerWindow, rule: TunerRule): Bottleneck | undefined => {
  const counts = new Map<string, { readonly bottleneck: Bottleneck; count: number }>()
  for (const { bottleneck } of window.sights.get(rule.name) ?? []) {
    if (bottleneck === undefined) continue
    const key = `${bottleneck.actor} ${bottleneck.limit}`
    const found = counts.get(key) ?? { bottleneck, count: 0 }
    counts.set(key, { bottleneck, count: found.count + 1 })
  }
  return [...counts.values()].toSorted((left, right) => right.count - left.count)[0]?.bottleneck
}

/** Of all pairs, the share in which the second is lower; ties count half. */
const lowerShare = (before: ReadonlyArray<number>, after: ReadonlyArray<number>): number => {
  let lower = 0
  for (const first of before) {
    for (const second of after) lower += second < first ? 1 : second === first ? 0.5 : 0
  }
  return lower / (before.length * after.length)
}

const clearShare = 0.8

/**
 * Whether what a rule sees has fallen: by at least `gainMin` in the middle, and clearly, in nearly
 * all pairs of a moment before and one after.
 *
 * @param gainMin a ratio
 * @category getters
 * @since 0.1.0
 */
export const hasFallen = (
  before: TunerWindow,
  after: TunerWindow,
  rule: TunerRule,
  gainMin: number,
): boolean =>
  middle(after, rule) <= middle(before, rule) * (1 - gainMin) &&
  lowerShare(valuesOf(before, rule), valuesOf(after, rule)) >= clearShare

/**
 * Whether a rule presses now that did not before, and clearly.
 *
 * @category getters
 * @since 0.1.0
 */
export const hasRisen = (before: TunerWindow, after: TunerWindow, rule: TunerRule): boolean =>
  middle(after, rule) > rule.over &&
  middle(before, rule) <= rule.over &&
  lowerShare(valuesOf(after, rule), valuesOf(before, rule)) >= clearShare

/**
 * How the load has changed: 1 is not at all, `undefined`: not known.
 *
 * @category getters
 * @since 0.1.0
 */
export const loadRatio = (before: TunerWindow, after: TunerWindow): number | undefined => {
  const ratio = median(after.loads) / median(before.loads)
  return Number.isFinite(ratio) ? ratio : undefined
}
