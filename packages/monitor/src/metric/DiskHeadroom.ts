/**
 * How long a disk lasts at the rate at which it fills.
 *
 * @since 0.1.0
 */

const windowMillis = 900_000
const leastMillis = 30_000
const gapMillis = 10_000
const yearSeconds = 365 * 24 * 3600

/**
 * Looks at the free bytes again and again, and reckons with the last quarter of an hour. Who fills
 * the disk does not matter: the trail needs the room.
 *
 * @category models
 * @since 0.1.0
 */
export class DiskHeadroom {
  private readonly seen: Array<{ readonly atMillis: number; readonly freeBytes: number }> = []
  private last: { readonly atMillis: number; readonly freeBytes: number } | undefined

  /**
   * @param atMillis a time that only goes forward
   */
  add(atMillis: number, freeBytes: number): void {
    this.last = { atMillis, freeBytes }
    // A point each ten seconds is enough for a rate, and a hundred of them are kept at most.
    if (atMillis - (this.seen.at(-1)?.atMillis ?? -Infinity) >= gapMillis) {
      this.seen.push(this.last)
    }
    while (atMillis - (this.seen[0]?.atMillis ?? atMillis) > windowMillis) this.seen.shift()
  }

  /**
   * Until it is full: at most a year, which also stands for a disk that does not fill. `undefined`
   * until half a minute was seen. Units: seconds.
   */
  get seconds(): number | undefined {
    const { last } = this
    const [first] = this.seen
    if (first === undefined || last === undefined) return undefined
    const millis = last.atMillis - first.atMillis
    if (millis < leastMillis) return undefined
    const perSecond = ((first.freeBytes - last.freeBytes) / millis) * 1000
    return perSecond > 0 ? Math.min(yearSeconds, last.freeBytes / perSecond) : yearSeconds
  }
}
