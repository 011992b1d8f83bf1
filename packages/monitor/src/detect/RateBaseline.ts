/**
 * What rate each of many keys used to have, so that an unusual one stands out.
 *
 * Mean and variance of the counts of past periods, weighted so that a count weighs half after the
 * half-life. They follow up and down alike: who works more gets a higher baseline, and loses it
 * again. A period that was unusual itself is taken in as if it had been at the edge of the usual, so
 * that nobody teaches the baseline an attack in one go.
 *
 * @since 0.1.0
 */
import { grownFloats, grownWholes, type SlotTable } from "./SlotTable.ts"

/**
 * What is usual for one key.
 *
 * @category models
 * @since 0.1.0
 */
export interface Usual {
  readonly mean: number
  readonly deviation: number
  /** Periods that it was learned from. */
  readonly periods: number
}

// Beyond this many periods without an event, the mean is nearly nothing whatever it was.
const idleMax = 10_000
const edgeDeviations = 3

/**
 * @category models
 * @since 0.1.0
 */
export class RateBaseline {
  private readonly everyMillis: number
  /** What is left of a weight after one period. */
  private readonly keep: number
  private mean = new Float64Array(0)
  private variance = new Float64Array(0)
  private period = new Float64Array(0)
  private count = new Uint32Array(0)
  private periods = new Uint32Array(0)

  /** @param halfLifeMillis at least `everyMillis` */
  constructor(table: SlotTable, everyMillis: number, halfLifeMillis: number) {
    this.everyMillis = everyMillis
    this.keep = 2 ** (-everyMillis / Math.max(halfLifeMillis, everyMillis))
    table.onChange(
      (capacity) => {
        this.mean = grownFloats(this.mean, capacity)
        this.variance = grownFloats(this.variance, capacity)
        this.period = grownFloats(this.period, capacity)
        this.count = grownWholes(this.count, capacity)
        this.periods = grownWholes(this.periods, capacity)
      },
      (row) => {
        for (const column of [this.mean, this.variance, this.period, this.count, this.periods]) {
          column[row] = 0
        }
      },
    )
  }

  /** Counts an event, and answers with the count of its period. One of an earlier period counts as now. */
  add(row: number, atMillis: number): number {
    const period = Math.floor(atMillis / this.everyMillis)
    const current = this.period[row] ?? 0
    if (current === 0) this.period[row] = period
    else if (period > current) this.close(row, period)
    const count = (this.count[row] ?? 0) + 1
    this.count[row] = count
    return count
  }

  usual(row: number): Usual {
    return {
      mean: this.mean[row] ?? 0,
      // Even a perfectly regular key is allowed what chance does to counts.
      deviation: Math.sqrt(Math.max(this.variance[row] ?? 0, this.mean[row] ?? 0, 1)),
      periods: this.periods[row] ?? 0,
    }
  }

  /** Standard deviations of the present period's count above the mean. */
  score(row: number): number {
    const variance = Math.max(this.variance[row] ?? 0, this.mean[row] ?? 0, 1)
    return ((this.count[row] ?? 0) - (this.mean[row] ?? 0)) / Math.sqrt(variance)
  }

  hasLearned(row: number, minimum: number): boolean {
    return (this.periods[row] ?? 0) >= minimum
  }

  /** Ends the present period and those without any event up to `period`. */
  private close(row: number, period: number): void {
    const idle = Math.min(period - (this.period[row] ?? 0) - 1, idleMax)
    const { deviation, mean, periods } = this.usual(row)
    const count = this.count[row] ?? 0
    const edge = mean + edgeDeviations * deviation
    this.take(row, periods === 0 ? count : Math.min(count, edge))
    if (idle > 0) this.takeNothing(row, idle)
    this.period[row] = period
    this.count[row] = 0
    this.periods[row] = Math.min(periods + 1 + idle, 2 ** 31)
  }

  private take(row: number, count: number): void {
    const mean = this.mean[row] ?? 0
    const isFirst = (this.periods[row] ?? 0) === 0
    const share = isFirst ? 1 : 1 - this.keep
    const step = share * (count - mean)
    this.mean[row] = mean + step
    this.variance[row] = isFirst
      ? 0
      : this.keep * ((this.variance[row] ?? 0) + step * (count - mean))
  }

  /** The same as taking 0 so often, in one step. */
  private takeNothing(row: number, times: number): void {
    const mean = this.mean[row] ?? 0
    const left = this.keep ** times
    this.mean[row] = mean * left
    this.variance[row] = left * ((this.variance[row] ?? 0) + mean * mean * (1 - left))
  }
}
