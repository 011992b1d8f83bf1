/**
 * Whether so many different values came within a time, for many keys.
 *
 * For each key the values seen last are kept, as many as the rule asks for, each with its newest
 * time. They are enough: so many came within the time exactly when the oldest of these did. Values
 * are kept as 32 bits; two that have the same are one, which with 256 values happens once in a
 * hundred thousand windows, and then one value more is needed.
 *
 * @since 0.1.0
 */
import { grownFloats, grownWholes, type SlotTable } from "./SlotTable.ts"

/**
 * @category models
 * @since 0.1.0
 */
export class DistinctWindow {
  private readonly atLeast: number
  private readonly withinMillis: number
  private values = new Uint32Array(0)
  private times = new Float64Array(0)
  private held = new Uint32Array(0)

  constructor(table: SlotTable, atLeast: number, withinMillis: number) {
    this.atLeast = atLeast
    this.withinMillis = withinMillis
    table.onChange(
      (capacity) => {
        this.values = grownWholes(this.values, capacity * atLeast)
        this.times = grownFloats(this.times, capacity * atLeast)
        this.held = grownWholes(this.held, capacity)
      },
      (row) => {
        this.held[row] = 0
      },
    )
  }

  /** Takes a value, and tells whether enough different ones lie within the time. */
  add(row: number, atMillis: number, value: number): boolean {
    const { atLeast, times, values } = this
    const from = row * atLeast
    const held = this.held[row] ?? 0
    let place = from
    let oldest = from
    const end = from + held
    while (place < end && values[place] !== value) {
      if ((times[place] ?? 0) < (times[oldest] ?? 0)) oldest = place
      place += 1
    }
    if (place < end) times[place] = Math.max(times[place] ?? 0, atMillis)
    else if (held < atLeast) {
      values[place] = value
      times[place] = atMillis
      this.held[row] = held + 1
    } else if (atMillis > (times[oldest] ?? 0)) {
      values[oldest] = value
      times[oldest] = atMillis
    }
    return (this.held[row] ?? 0) === atLeast && this.isWithin(from)
  }

  private isWithin(from: number): boolean {
    let first = Infinity
    let last = -Infinity
    for (let place = from; place < from + this.atLeast; place += 1) {
      const time = this.times[place] ?? 0
      if (time < first) first = time
      if (time > last) last = time
    }
    return last - first <= this.withinMillis
  }
}
