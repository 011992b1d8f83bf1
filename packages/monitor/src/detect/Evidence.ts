/**
 * The ids of the events that a rule counted last, for each of its keys.
 *
 * All keys share one ring, in which each id points back to the one before it of the same key. So the
 * memory has a bound however many keys there are, and who counts much has the most.
 *
 * @since 0.1.0
 */
import { grownFloats, type SlotTable } from "./SlotTable.ts"

/**
 * Most ids that a finding shows.
 *
 * @category constants
 * @since 0.1.0
 */
export const evidenceMax = 20

const ringLength = 32_768

/**
 * @category models
 * @since 0.1.0
 */
export class Evidence {
  private ids: Array<string> = []
  /** Ordinal of the id before, of the same key. Ordinals count from 1; 0 is none. */
  private readonly earlier = new Float64Array(ringLength)
  private readonly times = new Float64Array(ringLength)
  private readonly weights = new Float64Array(ringLength)
  private newest = new Float64Array(0)
  private ordinal = 0

  constructor(table: SlotTable) {
    table.onChange(
      (capacity) => {
        this.newest = grownFloats(this.newest, capacity)
      },
      (row) => {
        this.newest[row] = 0
      },
    )
  }

  /** @param weight what a window counts of it: an amount, or which value */
  add(row: number, atMillis: number, id: string, weight = 1): void {
    this.ordinal += 1
    const place = this.ordinal % ringLength
    this.ids[place] = id
    this.times[place] = atMillis
    this.weights[place] = weight
    this.earlier[place] = this.newest[row] ?? 0
    this.newest[row] = this.ordinal
  }

  /**
   * Ids that are still known, of events from one time to another, the newest last; at most
   * {@link evidenceMax}.
   */
  of(row: number, sinceMillis: number, untilMillis: number): ReadonlyArray<string> {
    const found: Array<string> = []
    let ordinal = this.newest[row] ?? 0
    while (ordinal > 0 && ordinal > this.ordinal - ringLength && found.length < evidenceMax) {
      const place = ordinal % ringLength
      const atMillis = this.times[place] ?? 0
      const id = this.ids[place] ?? ""
      // One event may have several values.
      const isAnother = id !== found.at(-1)
      if (isAnother && atMillis >= sinceMillis && atMillis <= untilMillis) found.push(id)
      ordinal = this.earlier[place] ?? 0
    }
    return found.reverse()
  }

  /** Shows what is still known of a row, the newest first. */
  visit(row: number, see: (atMillis: number, weight: number) => void): void {
    let ordinal = this.newest[row] ?? 0
    while (ordinal > 0 && ordinal > this.ordinal - ringLength) {
      const place = ordinal % ringLength
      see(this.times[place] ?? 0, this.weights[place] ?? 0)
      ordinal = this.earlier[place] ?? 0
    }
  }
}
