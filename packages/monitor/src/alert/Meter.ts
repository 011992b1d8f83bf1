/**
 * What a rule makes of the readings of one subject: whether its condition holds now.
 *
 * A meter has the time as an argument, so that it can be asked again when nothing came: growth goes
 * down and silence grows by themselves. Its memory does not grow with the readings.
 *
 * @since 0.1.0
 */
import type { AlertRule, Comparison, RuleOf } from "./AlertRule.ts"
import { millisOf } from "./AlertSpan.ts"
import { SlidingSum } from "./SlidingSum.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Judgement {
  readonly holds: boolean
  /** `null`: there is nothing to judge yet. */
  readonly value: number | null
  readonly bound: number
}

/**
 * Which selector of a rule a series matched: the second is that of `to` and `total`.
 *
 * @category models
 * @since 0.1.0
 */
export type Side = 0 | 1

/**
 * @category models
 * @since 0.1.0
 */
export interface Meter {
  /** @param series whose value it is, where a subject has several */
  readonly take: (value: number, nowMillis: number, side: Side, series: string) => void
  readonly judge: (nowMillis: number) => Judgement
}

/**
 * Says what the committed baseline of a series is; `undefined`: there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type BaselineOf = (series: string) => number | undefined

/** Series whose counters one subject adds up. */
const countersMax = 1000

/**
 * Whether a value is on the wrong side of a bound. A value that is no number is on neither.
 *
 * @category predicates
 * @since 0.1.0
 */
export const compares = ({ bound, is }: Comparison, value: number): boolean => {
  switch (is) {
    case "above":
      return value > bound
    case "at-least":
      return value >= bound
    case "below":
      return value < bound
    case "at-most":
      return value <= bound
    case "equals":
      return value === bound
    case "differs":
      return !Number.isNaN(value) && value !== bound
  }
}

const judged = (comparison: Comparison, value: number | undefined): Judgement => ({
  holds: value !== undefined && compares(comparison, value),
  // A share of nothing is infinite; JSON has no such number.
  value: value === undefined || !Number.isFinite(value) ? null : value,
  bound: comparison.bound,
})

/** The growth of counters since the reading before. The first reading of a counter is no growth. */
class Growth {
  private readonly last = new Map<string, number>()

  of(value: number, series: string): number {
    const before = this.last.get(series)
    if (before === undefined && this.last.size >= countersMax) return 0
    this.last.set(series, value)
    if (before === undefined) return 0
    return value >= before ? value - before : value
  }
}

const threshold = (rule: RuleOf<"threshold">): Meter => {
  let value: number | undefined
  return {
    take: (next) => {
      value = next
    },
    judge: () => judged(rule, value),
  }
}

const rate = (rule: RuleOf<"rate">): Meter => {
  const overMillis = millisOf(rule.over)
  const scale = millisOf(rule.per ?? "1s") / overMillis
  const growth = new Growth()
  const sum = new SlidingSum(overMillis)
  return {
    take: (value, now, _side, series) => sum.add(growth.of(value, series), now),
    judge: (now) => judged(rule, sum.within(now) * scale),
  }
}

const absence = (rule: RuleOf<"absence">, bornMillis: number): Meter => {
  const afterMillis = millisOf(rule.after)
  let value: number | undefined
  let heardMillis = bornMillis
  return {
    take: (next, now) => {
      if (rule.isUnchanged !== true || next !== value) heardMillis = now
      value = next
    },
    judge: (now) => ({
      holds: now - heardMillis >= afterMillis,
      value: Math.max(0, now - heardMillis) / 1000,
      bound: afterMillis / 1000,
    }),
  }
}

/** A sum of values as they are, kept up to date one series at a time. */
class Level {
  private readonly last = new Map<string, number>()
  sum = 0

  take(value: number, series: string): void {
    const before = this.last.get(series)
    if (before === undefined && this.last.size >= countersMax) return
    this.last.set(series, value)
    this.sum += value - (before ?? 0)
  }
}

const ratio = (rule: RuleOf<"ratio">): Meter => {
  if (rule.over === undefined) {
    const sides = [new Level(), new Level()] as const
    return {
      take: (value, _now, side, series) => sides[side].take(value, series),
      // Nothing over nothing is no number, and on neither side of a bound.
      judge: () => judged(rule, sides[0].sum / sides[1].sum),
    }
  }
  const overMillis = millisOf(rule.over)
  const sides = [0, 1].map(() => ({ growth: new Growth(), sum: new SlidingSum(overMillis) }))
  return {
    take: (value, now, side, series) => {
      const { growth, sum } = sides[side] ?? { growth: new Growth(), sum: undefined }
      sum?.add(growth.of(value, series), now)
    },
    judge: (now) => {
      const [above = 0, below = 0] = sides.map(({ sum }) => sum.within(now))
      return judged(rule, above / below)
    },
  }
}

const burnRate = (rule: RuleOf<"burn-rate">): Meter => {
  const growths = [new Growth(), new Growth()] as const
  const allowed = 1 - rule.objective
  const windows = rule.windows.map(({ factor, long, short }) => ({
    factor,
    spans: [long, short].map((span) => {
      const windowMillis = millisOf(span)
      return [new SlidingSum(windowMillis), new SlidingSum(windowMillis)] as const
    }),
  }))
  return {
    take: (value, now, side, series) => {
      const growth = growths[side].of(value, series)
      for (const { spans } of windows) for (const sums of spans) sums[side].add(growth, now)
    },
    judge: (now) => {
      let worst: Judgement | undefined
      for (const { factor, spans } of windows) {
        const burns = spans.map(([bad, total]) => bad.within(now) / total.within(now) / allowed)
        // Both must be over it, so the lower of the two is what counts.
        const burn = Math.min(...burns)
        const found = judged({ is: "above", bound: factor }, burn)
        const isWorse = (found.value ?? 0) / factor > (worst?.value ?? 0) / (worst?.bound ?? 1)
        if (worst === undefined || isWorse) worst = found
      }
      return worst ?? { holds: false, value: null, bound: 0 }
    },
  }
}

const change = (rule: RuleOf<"change">, series: string, baselineOf: BaselineOf): Meter => {
  const overMillis = millisOf(rule.over ?? "1h")
  const values = new SlidingSum(overMillis)
  const counts = new SlidingSum(overMillis)
  let last: number | undefined
  let firstMillis: number | undefined
  const usual = (now: number): number | undefined => {
    if (typeof rule.against === "number") return rule.against
    if (rule.against === "baseline") return baselineOf(series)
    if (firstMillis === undefined || now - firstMillis < overMillis / 2) return undefined
    return values.within(now) / counts.within(now)
  }
  return {
    take: (value, now) => {
      last = value
      firstMillis ??= now
      values.add(value, now)
      counts.add(1, now)
    },
    judge: (now) => {
      const against = usual(now)
      return judged(
        rule,
        last === undefined || against === undefined || against === 0 ? undefined : last / against,
      )
    },
  }
}

const finding = (rule: RuleOf<"finding">): Meter => {
  const quietMillis = millisOf(rule.quiet)
  let heardMillis: number | undefined
  let count = 0
  return {
    take: (_confidence, now) => {
      count = heardMillis !== undefined && now - heardMillis < quietMillis ? count + 1 : 1
      heardMillis = now
    },
    judge: (now) => ({
      holds: heardMillis !== undefined && now - heardMillis < quietMillis,
      value: count,
      bound: 0,
    }),
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface MeterOptions {
  /** The subject's series, for its baseline. */
  readonly series: string
  /** From when on it is watched. */
  readonly bornMillis: number
  readonly baselineOf: BaselineOf
}

/**
 * A meter for one subject of a rule.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (rule: AlertRule, { baselineOf, bornMillis, series }: MeterOptions): Meter => {
  switch (rule.kind) {
    case "threshold":
      return threshold(rule)
    case "rate":
      return rate(rule)
    case "absence":
      return absence(rule, bornMillis)
    case "ratio":
      return ratio(rule)
    case "burn-rate":
      return burnRate(rule)
    case "change":
      return change(rule, series, baselineOf)
    case "finding":
      return finding(rule)
  }
}
