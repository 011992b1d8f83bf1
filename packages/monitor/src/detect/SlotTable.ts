/**
 * Rows for the keys that a rule has met, of all the keys there are: most rules look at few of them,
 * and memory is taken for those alone.
 *
 * @since 0.1.0
 */

const none = -1
const rowsAtFirst = 64

/**
 * @category models
 * @since 0.1.0
 */
export class SlotTable {
  /** Rows that there is room for; whoever keeps columns grows them by `onGrow`. */
  capacity = rowsAtFirst

  private readonly rows: Int32Array
  private readonly free: Array<number> = []
  private used = 0
  private readonly growing: Array<(capacity: number) => void> = []
  private readonly clearing: Array<(row: number) => void> = []

  /** @param keysMax of the key space whose slots are given */
  constructor(keysMax: number) {
    this.rows = new Int32Array(keysMax).fill(none)
  }

  get size(): number {
    return this.used - this.free.length
  }

  /** Calls `grow` when columns need more rows, and `clear` when a row is for another key. */
  onChange(grow: (capacity: number) => void, clear: (row: number) => void): void {
    this.growing.push(grow)
    this.clearing.push(clear)
    grow(this.capacity)
  }

  /** The row of a slot, or -1 where it has none yet. */
  find(slot: number): number {
    return this.rows[slot] ?? none
  }

  /** The row of a slot, which is given one where it has none. */
  rowOf(slot: number): number {
    const known = this.rows[slot] ?? none
    if (known !== none) return known
    const row = this.free.pop() ?? this.used++
    if (row >= this.capacity) {
      this.capacity = Math.min(this.capacity * 2, this.rows.length)
      for (const grow of this.growing) grow(this.capacity)
    }
    this.rows[slot] = row
    return row
  }

  /** The slot's key is gone. */
  forget(slot: number): void {
    const row = this.rows[slot] ?? none
    if (row === none) return
    for (const clear of this.clearing) clear(row)
    this.rows[slot] = none
    this.free.push(row)
  }
}

/**
 * The same numbers in an array of more room.
 *
 * @category conversions
 * @since 0.1.0
 */
export const grownFloats = (from: Float64Array, length: number): Float64Array<ArrayBuffer> => {
  const grown = new Float64Array(length)
  grown.set(from)
  return grown
}

/**
 * The same whole numbers in an array of more room.
 *
 * @category conversions
 * @since 0.1.0
 */
export const grownWholes = (from: Uint32Array, length: number): Uint32Array<ArrayBuffer> => {
  const grown = new Uint32Array(length)
  grown.set(from)
  return grown
}
