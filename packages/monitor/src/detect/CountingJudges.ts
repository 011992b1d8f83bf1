/**
 * The kinds of rules that count: events, amounts, different values, events at odd hours, rates.
 *
 * @since 0.1.0
 */
import { CountWindow } from "./CountWindow.ts"
import type { RuleOf } from "./DetectionRule.ts"
import { DistinctWindow } from "./DistinctWindow.ts"
import { millisOf } from "./Duration.ts"
import { hashOf, sumAt, textsAt } from "./EventValue.ts"
import { type Bench, counted, type Facts, type Judge, single } from "./Judge.ts"
import { RateBaseline } from "./RateBaseline.ts"
import { WorkingTime } from "./WorkingTime.ts"

const events = (count: number): string => (count === 1 ? "1 event" : `${count} events`)

/**
 * @category constructors
 * @since 0.1.0
 */
export const countJudge = (rule: RuleOf<"count">, bench: Bench): Judge => {
  const { atLeast, sum } = rule
  const withinMillis = millisOf(rule.within)
  const amountOf = sum === undefined ? undefined : sumAt(sum)
  const window = new CountWindow(bench.table, withinMillis, bench)
  return single(rule, (facts, slot) => {
    const amount = amountOf === undefined ? 1 : Math.floor(amountOf(facts.event) ?? 0)
    if (amount <= 0) return undefined
    const row = bench.table.rowOf(slot)
    const count = window.add(row, facts.atMillis, amount)
    bench.evidence.add(row, facts.atMillis, facts.id, amount)
    if (count < atLeast) return undefined
    return counted(bench, facts, [slot, row], withinMillis, () =>
      sum === undefined
        ? `${events(count)} (the bound is ${atLeast})`
        : `${count} by ${sum} (the bound is ${atLeast})`,
    )
  })
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const scheduleJudge = (rule: RuleOf<"schedule">, bench: Bench): Judge => {
  const { atLeast, open } = rule
  const withinMillis = millisOf(rule.within)
  const hours = new WorkingTime(open)
  const window = new CountWindow(bench.table, withinMillis, bench)
  return single(rule, (facts, slot) => {
    if (hours.isOpen(facts.atMillis)) return undefined
    const row = bench.table.rowOf(slot)
    const count = window.add(row, facts.atMillis, 1)
    bench.evidence.add(row, facts.atMillis, facts.id)
    if (count < atLeast) return undefined
    return counted(
      bench,
      facts,
      [slot, row],
      withinMillis,
      () =>
        `${events(count)} outside of ${open.from} to ${open.to} ${open.zone} (the bound is ${atLeast})`,
    )
  })
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const distinctJudge = (rule: RuleOf<"distinct">, bench: Bench): Judge => {
  const withinMillis = millisOf(rule.within)
  const valueOf = textsAt(rule.of)
  const window = new DistinctWindow(bench.table, rule.atLeast, withinMillis, bench)
  const what = typeof rule.of === "string" ? rule.of : rule.of.join(" and ")
  return single(rule, (facts, slot) => {
    const values = valueOf(facts.event)
    if (values === undefined) return undefined
    const row = bench.table.rowOf(slot)
    const add = (value: string): boolean => {
      const hash = hashOf(value)
      const isEnough = window.add(row, facts.atMillis, hash)
      bench.evidence.add(row, facts.atMillis, facts.id, hash)
      return isEnough
    }
    // All of them are counted, also once there are enough.
    const isEnough =
      typeof values === "string" ? add(values) : values.filter((value) => add(value)).length > 0
    if (!isEnough) return undefined
    return counted(
      bench,
      facts,
      [slot, row],
      withinMillis,
      () => `${rule.atLeast} different values of ${what} (the bound)`,
    )
  })
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const baselineJudge = (rule: RuleOf<"baseline">, bench: Bench): Judge => {
  const everyMillis = millisOf(rule.every)
  const rates = new RateBaseline(bench.table, everyMillis, millisOf(rule.halfLife))
  return single(rule, (facts: Facts, slot) => {
    const row = bench.table.rowOf(slot)
    bench.evidence.add(row, facts.atMillis, facts.id)
    const count = rates.add(row, facts.atMillis)
    if (count < rule.atLeast || !rates.hasLearned(row, rule.minimum)) return undefined
    const score = rates.score(row)
    if (score < rule.score) return undefined
    return counted(bench, facts, [slot, row], everyMillis, () => {
      const { mean, periods } = rates.usual(row)
      return `${events(count)} where ${mean.toFixed(1)} are usual (${score.toFixed(1)} standard deviations, the bound is ${rule.score}; learned from ${periods} periods)`
    })
  })
}
