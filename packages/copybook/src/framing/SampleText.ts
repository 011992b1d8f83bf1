/**
 * What kind of bytes a sample has.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface SampleText {
  readonly charset: "ascii" | "ebcdic" | "unknown"
  /** Of the bytes that are letters, digits or blanks in one of both: how many in this one. Range: 0 to 1. */
  readonly confidence: number
  /** Of all bytes: how many are characters in this charset, ends of lines included. Range: 0 to 1. */
  readonly textShare: number
  readonly reason: string
}

const ranges = (...pairs: ReadonlyArray<readonly [number, number]>): Uint8Array => {
  const table = new Uint8Array(256)
  for (const [from, to] of pairs) table.fill(1, from, to + 1)
  return table
}

/** Letters, digits and the blank: what most text consists of. */
const asciiCommon = ranges([0x20, 0x20], [0x30, 0x39], [0x41, 0x5a], [0x61, 0x7a])
const ebcdicCommon = ranges(
  [0x40, 0x40],
  [0x81, 0x89],
  [0x91, 0x99],
  [0xa2, 0xa9],
  [0xc1, 0xc9],
  [0xd1, 0xd9],
  [0xe2, 0xe9],
  [0xf0, 0xf9],
)
// Behind 0x7F: Latin-1's letters, and UTF-8.
const asciiText = ranges([0x09, 0x0a], [0x0d, 0x0d], [0x20, 0x7e], [0xa0, 0xff])
const ebcdicText = ranges([0x05, 0x05], [0x0d, 0x0d], [0x15, 0x15], [0x25, 0x25], [0x40, 0xfe])

const count = (sample: Uint8Array, table: Uint8Array): number => {
  let total = 0
  for (const byte of sample) total += table[byte] ?? 0
  return total
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

/** Fewer common characters than this, of all bytes, tell nothing. */
const shareLeast = 0.1

/**
 * @category inspecting
 * @since 0.1.0
 */
export const sampleText = (sample: Uint8Array): SampleText => {
  const ascii = count(sample, asciiCommon)
  const ebcdic = count(sample, ebcdicCommon)
  const most = Math.max(ascii, ebcdic)
  if (sample.length === 0 || most < sample.length * shareLeast) {
    return { charset: "unknown", confidence: 0, textShare: 0, reason: "hardly any byte is text" }
  }
  const isAscii = ascii >= ebcdic
  const confidence = most / (ascii + ebcdic)
  const textShare = count(sample, isAscii ? asciiText : ebcdicText) / sample.length
  const name = isAscii ? "ASCII" : "EBCDIC"
  const reason = `${percent(most / sample.length)} of the bytes are letters, digits and blanks in ${name}, ${percent((isAscii ? ebcdic : ascii) / sample.length)} in ${isAscii ? "EBCDIC" : "ASCII"}`
  return { charset: isAscii ? "ascii" : "ebcdic", confidence, textShare, reason }
}

/**
 * How alike a sample is to itself, so many bytes further on: the share of equal bytes.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const likeness = (sample: Uint8Array, lag: number): number => {
  const end = sample.length - lag
  let same = 0
  for (let index = 0; index < end; index += 1) {
    if (sample[index] === sample[index + lag]) same += 1
  }
  return end > 0 ? same / end : 0
}

/** Looking at more would take longer than a moment: bytes times lengths. */
const workMax = 60_000_000

/** A length is seen only where it repeats so often. */
const repeatsLeast = 3

const lengthMost = 32_760

/** How alike, measured by the best, a part of its length has to be to be taken for it. */
const rootShare = 0.4

/** How far to look aside: runs of blanks make a sample like itself after every short length. */
const asides = [-3, -2, -1, 1, 2, 3]

/**
 * A length after which a sample repeats itself.
 *
 * @category models
 * @since 0.1.0
 */
export interface Period {
  readonly length: number
  /** How much more alike it is there than a little before and behind. Range: 0 to 1. */
  readonly strength: number
}

/**
 * Lengths after which the sample is more like itself than a little before and behind, the best
 * first; of a length and its multiples only the length.
 *
 * @param isPossible of a length, such as whether it divides the file
 * @category inspecting
 * @since 0.1.0
 */
export const periods = (
  sample: Uint8Array,
  isPossible: (length: number) => boolean,
): ReadonlyArray<Period> => {
  const part = sample.subarray(0, 1 << 15)
  const known = new Map<number, number>()
  let work = 0
  const like = (whole: Uint8Array, length: number): number => {
    const value = known.get(length) ?? likeness(whole, length)
    if (!known.has(length)) work += whole.length - length
    known.set(length, value)
    return value
  }
  const values: Array<Period> = []
  const longest = Math.min(Math.floor(sample.length / repeatsLeast), lengthMost)
  for (let length = 2; length <= longest && work < workMax; length += 1) {
    if (!isPossible(length)) continue
    const window = length * repeatsLeast > part.length ? sample : part
    const near = asides.filter((aside) => length + aside > 0)
    const usual = Math.max(...near.map((aside) => like(window, length + aside)))
    // What chance alone gives, the more the fewer bytes there are to compare.
    const chance = 2 * Math.sqrt((usual * (1 - usual)) / (window.length - length))
    const contrast = like(window, length) - usual - chance
    if (contrast > 0.01) values.push({ length, strength: contrast / (1 - usual) })
  }
  const best = Math.max(0, ...values.map(({ strength }) => strength))
  const good = values.filter(({ strength }) => strength >= best * 0.6)
  // What is alike after a length is so after its multiples, by chance a little more.
  const roots = good.map(
    ({ length }) =>
      values.find((other) => length % other.length === 0 && other.strength >= best * rootShare) ?? {
        length,
        strength: 0,
      },
  )
  return [...new Set(roots)].toSorted((one, other) => other.strength - one.strength).slice(0, 3)
}
