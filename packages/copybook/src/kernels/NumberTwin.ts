/**
 * The kernels of numbers, in TypeScript.
 *
 * @since 0.1.0
 */
import type { KernelCalls, ZonedKernel } from "./Kernels.ts"
import type { Memory } from "./Memory.ts"

/** Digits of a zoned or packed field, most significant first, and its sign. */
export interface Reading {
  readonly digits: ReadonlyArray<number>
  readonly isNegative: boolean
}

/** What the kernels are told of a zoned field. */
export interface ZonedPlace {
  readonly at: number
  readonly digits: number
  readonly zone: number
  readonly signs: number
  readonly signLane: number
  /** Where a separate sign stands; −1 without one. */
  readonly separate: number
}

/** Undefined where a digit or the sign is none. */
export const readZoned = (
  { bytes }: Memory,
  { at, digits: count, separate, signLane, signs, zone }: ZonedPlace,
): Reading | undefined => {
  const signAt = separate < 0 && signLane < 16 ? signLane - 16 + count : -1
  const digits: Array<number> = []
  let sign = separate < 0 ? 0 : (bytes[signs + (bytes[separate] ?? 0)] ?? 0)
  for (let n = 0; n < count; n++) {
    const byte = bytes[at + n] ?? 0
    if (n === signAt) sign = bytes[signs + byte] ?? 0
    const digit = n === signAt ? sign & 15 : (byte - zone) & 0xff
    if (digit > 9) return undefined
    digits.push(digit)
  }
  return sign === 255 ? undefined : { digits, isNegative: sign >= 128 }
}

/** What the kernels are told of a packed field. */
export interface PackedPlace {
  readonly at: number
  readonly width: number
  readonly hasSign: boolean
  readonly isPadded: boolean
  readonly validSigns: number
  readonly negativeSigns: number
}

/** Undefined where a nibble is no digit, or the sign none. */
export const readPacked = (
  { bytes }: Memory,
  { at, hasSign, isPadded, negativeSigns, validSigns, width }: PackedPlace,
): Reading | undefined => {
  const digits: Array<number> = []
  for (let n = 0; n < width; n++) {
    const byte = bytes[at + n] ?? 0
    digits.push(byte >> 4, byte & 15)
  }
  const sign = hasSign ? (digits.pop() ?? 0) : 0
  if (digits.some((digit) => digit > 9) || (isPadded && digits[0] !== 0)) return undefined
  if (hasSign && ((validSigns >> sign) & 1) === 0) return undefined
  return { digits, isNegative: hasSign && ((negativeSigns >> sign) & 1) === 1 }
}

export const valueOf = ({ digits, isNegative }: Reading): bigint => {
  const magnitude = BigInt(digits.join(""))
  return isNegative ? -magnitude : magnitude
}

/** Writes a column of what `read` finds; answers with how many are valid. */
const column = (
  memory: Memory,
  starts: number,
  count: number,
  isWide: boolean,
  out: number,
  valid: number,
  places: number,
  read: (base: number) => bigint | undefined,
): number => {
  let good = 0
  for (let i = 0; i < count; i++) {
    const value = read(memory.word(starts + i * 4))
    if (isWide) memory.putWide(out + i * places * 16, value ?? 0n)
    else memory.putLong(out + i * places * 8, value ?? 0n)
    memory.bytes[valid + i * places] = value === undefined ? 0 : 1
    if (value !== undefined) good += 1
  }
  return good
}

/** The signs of a table of last pairs: those of an entry with the digits 000. */
const signsOf = (
  memory: Memory,
  lastPairs: number,
): { readonly validSigns: number; readonly negativeSigns: number } => {
  let validSigns = 0
  let negativeSigns = 0
  for (let sign = 0; sign < 16; sign++) {
    const entry = memory.half(lastPairs + (sign << 8) * 2)
    if ((entry & 0x8000) === 0) validSigns |= 1 << sign
    if ((entry & 0x4000) !== 0) negativeSigns |= 1 << sign
  }
  return { validSigns, negativeSigns }
}

const zonedTwin =
  (memory: Memory): ZonedKernel =>
  (starts, count, offset, digits, zone, signs, signLane, separate, out, valid, places) =>
    column(memory, starts, count, digits > 18, out, valid, places, (base) => {
      const reading = readZoned(memory, {
        at: base + offset,
        digits,
        zone,
        signs,
        signLane,
        separate: separate < 0 ? -1 : base + separate,
      })
      return reading && valueOf(reading)
    })

const packedTwin = (memory: Memory): Pick<KernelCalls, "packed" | "packedWide"> => ({
  packed: (starts, count, offset, width, _pairs, lastPairs, unit, isPadded, out, valid, places) => {
    const hasSign = unit === 1000n
    const signs = hasSign ? signsOf(memory, lastPairs) : { validSigns: 0, negativeSigns: 0 }
    const form = { ...signs, width, hasSign, isPadded: isPadded !== 0 }
    return column(memory, starts, count, false, out, valid, places, (base) => {
      const reading = readPacked(memory, { ...form, at: base + offset })
      return reading && valueOf(reading)
    })
  },
  packedWide: (
    starts,
    count,
    offset,
    width,
    validSigns,
    negativeSigns,
    hasSign,
    isPadded,
    out,
    valid,
    places,
  ) => {
    const form = {
      validSigns,
      negativeSigns,
      width,
      hasSign: hasSign !== 0,
      isPadded: isPadded !== 0,
    }
    return column(memory, starts, count, true, out, valid, places, (base) => {
      const reading = readPacked(memory, { ...form, at: base + offset })
      return reading && valueOf(reading)
    })
  },
})

/** @category constructors */
export const numberTwin = (
  memory: Memory,
): Pick<
  KernelCalls,
  "binary" | "binaryWide" | "packed" | "packedWide" | "zoned" | "zonedWide"
> => ({
  ...packedTwin(memory),
  zoned: zonedTwin(memory),
  zonedWide: zonedTwin(memory),
  binary: (starts, count, offset, width, isLittle, isSigned, most, out, valid, places) =>
    column(memory, starts, count, false, out, valid, places, (base) => {
      const value = memory.binary(base + offset, width, isLittle !== 0, isSigned !== 0)
      return most === 0n || (value <= most && value >= -most) ? value : undefined
    }),
  binaryWide: (starts, count, offset, width, isLittle, isSigned, out, valid, places) => {
    column(memory, starts, count, true, out, valid, places, (base) =>
      memory.binary(base + offset, width, isLittle !== 0, isSigned !== 0),
    )
  },
})
