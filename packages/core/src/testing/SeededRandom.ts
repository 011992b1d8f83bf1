/**
 * Chance that can be had again: one seed, one stream of numbers, on every machine.
 *
 * @since 0.1.0
 */

/**
 * The next number of a stream: at least 0 and below 1.
 *
 * @category models
 * @since 0.1.0
 */
export type Random = () => number

/**
 * The stream of a seed (mulberry32).
 *
 * @param seed a whole number; its lowest 32 bits count
 * @category constructors
 * @since 0.1.0
 */
export const randomOf = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A whole number from 0 to `below - 1`.
 *
 * @category numbers
 * @since 0.1.0
 */
export const wholeBelow = (random: Random, below: number): number => Math.floor(random() * below)
