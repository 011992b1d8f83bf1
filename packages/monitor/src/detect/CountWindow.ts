/**
 * How many in the time up to an event, for many keys: a ring of counts for each.
 *
 * The window is cut into {@link partsOfWindow} parts that begin at whole multiples of their length,
 * so a count never covers more than the window, and covers at least eleven twelfths of it. Four
 * parts more are kept, so an event that comes late by up to a third of the window still counts
 * where it belongs, in every window that holds it.
 *
 * @since 0.1.0
 */
import { grownFloats, grownWholes, type SlotTable } from "./SlotTable.ts"

/**
 * @category constants
 * @since 0.1.0
 */
export const partsOfWindow = 12

const ringLength = partsOfWindow + 4
const wholeMax = 2 ** 32 - 1

/**
 * @category models
 * @since 0.1.0
 */
export class CountWindow {
  private readonly partMillis: number
  private counts = new Uint32Array(0)
  /** The number of the newest part of each row; 0 where nothing was counted yet. */
  private newest = new Float64Array(0)

  /** @param withinMillis length of the window */
  constructor(table: SlotTable, withinMillis: number) {
    this.partMillis = withinMillis / partsOfWindow
    table.onChange(
      (capacity) => {
        this.counts = grownWholes(this.counts, capacity * ringLength)
        this.newest = grownFloats(this.newest, capacity)
      },
      (row) => this.clear(row),
    )
  }

  /**
   * Counts, and answers with the largest count of any window that the event is in; 0 for an event
   * that comes too late to be counted.
   */
  add(row: number, atMillis: number, amount: number): number {
    const part = Math.floor(atMillis / this.partMillis)
    const from = row * ringLength
    const { counts } = this
    let newest = this.newest[row] ?? 0
    if (part > newest) {
      if (part - newest >= ringLength) counts.fill(0, from, from + ringLength)
      else {
        for (let next = newest + 1; next <= part; next += 1) counts[from + (next % ringLength)] = 0
      }
      this.newest[row] = part
      newest = part
    } else if (newest - part >= ringLength) return 0
    const at = from + (part % ringLength)
    counts[at] = Math.min((counts[at] ?? 0) + amount, wholeMax)
    return this.largest(from, part, newest)
  }

  private largest(from: number, part: number, newest: number): number {
    let most = 0
    // In order there is one window to look at, the one that ends here.
    for (let end = part; end <= newest && end < part + partsOfWindow; end += 1) {
      const first = Math.max(end - partsOfWindow + 1, newest - ringLength + 1)
      let sum = 0
      for (let each = first; each <= end; each += 1) {
        sum += this.counts[from + (each % ringLength)] ?? 0
      }
      most = Math.max(most, sum)
    }
    return most
  }

  private clear(row: number): void {
    this.counts.fill(0, row * ringLength, (row + 1) * ringLength)
    this.newest[row] = 0
  }
}
