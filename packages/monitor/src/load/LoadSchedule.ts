/**
 * When each start of a load is meant to happen, fixed before the first one.
 *
 * A start's moment follows from its number alone. So what the target does can't move it, and the
 * wait of a start that came late counts from when it was meant (coordinated omission is the name
 * of the mistake to let it count from when it was made).
 *
 * @since 0.1.0
 */
import { type LoadProfile, secondsOf, type Stretch, stretches } from "./LoadProfile.ts"

/** A stretch with where it begins, in time and in starts. */
interface Piece extends Stretch {
  readonly beginsAt: number
  /** A real number: a stretch may begin in the middle of a start. */
  readonly startsBefore: number
}

// Sums of rates that are no binary fractions come out a little too large or too small.
const rounding = 1e-6

/**
 * The schedule of one load. Cheap to ask in the order of the starts.
 *
 * @category models
 * @since 0.1.0
 */
export class LoadSchedule {
  /** How many starts there are, those that warm up included. */
  readonly total: number
  /** The first start that counts. */
  readonly measuredFrom: number
  /** Units: seconds. */
  readonly seconds: number
  readonly warmupSeconds: number
  private readonly pieces: ReadonlyArray<Piece>
  private at = 0

  constructor(profile: LoadProfile) {
    const pieces: Array<Piece> = []
    let beginsAt = 0
    let startsBefore = 0
    for (const stretch of stretches(profile)) {
      pieces.push({ ...stretch, beginsAt, startsBefore })
      beginsAt += stretch.seconds
      startsBefore += ((stretch.from + stretch.to) / 2) * stretch.seconds
    }
    this.pieces = pieces
    this.seconds = beginsAt
    this.total = Math.ceil(startsBefore - rounding)
    this.warmupSeconds = secondsOf(profile.warmup)
    this.measuredFrom = this.firstFrom(this.warmupSeconds)
  }

  /**
   * When a start is meant to happen, from the beginning of the load. Units: milliseconds.
   *
   * @param index from 0 to `total` − 1
   */
  startOf(index: number): number {
    const { pieces } = this
    // Starts are asked for in their order nearly always, so the piece is this one or the next.
    while (this.at > 0 && index < (pieces[this.at]?.startsBefore ?? 0) - rounding) this.at -= 1
    while (
      this.at + 1 < pieces.length &&
      index >= (pieces[this.at + 1]?.startsBefore ?? Infinity) - rounding
    ) {
      this.at += 1
    }
    const piece = pieces[this.at]
    return piece === undefined ? 0 : momentIn(piece, index - piece.startsBefore) * 1000
  }

  /** The first start at or after a moment. Units: seconds. */
  firstFrom(seconds: number): number {
    let low = 0
    let high = this.total
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.startOf(middle) < seconds * 1000 - rounding) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** When so many starts of a stretch have been made: the rate's integral, turned round. Units: seconds. */
const momentIn = ({ beginsAt, from, seconds, to }: Piece, starts: number): number => {
  if (starts <= 0) return beginsAt
  const slope = (to - from) / seconds
  // This form of the root loses nothing where the slope is small. Below 0 it is by rounding alone.
  const root = Math.sqrt(Math.max(0, from * from + 2 * slope * starts))
  return beginsAt + Math.min(seconds, (2 * starts) / (from + root))
}
