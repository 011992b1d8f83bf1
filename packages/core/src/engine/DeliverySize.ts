/**
 * How much a sink is handed at once: as much as it takes in good time.
 *
 * Additive increase, multiplicative decrease, as TCP does with its window: full deliveries that
 * are taken quickly make the next one larger by a step, slow ones and failures make it smaller by
 * a factor. So a delivery that can't be done within its deadline shrinks until it can, and a sink
 * that has recovered is soon back at its full size.
 *
 * The size adapts and not the number of deliveries under way: records of one trail are stored in
 * their order, which takes one after the other.
 *
 * @since 0.1.0
 */

/**
 * Most that one delivery holds.
 *
 * @category models
 * @since 0.1.0
 */
export interface DeliveryLimits {
  /** Bounds: at least 1. */
  readonly recordsMax: number
  /** Units: bytes. One record larger than that is a delivery of its own. */
  readonly bytesMax: number
}

const step = 1 / 8
const slowFactor = 0.75
const failedFactor = 0.5
const scaleMin = 1 / 256
/** A circuit that is tried again is tried with as little. */
const probeRecords = 16

/**
 * The size of one sink's deliveries.
 *
 * @category models
 * @since 0.1.0
 */
export class DeliverySize {
  private readonly most: DeliveryLimits
  private readonly slowMillis: number
  private scale = 1

  /**
   * @param most what a delivery never exceeds
   * @param slowMillis a delivery that takes longer makes the next one smaller
   */
  constructor(most: DeliveryLimits, slowMillis: number) {
    this.most = most
    this.slowMillis = slowMillis
  }

  get limits(): DeliveryLimits {
    return this.scaled(this.scale)
  }

  /** For the one delivery that finds out whether a sink is back. */
  get probe(): DeliveryLimits {
    const { bytesMax, recordsMax } = this.limits
    return { recordsMax: Math.min(recordsMax, probeRecords), bytesMax }
  }

  /** A delivery was taken; only a full one says that more would be taken as well. */
  took(millis: number, isFull: boolean): void {
    if (millis > this.slowMillis) this.shrink(slowFactor)
    else if (isFull) this.scale = Math.min(1, this.scale + step)
  }

  failed(): void {
    this.shrink(failedFactor)
  }

  private shrink(factor: number): void {
    this.scale = Math.max(scaleMin, this.scale * factor)
  }

  private scaled(scale: number): DeliveryLimits {
    const of = (most: number): number => Math.max(1, Math.floor(most * scale))
    return { recordsMax: of(this.most.recordsMax), bytesMax: of(this.most.bytesMax) }
  }
}
