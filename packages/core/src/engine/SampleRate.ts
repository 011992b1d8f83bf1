/**
 * Which events are kept at a rate, and how exactly.
 *
 * The keyed hash of an event's id decides, as a number from 0 to 1 below or above the rate. By
 * itself that keeps a binomial number: at a rate of 0.01, 100,000 events keep 1,000 ± 31, and
 * one window in two is further off than 2 %. So what was kept too much or too little is carried
 * on and moves the threshold by `debt / memory` for the next event. That pulls the count back
 * within about `memoryEvents` events, and a bound, five standard deviations wide, is never
 * passed:
 *
 * | rate | bound on the debt | of 100,000 events, at most off by | relative |
 * | --- | --- | --- | --- |
 * | 0.01 | 8.0 | 18 of 1,000 | 1.8 % |
 * | 0.1 | 24.0 | 50 of 10,000 | 0.5 % |
 * | 0.5 | 40.0 | 82 of 50,000 | 0.2 % |
 *
 * That holds for any 100,000 events in a row and whatever their ids are, even if all are equal:
 * it does not rest on the hash. Who does not know the key can't tell which events are kept, nor
 * can a period in the events meet one in the sampler, which has none.
 *
 * The price: near the threshold, the events before have a say. Two samplers with the same key
 * that have seen different pasts disagree on 1.7 % of the ids at a rate of 0.5 and on 0.4 % at
 * 0.01; with the same past they agree on all. Raising the rate keeps what was kept, but for
 * ids as near to the threshold.
 *
 * @since 0.1.0
 */
import { KeyedHash } from "./KeyedHash.ts"

// Rates, debts and hashes are whole numbers of 2^-20 event: integer arithmetic never drifts, and
// the largest debt, 41 events, has 26 bits.
const one = 2 ** 20
const hashShift = 32 - 20

/**
 * Events over which a debt fades. Units: events.
 *
 * The longer, the less the past moves a decision; twice as long, and 100,000 events at a rate
 * of 0.01 could be 2.5 % off.
 */
const memoryEvents = 512
const memoryShift = Math.log2(memoryEvents)
const deviations = 5

/**
 * The smallest rate at which 100,000 events in a row are within 2 % of it.
 *
 * @category constants
 * @since 0.1.0
 */
export const exactRateMin = 0.01

/**
 * How far the count may run ahead of the rate or behind it at any moment. Units: events.
 *
 * @param rate a ratio from 0 to 1
 * @category constructors
 * @since 0.1.0
 */
export const debtMaxOf = (rate: number): number =>
  deviations * Math.sqrt((memoryEvents / 2) * rate * (1 - rate))

/**
 * Decides event by event which ids are kept at a rate.
 *
 * @category models
 * @since 0.1.0
 */
export class SampleRate {
  private readonly hash: KeyedHash
  private share = one
  private debt = 0
  private debtMax = 0

  /**
   * @param key the secret: 32 bytes
   * @param rate a ratio from 0 (none) to 1 (all)
   */
  constructor(key: Uint8Array, rate: number) {
    this.hash = new KeyedHash(key)
    this.set(rate)
  }

  /** The rate in force. */
  get rate(): number {
    return this.share / one
  }

  /** Changes the rate for the events from now on. Outside 0 to 1 the nearer end is taken. */
  set(rate: number): void {
    // What is no number keeps all: a mistake must not cost a record.
    const bounded = rate <= 0 ? 0 : rate < 1 ? rate : 1
    this.share = Math.round(bounded * one)
    this.debtMax = Math.floor(debtMaxOf(bounded) * one)
    this.debt = Math.min(this.debtMax, Math.max(-this.debtMax, this.debt))
  }

  /**
   * Tells whether the event with this id is kept. Each call counts as one event.
   *
   * - Cost: about 0.08 µs for an id of 36 characters, without allocation.
   */
  keeps(id: string): boolean {
    const share = this.share
    if (share === one || share === 0) return share === one
    const debt = this.debt
    const draw = this.hash.hash32(id) >>> hashShift
    const isKept =
      debt >= this.debtMax || (debt > -this.debtMax && draw < share + (debt >> memoryShift))
    this.debt = debt + share - (isKept ? one : 0)
    return isKept
  }
}
