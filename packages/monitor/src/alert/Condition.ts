/**
 * What must be so beside a rule: its `while`.
 *
 * @since 0.1.0
 */
import type { Reading } from "../metric/Reading.ts"
import { seriesOf } from "../metric/Reading.ts"
import type { While } from "./AlertRule.ts"
import { compares } from "./Comparing.ts"
import { type LabelMatch, labelMatch } from "./LabelMatch.ts"
import { Level } from "./Level.ts"

interface Side {
  readonly metric: string
  readonly matches: LabelMatch
  readonly level: Level
}

/**
 * @category models
 * @since 0.1.0
 */
export class Condition {
  readonly metrics: ReadonlyArray<string>
  private readonly rule: While
  private readonly sides: ReadonlyArray<Side>
  private sinceMillis: number | undefined

  /** @param staleMillis after so long of silence a series is gone */
  constructor(rule: While, staleMillis: number) {
    this.rule = rule
    this.sides = [rule.of, ...(rule.to === undefined ? [] : [rule.to])].map((selector) => ({
      metric: selector.metric,
      matches: labelMatch(selector.labels, selector.except),
      level: new Level(staleMillis),
    }))
    this.metrics = this.sides.map(({ metric }) => metric)
  }

  take(reading: Reading, nowMillis: number): void {
    for (const { level, matches, metric } of this.sides) {
      if (metric === reading.name && matches(reading.labels)) {
        level.take(reading.value, seriesOf(reading), nowMillis)
      }
    }
  }

  /** Since when it is so, as often as it was asked; `undefined`: it is not so, or nobody knows. */
  since(nowMillis: number): number | undefined {
    const [of, to] = this.sides.map(({ level }) => level.sum(nowMillis))
    const isKnown = of !== undefined && (to !== undefined || this.sides.length === 1)
    if (isKnown && compares(this.rule, of / (to ?? 1))) this.sinceMillis ??= nowMillis
    else this.sinceMillis = undefined
    return this.sinceMillis
  }
}
