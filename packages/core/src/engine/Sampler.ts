/**
 * The sampler of one engine: decides, counts, and follows what auditing costs.
 *
 * A window has one rate from its first event to its last: a change takes effect when the window
 * is closed, so the record of the window says the rate that held, not one that held at its end.
 *
 * @since 0.1.0
 */
import { randomBytes } from "node:crypto"
import * as AdaptiveRate from "./AdaptiveRate.ts"
import { keyBytes } from "./KeyedHash.ts"
import { SampleRate } from "./SampleRate.ts"
import type { SampledWindow } from "./SystemRecord.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SamplerOptions extends AdaptiveRate.AdaptiveRateOptions {
  /** The rate to begin with. A ratio, 0 to 1. */
  readonly rate: number
  /** `false`: the rate stays as it is, and neither the bounds nor the target apply. */
  readonly adaptive: boolean
  /** How long a window lasts: the start of the first, which nobody has closed. */
  readonly windowMillis: number
}

/** Milliseconds since 1970 beyond which a `Date` has no ISO form. */
const timeMillisMax = 8.64e15

const isoOf = (millis: number): string =>
  new Date(Math.min(timeMillisMax, Math.max(0, millis))).toISOString()

/**
 * Plain synchronous code: `keeps` runs once for each telemetry event.
 *
 * @category models
 * @since 0.1.0
 */
export class Sampler {
  private readonly share: SampleRate
  private options: SamplerOptions
  private control: AdaptiveRate.AdaptiveRate
  private ceiling = 1
  private kept = 0
  private skipped = 0
  private fromMillis: number | undefined

  /**
   * @param key the secret, 32 bytes. By default one of this process alone; who wants a replay to
   *   decide as the original did gives the same to both
   */
  constructor(options: SamplerOptions, key: Uint8Array = randomBytes(keyBytes)) {
    this.options = options
    this.control = AdaptiveRate.start(options.rate, options)
    this.share = new SampleRate(key, options.adaptive ? this.control.rate : options.rate)
  }

  /** The rate in force, 0 to 1. */
  get rate(): number {
    return this.share.rate
  }

  /** Tells whether the event with this id is kept, and counts it. */
  keeps(id: string): boolean {
    const isKept = this.share.keeps(id)
    if (isKept) this.kept += 1
    else this.skipped += 1
    return isKept
  }

  /** Remembers the counts; what it returns sets them back to what they are now. */
  mark(): () => void {
    const { kept, skipped } = this
    return () => {
      this.kept = kept
      this.skipped = skipped
    }
  }

  /**
   * Tells what auditing cost since the last call; an adaptive rate follows with the next window.
   *
   * @param overhead busy time ÷ time: a ratio, 0 to 1
   */
  observeOverhead(overhead: number): void {
    if (this.options.adaptive) {
      this.control = AdaptiveRate.step(this.control, overhead, this.bounds)
    }
  }

  /**
   * Keeps the rate at or below a ceiling, until another one is given. Close the window first.
   *
   * An adaptive rate follows from below, so it does not jump when the ceiling is lifted; it still
   * never falls below `rateMin`.
   *
   * @param ceiling a ratio above 0, at most 1. 1 lifts it; what is none of these does, too
   */
  limit(ceiling: number): void {
    this.ceiling = ceiling > 0 && ceiling < 1 ? ceiling : 1
    this.control = AdaptiveRate.start(this.control.rate, this.bounds)
    this.apply()
  }

  /**
   * Takes other options. Close the window first: counts so far belong to the old ones. An
   * adaptive rate goes on from where it is, unless `rate` itself was changed.
   */
  reconfigure(options: SamplerOptions): void {
    const isNewRate = options.rate !== this.options.rate || !this.options.adaptive
    this.options = options
    this.control = AdaptiveRate.start(isNewRate ? options.rate : this.control.rate, this.bounds)
    this.apply()
  }

  /**
   * Ends a window: its counts, for the signed record. The next one begins.
   *
   * @param nowMillis milliseconds since 1970
   */
  closeWindow(nowMillis: number): SampledWindow {
    const { adaptive, rateMax, rateMin, windowMillis } = this.options
    const window: SampledWindow = {
      policy: adaptive ? `adaptive ${rateMin} to ${rateMax}` : "fixed",
      rate: this.rate,
      kept: this.kept,
      skipped: this.skipped,
      from: isoOf(this.fromMillis ?? nowMillis - windowMillis),
      to: isoOf(nowMillis),
    }
    this.kept = 0
    this.skipped = 0
    this.fromMillis = nowMillis
    this.apply()
    return window
  }

  private get bounds(): AdaptiveRate.AdaptiveRateOptions {
    const { rateMax, rateMin, targetOverhead } = this.options
    return { rateMin, rateMax: Math.max(rateMin, Math.min(rateMax, this.ceiling)), targetOverhead }
  }

  private apply(): void {
    const { adaptive, rate } = this.options
    const next = adaptive ? this.control.rate : Math.min(rate, this.ceiling)
    if (next !== this.share.rate) this.share.set(next)
  }
}
