/**
 * Which sequences of which trails are known, as ranges, in bounded memory.
 *
 * @since 0.1.0
 */

interface Ranges {
  /** Beginnings and ends by turns, ascending: `[0, 5, 8, 9]` is 0 to 4 and 8. */
  bounds: Array<number>
}

/**
 * Sequences of many trails. What is dense costs next to nothing; where it is not, the lowest
 * ranges of the trail with the most of them are forgotten first.
 *
 * @category models
 * @since 0.1.0
 */
export class SequenceRanges {
  private readonly trails = new Map<string, Ranges>()
  private readonly rangesMax: number
  private count = 0

  /** @param rangesMax most ranges of all trails together */
  constructor(rangesMax = 100_000) {
    this.rangesMax = rangesMax
  }

  /** How many ranges are kept. */
  get size(): number {
    return this.count
  }

  has(trail: string, sequence: number): boolean {
    const bounds = this.trails.get(trail)?.bounds
    return bounds !== undefined && above(bounds, sequence) % 2 === 1
  }

  add(trail: string, sequence: number): void {
    let ranges = this.trails.get(trail)
    if (ranges === undefined) {
      ranges = { bounds: [] }
      this.trails.set(trail, ranges)
    }
    const { bounds } = ranges
    const at = above(bounds, sequence)
    if (at % 2 === 1) return
    const joinsBefore = at > 0 && bounds[at - 1] === sequence
    const joinsAfter = bounds[at] === sequence + 1
    if (joinsBefore && joinsAfter) {
      bounds.splice(at - 1, 2)
      this.count -= 1
    } else if (joinsBefore) {
      bounds[at - 1] = sequence + 1
    } else if (joinsAfter) {
      bounds[at] = sequence
    } else {
      bounds.splice(at, 0, sequence, sequence + 1)
      this.count += 1
      if (this.count > this.rangesMax) this.forget()
    }
  }

  private forget(): void {
    let most: Ranges = { bounds: [] }
    for (const ranges of this.trails.values()) {
      if (ranges.bounds.length > most.bounds.length) most = ranges
    }
    // A tenth at a time, so that this is rare.
    const ranges = Math.ceil(most.bounds.length / 20)
    most.bounds.splice(0, 2 * ranges)
    this.count -= ranges
  }
}

/** How many bounds are at most `sequence`. */
const above = (bounds: ReadonlyArray<number>, sequence: number): number => {
  // Nearly all additions are at the end.
  if ((bounds.at(-1) ?? -1) <= sequence) return bounds.length
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((bounds[middle] ?? Infinity) <= sequence) low = middle + 1
    else high = middle
  }
  return low
}
