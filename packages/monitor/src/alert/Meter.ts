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
import { compares } from "./Comparing.ts"
import { Level } from "./Level.ts"
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
  /**
   * Says whether there was room.
   *
   * @param value where the rule counts growth, that of the series since its reading before
   * @param series whose value it is, where a subject has several
   */
  readonly take: (value: number, nowMillis: number, side: Side, series: string) => boolean
  readonly judge: (nowMillis: number) => Judgement
}

/**
 * Says what the committed baseline of a series is; `undefined`: there is none.
 *
 * @category models
 * @since 0.1.0
 */
export type BaselineOf = (series: string) => number | undefined

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
  /** After so long of silence a series is gone. */
  readonly staleMillis: number
  /** Since when the rule's `while` is so; `undefined`: it is not. Default: the rule has none. */
  readonly since?: ((nowMillis: number) => number | undefined) | undefined
}

const judged = (comparison: Comparison, value: number | undefined): Judgement => ({
  holds: value !== undefined && compares(comparison, value),
  // A share of nothing is infinite; JSON has no such number.
  value: value === undefined || !Number.isFinite(value) ? null : value,
  bound: comparison.bound,
})

/**
 * Whether what a rule is given of a series is its growth.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isOfGrowth = (rule: AlertRule): boolean =>
  rule.kind === "rate" ||
  rule.kind === "burn-rate" ||
  (rule.kind === "ratio" && rule.over !== undefined)

const threshold = (rule: RuleOf<"threshold">): Meter => {
  let value: number | undefined
  return {
    take: (next) => {
      value = next
      return true
    },
    judge: () => judged(rule, value),
  }
}

const rate = (rule: RuleOf<"rate">): Meter => {
  const overMillis = millisOf(rule.over)
  const scale = millisOf(rule.per ?? "1s") / overMillis
  const sum = new SlidingSum(overMillis)
  return {
    take: (growth, now) => {
      sum.add(growth, now)
      return true
    },
    judge: (now) => judged(rule, sum.within(now) * scale),
  }
}

const absence = (
  rule: RuleOf<"absence">,
  { bornMillis, since }: Pick<MeterOptions, "bornMillis" | "since">,
): Meter => {
  const afterMillis = millisOf(rule.after)
  let value: number | undefined
  let heardMillis = bornMillis
  return {
    take: (next, now) => {
      // What is no number says nothing, and differs from itself.
      if (Number.isNaN(next)) return true
      if (rule.isUnchanged !== true || next !== value) heardMillis = now
      value = next
      return true
    },
    judge: (now) => {
      const fromMillis =
        since === undefined ? heardMillis : Math.max(heardMillis, since(now) ?? now)
      const silence = Math.max(0, now - fromMillis)
      return { holds: silence >= afterMillis, value: silence / 1000, bound: afterMillis / 1000 }
    },
  }
}

const ratio = (rule: RuleOf<"ratio">, staleMillis: number): Meter => {
  if (rule.over === undefined) {
    const sides = [new Level(staleMillis), new Level(staleMillis)] as const
    return {
      take: (value, now, side, series) => sides[side].take(value, series, now),
      judge: (now) => {
        const [above, below] = [sides[0].sum(now), sides[1].sum(now)]
        // Nothing over nothing is no number, and on neither side of a bound.
        return judged(
          rule,
          above === undefined && below === undefined ? undefined : (above ?? 0) / (below ?? 0),
        )
      },
    }
  }
  const overMillis = millisOf(rule.over)
  const sums = [new SlidingSum(overMillis), new SlidingSum(overMillis)] as const
  return {
    take: (growth, now, side) => {
      sums[side].add(growth, now)
      return true
    },
    judge: (now) => judged(rule, sums[0].within(now) / sums[1].within(now)),
  }
}

const burnRate = (rule: RuleOf<"burn-rate">): Meter => {
  const allowed = 1 - rule.objective
  const windows = rule.windows.map(({ factor, long, short }) => ({
    factor,
    spans: [long, short].map((span) => {
      const windowMillis = millisOf(span)
      return [new SlidingSum(windowMillis), new SlidingSum(windowMillis)] as const
    }),
  }))
  return {
    take: (growth, now, side) => {
      for (const { spans } of windows) for (const sums of spans) sums[side].add(growth, now)
      return true
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
      // One value that is no number would make none of the mean.
      if (!Number.isFinite(value)) return true
      firstMillis ??= now
      values.add(value, now)
      counts.add(1, now)
      return true
    },
    judge: (now) => {
      const against = usual(now)
      return judged(
        rule,
        last === undefined || against === undefined ? undefined : ratioOf(last, against),
      )
    },
  }
}

/** What was nothing and is something has grown beyond measure; nothing against nothing is as usual. */
const ratioOf = (value: number, against: number): number =>
  value === against ? 1 : value / against

const finding = (rule: RuleOf<"finding">): Meter => {
  const quietMillis = millisOf(rule.quiet)
  let heardMillis: number | undefined
  let count = 0
  return {
    take: (_confidence, now) => {
      count = heardMillis !== undefined && now - heardMillis < quietMillis ? count + 1 : 1
      heardMillis = now
      return true
    },
    judge: (now) => ({
      holds: heardMillis !== undefined && now - heardMillis < quietMillis,
      value: count,
      bound: 0,
    }),
  }
}

/**
 * A meter for one subject of a rule.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (rule: AlertRule, options: MeterOptions): Meter => {
  switch (rule.kind) {
    case "threshold":
      return threshold(rule)
    case "rate":
      return rate(rule)
    case "absence":
      return absence(rule, options)
    case "ratio":
      return ratio(rule, options.staleMillis)
    case "burn-rate":
      return burnRate(rule)
    case "change":
      return change(rule, options.series, options.baselineOf)
    case "finding":
      return finding(rule)
  }
}
