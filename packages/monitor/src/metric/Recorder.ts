/**
 * What applications write their numbers to: plain objects, no Effect, nothing allocated per call.
 *
 * @since 0.1.0
 */
import { createHistogram, type RecordableHistogram } from "node:perf_hooks"
import { type InstrumentUnit, quantiles } from "./Instruments.ts"
import type { Summary } from "./Sample.ts"

/**
 * A number that only grows.
 *
 * @category models
 * @since 0.1.0
 */
export class Counter {
  private count = 0

  /** Adds what is above 0; what is not changes nothing. */
  add(by = 1): void {
    if (by > 0) this.count += by
  }

  get value(): number {
    return this.count
  }
}

/**
 * A number that goes up and down.
 *
 * @category models
 * @since 0.1.0
 */
export class Gauge {
  value = 0

  set(value: number): void {
    this.value = value
  }

  add(by: number): void {
    this.value += by
  }
}

const slotMillis = 15_000
const slotCount = 4

/** Values that lie within 1 % of each other may count as one. */
const figures = 2

interface Scale {
  /** The histogram takes whole numbers: so many make one of the unit. */
  readonly perUnit: number
  readonly highest: number
}

const micros: Scale = { perUnit: 1e6, highest: 3_600_000_000 }
const scales: Readonly<Record<InstrumentUnit, Scale>> = {
  seconds: micros,
  ratio: { perUnit: 1e6, highest: 1e6 },
  bytes: { perUnit: 1, highest: 2 ** 40 },
  one: { perUnit: 1, highest: 2 ** 40 },
}

const histogramOf = ({ highest }: Scale): RecordableHistogram =>
  createHistogram({ lowest: 1, highest, figures })

/**
 * How large values are: all since the start, and those of the last minute.
 *
 * The histograms are Node's own (HdrHistogram): a value is kept to within 1 %, and two merge without
 * a loss. Only one of them is written to; it is added to the others when its quarter of a minute is
 * over, so a value costs one call however many there are.
 *
 * @category models
 * @since 0.1.0
 */
export class Recorder {
  private readonly scale: Scale
  private current: RecordableHistogram
  private currentFrom: number
  /** The quarters of a minute before, the newest last. */
  private readonly slots: Array<RecordableHistogram> = []
  /** All before `current`; made with the first. */
  private before: RecordableHistogram | undefined
  private total = 0
  private count = 0

  /**
   * @param nowMillis a time that only goes forward
   */
  constructor(unit: InstrumentUnit, nowMillis: number) {
    this.scale = scales[unit]
    this.current = histogramOf(this.scale)
    this.currentFrom = nowMillis
  }

  /**
   * Records a value in the unit of the instrument: seconds, bytes. Values below the smallest that is
   * kept (a microsecond, a byte) count as it, and values above the largest (an hour, a tebibyte) as
   * that one; what is no number is left out.
   */
  record(value: number): void {
    const { highest, perUnit } = this.scale
    const whole = Math.round(value * perUnit)
    if (whole >= 1) {
      const kept = whole > highest ? highest : whole
      this.current.record(kept)
      this.total += kept / perUnit
      this.count += 1
    } else if (whole < 1) {
      this.current.record(1)
      this.count += 1
    }
  }

  /** Begins another quarter of a minute where one is over. */
  turn(nowMillis: number): void {
    const over = Math.floor((nowMillis - this.currentFrom) / slotMillis)
    if (over < 1) return
    this.currentFrom += over * slotMillis
    this.before ??= histogramOf(this.scale)
    if (this.current.count > 0) this.before.add(this.current)
    // Quarters in which nobody looked left no histogram: what came in them is in the newest.
    const free = this.slots.splice(0, Math.max(0, this.slots.length + over - slotCount))
    this.slots.push(this.current)
    const next = free.at(-1)
    next?.reset()
    this.current = next ?? histogramOf(this.scale)
  }

  /** Adds all that was recorded, in whole numbers of the histogram, to another. */
  mergeInto(into: RecordableHistogram): void {
    if (this.before !== undefined) into.add(this.before)
    into.add(this.current)
  }

  /** Takes over what another histogram, in microseconds, has counted so far. */
  adopt(earlier: RecordableHistogram): void {
    if (earlier.count === 0) return
    this.before ??= histogramOf(this.scale)
    this.before.add(earlier)
    this.count += earlier.count
    this.total += (earlier.count * earlier.mean) / this.scale.perUnit
  }

  /** How it stands; the last minute is the last 60 to 75 seconds. */
  summary(nowMillis: number): Summary {
    this.turn(nowMillis)
    const { count, total } = this
    const minute = this.minute()
    if (minute.count === 0) return { count, sum: total, quantiles: [] }
    return {
      count,
      sum: total,
      quantiles: quantiles.map((quantile) => [
        quantile,
        minute.percentile(quantile * 100) / this.scale.perUnit,
      ]),
    }
  }

  private minute(): RecordableHistogram {
    const used = this.slots.filter((slot) => slot.count > 0)
    if (used.length === 0) return this.current
    const merged = histogramOf(this.scale)
    for (const slot of used) merged.add(slot)
    merged.add(this.current)
    return merged
  }
}
