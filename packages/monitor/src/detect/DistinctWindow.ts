/**
 * Whether so many different values came within a time, for many keys.
 *
 * For each key the values seen last are kept, each with its newest time: as many as the rule asks
 * for are enough, since so many came within the time exactly when the oldest of these did. Values
 * are kept as 32 bits; two that have the same are one, which with 256 values happens once in a
 * hundred thousand windows, and then one value more is needed.
 *
 * A key begins with room for a few values and gets more when those all lie within the time. Where
 * they do not, those before them can't either, now or later, so nothing is lost by forgetting them.
 * That holds for events in order: a key with one that comes late keeps all of its values for as long
 * as events may be late, apart from the others.
 *
 * @since 0.1.0
 */
import { type Lateness, LateRows } from "./LateRows.ts"
import { grownFloats, grownWholes, type SlotTable } from "./SlotTable.ts"

const roomsAtFirst = 64
const smallest = 8
const growth = 4
// Of one key with late events, and keys with such.
const lateValuesMax = 4096
const lateRowsMax = 128

/** A value at a time. */
interface Sight {
  readonly atMillis: number
  readonly value: number
  /** Which one it was of those taken. */
  readonly ordinal: number
}

/** What is remembered of a key with late events. */
interface LateSights {
  byTime: Array<Sight>
  /** Sights so far, with those that were forgotten. */
  taken: number
  /** The newest time when an event came late last. */
  lateMillis: number
}

/** Where the first sight of a time or a later one is. */
const placeAt = (byTime: ReadonlyArray<Sight>, atMillis: number): number => {
  let low = 0
  let high = byTime.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((byTime[middle]?.atMillis ?? 0) < atMillis) low = middle + 1
    else high = middle
  }
  return low
}

/** Rooms of one size, as many as were needed at once. */
class Rooms {
  readonly size: number
  values: Uint32Array<ArrayBuffer>
  times: Float64Array<ArrayBuffer>
  private readonly free: Array<number> = []
  private used = 0

  constructor(size: number) {
    this.size = size
    this.values = new Uint32Array(size * roomsAtFirst)
    this.times = new Float64Array(size * roomsAtFirst)
  }

  /** Where a room begins that nobody has. */
  take(): number {
    const from = this.free.pop() ?? this.used++ * this.size
    if (from >= this.values.length) {
      this.values = grownWholes(this.values, this.values.length * 2)
      this.times = grownFloats(this.times, this.times.length * 2)
    }
    return from
  }

  give(from: number): void {
    this.free.push(from)
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export class DistinctWindow {
  private readonly atLeast: number
  private readonly withinMillis: number
  private readonly sizes: ReadonlyArray<Rooms>
  /** For each row: which of the sizes, counted from 1; 0 where it has no room yet. */
  private sizeOf = new Uint32Array(0)
  private roomOf = new Uint32Array(0)
  private held = new Uint32Array(0)
  private newest = new Float64Array(0)
  private readonly keptMillis: number
  private readonly evidence: Lateness["evidence"]
  private readonly late: LateRows<LateSights>

  constructor(
    table: SlotTable,
    atLeast: number,
    withinMillis: number,
    { evidence, latenessMillis }: Lateness,
  ) {
    this.atLeast = atLeast
    this.withinMillis = withinMillis
    this.keptMillis = latenessMillis + 2 * withinMillis
    this.evidence = evidence
    this.late = new LateRows(table, lateRowsMax)
    const sizes: Array<Rooms> = []
    for (let size = smallest; size < atLeast; size *= growth) sizes.push(new Rooms(size))
    this.sizes = [...sizes, new Rooms(atLeast)]
    table.onChange(
      (capacity) => {
        this.sizeOf = grownWholes(this.sizeOf, capacity)
        this.roomOf = grownWholes(this.roomOf, capacity)
        this.held = grownWholes(this.held, capacity)
        this.newest = grownFloats(this.newest, capacity)
      },
      (row) => this.clear(row),
    )
  }

  /**
   * Takes a value, and tells whether enough different ones lie within the time before it, or, where
   * it comes late, within some time that it is in.
   */
  add(row: number, atMillis: number, value: number): boolean {
    const newest = this.newest[row] ?? 0
    if (atMillis >= newest) this.newest[row] = atMillis
    const isLate = atMillis < newest
    const late = isLate ? this.late.open(row, () => this.sights(row)) : this.lateOf(row, atMillis)
    const isEnough = this.take(row, atMillis, value)
    if (late === undefined) return isEnough
    if (isLate) late.lateMillis = newest
    this.keep(late, atMillis, value)
    return isEnough || (isLate && this.isAround(late, atMillis))
  }

  /** What is remembered of a row that had late events lately; one that had none is as others. */
  private lateOf(row: number, atMillis: number): LateSights | undefined {
    const late = this.late.find(row)
    if (late === undefined || atMillis - late.lateMillis <= this.keptMillis) return late
    this.late.close(row)
    return undefined
  }

  private sights(row: number): LateSights {
    const found: Array<Sight> = []
    const rooms = this.sizes[(this.sizeOf[row] ?? 0) - 1]
    const from = this.roomOf[row] ?? 0
    const ordinal = 0
    this.evidence.visit(row, (atMillis, value) => {
      if (found.length < lateValuesMax) found.push({ atMillis, value, ordinal })
    })
    for (let place = from; place < from + (this.held[row] ?? 0); place += 1) {
      const atMillis = rooms?.times[place] ?? 0
      found.push({ atMillis, value: rooms?.values[place] ?? 0, ordinal })
    }
    const byTime = found
      .toSorted((left, right) => left.atMillis - right.atMillis)
      .map((sight, index) => ({ ...sight, ordinal: index + 1 }))
    return { byTime, taken: byTime.length, lateMillis: 0 }
  }

  private keep(late: LateSights, atMillis: number, value: number): void {
    const { byTime } = late
    late.taken += 1
    byTime.splice(placeAt(byTime, atMillis), 0, { atMillis, value, ordinal: late.taken })
    if (byTime.length <= lateValuesMax) return
    // Half of them go at once, so that this is seldom: those that came first.
    const newest = byTime.at(-1)?.atMillis ?? 0
    const last = late.taken - lateValuesMax / 2
    late.byTime = byTime.filter(
      (each) => each.ordinal > last && newest - each.atMillis <= this.keptMillis,
    )
  }

  /** Whether enough lie within a window that has `atMillis` in it. */
  private isAround({ byTime }: LateSights, aroundMillis: number): boolean {
    const counts = new Map<number, number>()
    let first = placeAt(byTime, aroundMillis - this.withinMillis)
    for (let place = first; place < byTime.length; place += 1) {
      const last = byTime[place]
      if (last === undefined || last.atMillis - aroundMillis > this.withinMillis) break
      counts.set(last.value, (counts.get(last.value) ?? 0) + 1)
      for (let each = byTime[first]; each !== undefined; each = byTime[first]) {
        if (last.atMillis - each.atMillis <= this.withinMillis) break
        const left = (counts.get(each.value) ?? 0) - 1
        if (left > 0) counts.set(each.value, left)
        else counts.delete(each.value)
        first += 1
      }
      // A window that ends before does not have it, and was judged without.
      if (last.atMillis >= aroundMillis && counts.size >= this.atLeast) return true
    }
    return false
  }

  private take(row: number, atMillis: number, value: number): boolean {
    const rooms = this.roomsOf(row)
    const { times, values } = rooms
    const from = this.roomOf[row] ?? 0
    const held = this.held[row] ?? 0
    const end = from + held
    let place = from
    let oldest = from
    while (place < end && values[place] !== value) {
      if ((times[place] ?? 0) < (times[oldest] ?? 0)) oldest = place
      place += 1
    }
    if (place < end) times[place] = Math.max(times[place] ?? 0, atMillis)
    else if (held < rooms.size) {
      values[place] = value
      times[place] = atMillis
      this.held[row] = held + 1
    } else if (rooms.size < this.atLeast && atMillis - (times[oldest] ?? 0) <= this.withinMillis) {
      this.enlarge(row, rooms, from)
      return this.take(row, atMillis, value)
    } else if (atMillis > (times[oldest] ?? 0)) {
      values[oldest] = value
      times[oldest] = atMillis
    }
    return (this.held[row] ?? 0) === this.atLeast && this.isWithin(times, from)
  }

  private roomsOf(row: number): Rooms {
    const known = this.sizes[(this.sizeOf[row] ?? 0) - 1]
    if (known !== undefined) return known
    const [first] = this.sizes
    // There is always one: that of the size that is asked for.
    if (first === undefined) throw new RangeError("no rooms")
    this.sizeOf[row] = 1
    this.roomOf[row] = first.take()
    return first
  }

  private enlarge(row: number, rooms: Rooms, from: number): void {
    const size = this.sizeOf[row] ?? 0
    const larger = this.sizes[size]
    if (larger === undefined) return
    const to = larger.take()
    larger.values.set(rooms.values.subarray(from, from + rooms.size), to)
    larger.times.set(rooms.times.subarray(from, from + rooms.size), to)
    rooms.give(from)
    this.sizeOf[row] = size + 1
    this.roomOf[row] = to
  }

  private isWithin(times: Float64Array, from: number): boolean {
    let first = Infinity
    let last = -Infinity
    for (let place = from; place < from + this.atLeast; place += 1) {
      const time = times[place] ?? 0
      if (time < first) first = time
      if (time > last) last = time
    }
    return last - first <= this.withinMillis
  }

  private clear(row: number): void {
    const rooms = this.sizes[(this.sizeOf[row] ?? 0) - 1]
    rooms?.give(this.roomOf[row] ?? 0)
    this.sizeOf[row] = 0
    this.held[row] = 0
    this.newest[row] = 0
  }
}
