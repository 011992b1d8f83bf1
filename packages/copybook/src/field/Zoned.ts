/**
 * Zoned decimals (USAGE DISPLAY): one digit a byte, the sign in the zone of the first or last
 * digit or in a byte of its own.
 *
 * In EBCDIC the zone of a digit is F. In the byte with the sign the zones A, C, E and F mean plus
 * and B and D minus; C and D are written, F where the picture has no sign (IBM, z/Architecture
 * Principles of Operation, "Decimal-number formats"). In ASCII the sign byte is either what the
 * EBCDIC characters translate to (`{ABCDEFGHI` plus, `}JKLMNOPQR` minus), or a plain digit for
 * plus and `p` to `y` for minus (GnuCOBOL, Micro Focus). Both are read, one is written. Two
 * conventions contradict these, and are read alone: `@ABCDEFGHI` plus and `PQRSTUVWXY` minus
 * (NetCOBOL of Fujitsu, MBP), and a plain digit plus and `␠!"#$%&'()` minus (CA-Realia).
 *
 * @since 0.1.0
 */
import type { ZonedStorage } from "../layout/Layout.ts"
import type { Digits } from "./Digits.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"

/**
 * How the sign byte is written.
 *
 * @category models
 * @since 0.1.0
 */
export type ZonedSigns =
  | "ebcdic"
  | "ascii-overpunch"
  | "ascii-zone"
  | "ascii-fujitsu"
  | "ascii-realia"

/**
 * Which signs are taken: all that the architecture knows, only those that programs write, or in
 * zones none.
 *
 * @category models
 * @since 0.1.0
 */
export type SignRule = "any" | "preferred" | "none"

/**
 * How exact the digits must be: `strict` takes what the storage defines; `relaxed` also takes
 * blanks and low-values around the digits, a separate sign or an overpunched one at either end, and
 * a written decimal point where there are decimals, and in packed fields a digit in the half byte
 * that the picture leaves unused; `any-zone` also takes signs in every zone, of which the last counts.
 *
 * @category models
 * @since 0.1.0
 */
export type ZonedRule = "strict" | "relaxed" | "any-zone"

const plus = 0x10
const minus = 0x20
const none = 0xff

/** Zones of plus and minus, of conventions that are read alone. */
const ownZones: { readonly [signs in ZonedSigns]?: readonly [plus: number, minus: number] } = {
  "ascii-fujitsu": [0x40, 0x50],
  "ascii-realia": [0x30, 0x20],
}

/** What a byte with a sign means: the digit, with `plus` or `minus`; 0xFF for nothing. */
const signTable = (signs: ZonedSigns, isSigned: boolean, rule: SignRule): Uint8Array => {
  const table = new Uint8Array(256).fill(none)
  const takesAll = rule === "any"
  const put = (byte: number, digit: number, sign: number): void => {
    if (sign !== minus || isSigned) table[byte] = digit | sign
  }
  for (let digit = 0; digit <= 9; digit++) {
    if (rule === "none") {
      put((signs === "ebcdic" ? 0xf0 : 0x30) | digit, digit, 0)
      continue
    }
    if (signs === "ebcdic") {
      for (const zone of [0xa0, 0xe0]) if (takesAll) put(zone | digit, digit, plus)
      if (takesAll) put(0xb0 | digit, digit, minus)
      if (takesAll || isSigned) put(0xc0 | digit, digit, plus)
      put(0xd0 | digit, digit, minus)
      if (takesAll || !isSigned) put(0xf0 | digit, digit, 0)
      continue
    }
    const own = ownZones[signs]
    if (own !== undefined) {
      const isPlain = own[0] === 0x30
      if (takesAll || !isSigned || isPlain) put(0x30 | digit, digit, 0)
      if (!isPlain && (takesAll || isSigned)) put(own[0] | digit, digit, plus)
      put(own[1] | digit, digit, minus)
      continue
    }
    const positive = digit === 0 ? 0x7b : 0x40 + digit
    const negative = digit === 0 ? 0x7d : 0x49 + digit
    const isOverpunch = signs === "ascii-overpunch"
    if (takesAll || (isOverpunch && isSigned)) put(positive, digit, plus)
    if (takesAll || isOverpunch) put(negative, digit, minus)
    if (takesAll || !isOverpunch || !isSigned) put(0x30 | digit, digit, 0)
    if (takesAll || !isOverpunch) put(0x70 | digit, digit, minus)
  }
  return table
}

/**
 * A zoned field, ready to be read and written.
 *
 * @category models
 * @since 0.1.0
 */
export interface ZonedFormat {
  readonly storage: ZonedStorage
  readonly length: number
  readonly isEbcdic: boolean
  readonly signs: ZonedSigns
  readonly rule: ZonedRule
  /** By byte: the digit with its sign, or 0xFF. */
  readonly table: Uint8Array
  /** The same with the signs of signed fields, for zones in which they don't count. */
  readonly anyTable: Uint8Array
  /** The zone of digits: 0xF0 or 0x30. */
  readonly zone: number
  readonly blank: number
  readonly plus: number
  readonly minus: number
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  storage: ZonedStorage,
  length: number,
  options: {
    readonly isEbcdic: boolean
    readonly signs: ZonedSigns
    readonly signRule: SignRule
    readonly rule: ZonedRule
  },
): ZonedFormat => ({
  storage,
  length,
  isEbcdic: options.isEbcdic,
  signs: options.signs,
  rule: options.rule,
  table: signTable(options.signs, storage.isSigned, options.signRule),
  anyTable: signTable(options.signs, true, options.signRule),
  zone: options.isEbcdic ? 0xf0 : 0x30,
  blank: options.isEbcdic ? 0x40 : 0x20,
  plus: options.isEbcdic ? 0x4e : 0x2b,
  minus: options.isEbcdic ? 0x60 : 0x2d,
})

/**
 * The number of a field of at most 15 digits with its sign in the last byte's zone, as a whole
 * number; NaN where anything is wrong, which `read` then names.
 *
 * @category decoding
 * @since 0.1.0
 */
export const toInteger = (
  bytes: Uint8Array,
  start: number,
  end: number,
  zone: number,
  table: Uint8Array,
): number => {
  const last = end - 1
  let value = 0
  for (let index = start; index < last; index++) {
    const digit = (bytes[index] ?? 0) ^ zone
    if (digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  const sign = table[bytes[last] ?? 0] ?? none
  if (sign === none) return Number.NaN
  value = value * 10 + (sign & 0x0f)
  // Zero has no sign here: minus zero is for those who ask for it, and they come by `read`.
  return sign & minus && value !== 0 ? -value : value
}

/** Why a byte is no digit, judged over the whole field. */
const misread = (
  format: ZonedFormat,
  bytes: Uint8Array,
  start: number,
  otherwise: DecodeFaultCode,
): DecodeFaultCode => {
  let blanks = 0
  let zeros = 0
  for (let index = start; index < start + format.length; index++) {
    if (bytes[index] === format.blank) blanks++
    if (bytes[index] === 0) zeros++
  }
  if (blanks === format.length) return "CPY-4001"
  if (zeros === format.length) return "CPY-4002"
  return otherwise
}

/** What is wrong with a byte that should hold digit and sign. */
const missigned = (format: ZonedFormat, byte: number): DecodeFaultCode => {
  const { isEbcdic, storage } = format
  if (isEbcdic) {
    if ((byte & 0x0f) > 9) return "CPY-4003"
    const zone = byte & 0xf0
    return (zone === 0xd0 || zone === 0xb0) && !storage.isSigned ? "CPY-4005" : "CPY-4004"
  }
  const own = ownZones[format.signs]
  if (own !== undefined) {
    if ((byte & 0x0f) > 9 || ![0x30, ...own].includes(byte & 0xf0)) return "CPY-4003"
    return (byte & 0xf0) === own[1] && !storage.isSigned ? "CPY-4005" : "CPY-4004"
  }
  const isNegative = (byte >= 0x70 && byte <= 0x79) || byte === 0x7d || (byte > 0x49 && byte < 0x53)
  if (isNegative && !storage.isSigned) return "CPY-4005"
  const isDigit = byte === 0x7b || isNegative || (byte > 0x40 && byte < 0x4a) || byte >> 4 === 3
  return isDigit ? "CPY-4004" : "CPY-4003"
}

/** Blanks, low-values, a written sign and a point are taken where programs outside COBOL leave them. */
const readRelaxed = (
  format: ZonedFormat,
  digits: Digits,
  bytes: Uint8Array,
  offset: number,
): DecodeFaultCode | number => {
  let start = offset
  let end = offset + format.length
  let sign = 0
  let point = -1
  const isBlank = (byte: number | undefined): boolean => byte === format.blank || byte === 0
  const isSign = (byte: number | undefined): boolean =>
    byte === format.plus || byte === format.minus
  const trim = (): void => {
    while (start < end && isBlank(bytes[start])) start++
    while (start < end && isBlank(bytes[end - 1])) end--
  }
  trim()
  if (start === end) return "CPY-4001"
  if (isSign(bytes[start])) sign = bytes[start++] === format.minus ? minus : plus
  else if (isSign(bytes[end - 1])) {
    sign = bytes[--end] === format.minus ? minus : plus
  }
  trim()
  if (start === end) return "CPY-4003"
  const dot = format.isEbcdic ? 0x4b : 0x2e
  const comma = format.isEbcdic ? 0x6b : 0x2c
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0
    let digit = byte ^ format.zone
    if ((byte === dot || byte === comma) && point < 0 && format.storage.scale > 0) {
      point = end - index - 1
      continue
    }
    if (digit > 9) {
      const isLast = index === end - 1
      const entry = (isLast ? format.table : format.anyTable)[byte] ?? none
      const isAllowed = format.rule === "any-zone" || (sign === 0 && (isLast || index === start))
      if (entry === none || !isAllowed) return missigned(format, byte)
      if (isLast || format.rule === "relaxed") sign = entry & (plus | minus)
      digit = entry & 0x0f
    }
    if (!digits.push(digit)) return "CPY-4006"
  }
  if (sign === minus && !format.storage.isSigned) return "CPY-4005"
  digits.isNegative = sign === minus
  return atScale(format.storage, digits, point)
}

/** A written point puts the digits where the picture has them; none of them gets lost. */
const atScale = (
  storage: ZonedStorage,
  digits: Digits,
  point: number,
): DecodeFaultCode | number => {
  for (let missing = point < 0 ? 0 : storage.scale - point; missing > 0; missing--) {
    if (!digits.push(0)) return "CPY-4006"
  }
  for (let surplus = point - storage.scale; point >= 0 && surplus > 0; surplus--) {
    if (digits.values[--digits.count] !== 0) return "CPY-4006"
  }
  return digits.significant() > storage.digits ? "CPY-4006" : storage.scale
}

const readStrict = (
  format: ZonedFormat,
  digits: Digits,
  bytes: Uint8Array,
  offset: number,
): DecodeFaultCode | undefined => {
  const { isSignSeparate, isSigned, signPosition } = format.storage
  const isLeading = signPosition === "leading"
  const isSeparate = isSigned && isSignSeparate
  let start = offset
  let end = offset + format.length
  if (isSeparate) {
    const sign = bytes[isLeading ? start : end - 1]
    if (sign !== format.plus && sign !== format.minus) return "CPY-4004"
    digits.isNegative = sign === format.minus
    if (isLeading) start++
    else end--
  }
  const signed = isSeparate ? -1 : isLeading ? start : end - 1
  for (let index = start; index < end; index++) {
    const byte = bytes[index] ?? 0
    let digit = byte ^ format.zone
    if (index === signed) {
      const entry = format.table[byte] ?? none
      if (entry === none) return missigned(format, byte)
      digits.isNegative = (entry & minus) !== 0
      digit = entry & 0x0f
    } else if (digit > 9) {
      return "CPY-4003"
    }
    if (!digits.push(digit)) return "CPY-4006"
  }
  return undefined
}

/**
 * Reads digits and sign.
 *
 * @returns the scale of the digits, or what is wrong
 * @category decoding
 * @since 0.1.0
 */
export const read = (
  format: ZonedFormat,
  digits: Digits,
  bytes: Uint8Array,
  offset: number,
): DecodeFaultCode | number => {
  digits.clear()
  const code = readStrict(format, digits, bytes, offset)
  if (code === undefined) return format.storage.scale
  if (format.rule === "strict") return misread(format, bytes, offset, code)
  digits.clear()
  const relaxed = readRelaxed(format, digits, bytes, offset)
  return typeof relaxed === "number" ? relaxed : misread(format, bytes, offset, relaxed)
}

/**
 * Writes digits, as many as the storage has, with the preferred sign.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  format: ZonedFormat,
  digits: Digits,
  bytes: Uint8Array,
  offset: number,
): EncodeFaultCode | undefined => {
  const { isSignSeparate, isSigned, signPosition } = format.storage
  if (digits.isNegative && !isSigned) return "CPY-5004"
  const isLeading = signPosition === "leading"
  const isSeparate = isSigned && isSignSeparate
  const first = isSeparate && isLeading ? offset + 1 : offset
  for (let index = 0; index < digits.count; index++) {
    bytes[first + index] = format.zone | (digits.values[index] ?? 0)
  }
  if (!isSigned) return undefined
  if (isSeparate) {
    bytes[isLeading ? offset : offset + digits.count] = digits.isNegative
      ? format.minus
      : format.plus
    return undefined
  }
  const place = isLeading ? first : first + digits.count - 1
  const digit = (bytes[place] ?? 0) & 0x0f
  const own = ownZones[format.signs]
  if (own !== undefined) bytes[place] = own[digits.isNegative ? 1 : 0] | digit
  else if (format.signs === "ebcdic") bytes[place] = (digits.isNegative ? 0xd0 : 0xc0) | digit
  else if (format.signs === "ascii-zone") {
    bytes[place] = (digits.isNegative ? 0x70 : 0x30) | digit
  } else if (digits.isNegative) bytes[place] = digit === 0 ? 0x7d : 0x49 + digit
  else bytes[place] = digit === 0 ? 0x7b : 0x40 + digit
  return undefined
}
