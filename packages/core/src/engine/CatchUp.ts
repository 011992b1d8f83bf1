/**
 * How far a sink is behind, and when it will have caught up.
 *
 * Counts in slices of a second over the last ten, so that it costs two additions a delivery and
 * its memory does not grow.
 *
 * @since 0.1.0
 */

const slices = 10
const sliceMillis = 1000

/**
 * Events a second, over the last ten seconds.
 *
 * @category models
 * @since 0.1.0
 */
export class RateMeter {
  private readonly counts = new Float64Array(slices)
  /** The slice of time that each count is of. */
  private readonly at = new Float64Array(slices).fill(-1)
  private first: number | undefined

  add(count: number, nowMillis: number): void {
    const slice = Math.floor(nowMillis / sliceMillis)
    this.first ??= nowMillis
    const place = slice % slices
    if (this.at[place] !== slice) {
      this.at[place] = slice
      this.counts[place] = 0
    }
    this.counts[place] = (this.counts[place] ?? 0) + count
  }

  perSecond(nowMillis: number): number {
    if (this.first === undefined) return 0
    const slice = Math.floor(nowMillis / sliceMillis)
    let sum = 0
    for (const [place, at] of this.at.entries()) {
      if (at > slice - slices && at <= slice) sum += this.counts[place] ?? 0
    }
    const begin = Math.max(this.first, (slice - slices + 1) * sliceMillis)
    // A meter that has only begun would show the burst that it began with.
    return sum / Math.max(1, (nowMillis - begin) / 1000)
  }
}

const marksMax = 128

interface Mark {
  /** The trail's end then. */
  readonly end: number
  readonly atMillis: number
}

/**
 * When records became durable, near enough: the longer the time, the coarser.
 *
 * @category models
 * @since 0.1.0
 */
export class Milestones {
  private marks: Array<Mark>
  /** How long the records of one mark came after each other. */
  private spanMillis = 0
  private readonly openedMillis: number

  /**
   * @param end the trail's end at the opening
   * @param openedMillis how old at least everything is that was there before
   */
  constructor(end: number, openedMillis: number) {
    this.marks = [{ end, atMillis: openedMillis }]
    this.openedMillis = openedMillis
  }

  /** The trail grew to here. */
  grew(end: number, atMillis: number): void {
    const last = this.marks.at(-1)
    if (last !== undefined && atMillis - last.atMillis < this.spanMillis) {
      this.marks[this.marks.length - 1] = { end, atMillis: last.atMillis }
      return
    }
    this.marks.push({ end, atMillis })
    if (this.marks.length <= marksMax) return
    const times = this.marks.map((mark) => mark.atMillis)
    this.spanMillis = (2 * ((times.at(-1) ?? 0) - (times[0] ?? 0))) / marksMax
    // Two become one, with the time of the earlier: no record is shown younger than it is.
    this.marks = this.marks.flatMap((mark, index) => {
      if (index % 2 === 1) return []
      return [{ end: this.marks[index + 1]?.end ?? mark.end, atMillis: mark.atMillis }]
    })
  }

  /** Nobody asks about what lies before. */
  forget(sequence: number): void {
    for (let first = this.marks[0]; first !== undefined && first.end <= sequence;) {
      this.marks.shift()
      first = this.marks[0]
    }
    if (this.marks.length === 0) this.spanMillis = 0
  }

  /** When the record with this sequence was durable; before the opening: when that was. */
  at(sequence: number): number {
    return this.marks.find(({ end }) => sequence < end)?.atMillis ?? this.openedMillis
  }
}

/**
 * How long until nothing lags, at the present rates. Units: milliseconds. `undefined`: never.
 *
 * @param lag records to be delivered
 * @param taken records that the sink takes in a second
 * @param added records that the trail grows by in a second
 * @category constructors
 * @since 0.1.0
 */
export const catchUpMillis = (lag: number, taken: number, added: number): number | undefined => {
  if (lag === 0) return 0
  return taken > added ? Math.ceil((lag / (taken - added)) * 1000) : undefined
}
