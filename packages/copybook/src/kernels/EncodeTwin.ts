/**
 * The kernels that write numbers into records, in TypeScript.
 *
 * @since 0.1.0
 */
import type { KernelCalls } from "./Kernels.ts"
import type { Memory } from "./Memory.ts"

const magnitudeOf = (value: bigint): bigint => (value < 0n ? -value : value)

/** Goes through a column; `put` writes a value, or says that it does not fit. */
const each = (
  memory: Memory,
  count: number,
  values: number,
  valid: number,
  places: number,
  put: (value: bigint, record: number) => boolean,
): number => {
  let good = 0
  for (let i = 0; i < count; i++) {
    const isValid = memory.bytes[valid + i * places] === 1
    if (isValid && put(memory.long(values + i * places * 8), i)) good += 1
  }
  return good
}

/** Digits of a magnitude, without what is before the last `count`. */
const digitsOf = (value: bigint, count: number): ReadonlyArray<number> =>
  Array.from(magnitudeOf(value).toString().padStart(count, "0").slice(-count), Number)

const packedTwin = (memory: Memory): Pick<KernelCalls, "putPacked"> => ({
  putPacked: (
    starts,
    count,
    offset,
    width,
    _fours,
    most,
    signs,
    hasSign,
    isSigned,
    values,
    valid,
    places,
  ) =>
    each(memory, count, values, valid, places, (value, record) => {
      if (magnitudeOf(value) > most || (isSigned === 0 && value < 0n)) return false
      const nibbles = [...digitsOf(value, width * 2 - (hasSign === 0 ? 0 : 1))]
      if (hasSign !== 0) nibbles.push(value < 0n ? signs >> 4 : signs & 15)
      const at = memory.word(starts + record * 4) + offset
      for (let n = 0; n < width; n++) {
        memory.bytes[at + n] = ((nibbles[n * 2] ?? 0) << 4) | (nibbles[n * 2 + 1] ?? 0)
      }
      return true
    }),
})

const zonedTwin = (memory: Memory): Pick<KernelCalls, "putZoned"> => ({
  putZoned: (
    starts,
    count,
    offset,
    digits,
    fours,
    most,
    overpunch,
    signAt,
    separate,
    characters,
    isSigned,
    values,
    valid,
    places,
  ) =>
    each(memory, count, values, valid, places, (value, record) => {
      if (magnitudeOf(value) > most || (isSigned === 0 && value < 0n)) return false
      const { bytes } = memory
      const base = memory.word(starts + record * 4)
      // What the digit 0 is in the code page.
      const zone = bytes[fours] ?? 0
      digitsOf(value, digits).forEach((digit, n) => {
        const isSign = n === signAt
        bytes[base + offset + n] = isSign
          ? (bytes[overpunch + digit + (value < 0n ? 10 : 0)] ?? 0)
          : zone + digit
      })
      if (separate >= 0) bytes[base + separate] = value < 0n ? characters >> 8 : characters & 0xff
      return true
    }),
})

const binaryTwin = (memory: Memory): Pick<KernelCalls, "putBinary"> => ({
  putBinary: (starts, count, offset, width, isLittle, isSigned, most, values, valid, places) =>
    each(memory, count, values, valid, places, (value, record) => {
      const bits = width * 8
      // An unsigned number of 64 bits stands in a signed column.
      const kept =
        isSigned !== 0 || width === 8 ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)
      const fits =
        most === 0n ? kept === value : magnitudeOf(value) <= most && (isSigned !== 0 || value >= 0n)
      if (!fits) return false
      const at = memory.word(starts + record * 4) + offset
      const unsigned = BigInt.asUintN(bits, value)
      for (let n = 0; n < width; n++) {
        const place = isLittle === 0 ? width - 1 - n : n
        memory.bytes[at + place] = Number((unsigned >> BigInt(n * 8)) & 0xffn)
      }
      return true
    }),
})

/** @category constructors */
export const encodeTwin = (
  memory: Memory,
): Pick<KernelCalls, "putBinary" | "putPacked" | "putZoned"> => ({
  ...packedTwin(memory),
  ...zonedTwin(memory),
  ...binaryTwin(memory),
})
