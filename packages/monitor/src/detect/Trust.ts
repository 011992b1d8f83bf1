/**
 * How far subjects are trusted, from 0 to 1: findings lower it, time brings it back.
 *
 * It decides nothing by itself. It makes findings about whoever had findings of late surer.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface TrustOptions {
  /** After this long, half of what was lost is back. Units: milliseconds. Default: a day. */
  readonly halfLifeMillis?: number
  /** Most subjects that are remembered. Default 10,000. The one of the oldest finding goes first. */
  readonly subjectsMax?: number
}

interface Standing {
  readonly trust: number
  readonly atMillis: number
}

const dayMillis = 86_400_000

/**
 * @category models
 * @since 0.1.0
 */
export class Trust {
  private readonly standings = new Map<string, Standing>()
  private readonly halfLifeMillis: number
  private readonly subjectsMax: number

  constructor(options: TrustOptions = {}) {
    this.halfLifeMillis = options.halfLifeMillis ?? dayMillis
    this.subjectsMax = options.subjectsMax ?? 10_000
  }

  /** 1 for whoever has no finding. */
  of(subject: string, atMillis: number): number {
    const standing = this.standings.get(subject)
    if (standing === undefined) return 1
    const passed = Math.max(0, atMillis - standing.atMillis)
    return 1 - (1 - standing.trust) * 2 ** (-passed / this.halfLifeMillis)
  }

  /** A finding of so much confidence: half of the confidence is lost of the trust there is. */
  lower(subject: string, atMillis: number, confidence: number): void {
    const trust = this.of(subject, atMillis) * (1 - confidence / 2)
    const last = this.standings.get(subject)?.atMillis ?? atMillis
    this.standings.delete(subject)
    this.standings.set(subject, { trust, atMillis: Math.max(last, atMillis) })
    const [oldest] = this.standings.keys()
    if (this.standings.size > this.subjectsMax && oldest !== undefined) {
      this.standings.delete(oldest)
    }
  }
}
