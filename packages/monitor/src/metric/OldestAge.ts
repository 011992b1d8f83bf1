/**
 * How long the oldest of what is in a queue has been there, told from two numbers that are looked at
 * now and then: how many have come, and how many have left.
 *
 * Where more had come at some time than have left until now, one that had come by then is still
 * there: so long at least, and where the first to come is the first to leave, so long to within the
 * time between two looks. What is in the queue is never touched, and need not know of it.
 *
 * @since 0.1.0
 */

interface Mark {
  readonly atMillis: number
  readonly come: number
}

/** Ten minutes of seconds. Beyond, looks are kept that are further apart, and always the first. */
const marksMax = 600

/**
 * @category models
 * @since 0.1.0
 */
export class OldestAge {
  /** Both numbers grow, the oldest first. */
  private marks: Array<Mark> = []
  private left = 0
  /** How far apart looks are that are kept. */
  private gapMillis = 0

  /**
   * Remembers how many have come.
   *
   * @param nowMillis a time that only goes forward
   * @param come since the start; less than there were changes nothing
   * @param left since the start
   */
  look(nowMillis: number, come: number, left: number): void {
    this.forget(left)
    const last = this.marks.at(-1)
    if (come <= Math.max(left, last?.come ?? 0)) return
    if (last !== undefined && nowMillis - last.atMillis < this.gapMillis) return
    this.marks.push({ atMillis: nowMillis, come })
    if (this.marks.length > marksMax) this.thin()
  }

  /** Nothing is there: what came before is counted no more. */
  clear(): void {
    this.marks = []
  }

  /** Units: seconds; 0 where all that was seen has left. */
  seconds(nowMillis: number, left: number): number {
    this.forget(left)
    const oldest = this.marks[0]
    return oldest === undefined ? 0 : Math.max(0, nowMillis - oldest.atMillis) / 1000
  }

  private thin(): void {
    const first = this.marks[0]?.atMillis ?? 0
    this.gapMillis = ((this.marks.at(-1)?.atMillis ?? 0) - first) / (marksMax / 2)
    let kept = Number.NEGATIVE_INFINITY
    this.marks = this.marks.filter(({ atMillis }) => {
      if (atMillis - kept < this.gapMillis) return false
      kept = atMillis
      return true
    })
  }

  private forget(left: number): void {
    // Who counts from the start again has another queue.
    if (left < this.left) this.clear()
    this.left = left
    const gone = this.marks.findIndex(({ come }) => come > left)
    if (gone < 0) this.clear()
    else if (gone > 0) this.marks.splice(0, gone)
    if (this.marks.length < marksMax / 4) this.gapMillis = 0
  }
}
