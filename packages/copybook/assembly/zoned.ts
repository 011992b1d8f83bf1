/**
 * Zoned decimals: a digit a byte. The byte with the sign goes through a table of 256: the digit
 * in the lower four bits, bit 7 for minus, 255 where it is none.
 */
import { isAnyAboveNine, lastBytes, iota, storeWide, valueOf16 } from "./digits"

/**
 * Up to 16 digits. Reads up to 16 bytes before the field's end.
 *
 * @param zone what a digit's byte is above the digit
 * @param signLane where in the last 16 bytes the digit with the sign lies; 16 without one
 * @param separate where a separate sign lies, from the record's start; −1 without one
 */
export function zoned(
  starts: usize, count: i32, offset: usize, digits: i32,
  zone: u32, signs: usize, signLane: i32, separate: i32,
  out: usize, valid: usize, places: usize,
): i32 {
  const end = starts + (<usize>count << 2)
  const step = places << 3
  const keep = lastBytes(digits)
  const zones = i8x16.splat(<u8>zone)
  const lane = i8x16.eq(iota(), i8x16.splat(<u8>signLane))
  const first = offset + <usize>digits - 16
  const signAt = separate >= 0 ? <usize>separate : offset + <usize>(signLane - 16 + digits)
  const hasSign = separate >= 0 || signLane < 16
  let good: i32 = 0
  for (; starts < end; starts += 4) {
    const base = load<u32>(starts)
    let vector = v128.and(i8x16.sub(v128.load(base + first), zones), keep)
    let sign: u32 = 0
    if (hasSign) {
      sign = load<u8>(signs + <usize>load<u8>(base + signAt))
      vector = v128.bitselect(i8x16.splat(<u8>(sign & 15)), vector, lane)
    }
    const negative = -(<u64>(sign >> 7))
    const ok = <i32>(!isAnyAboveNine(vector) && sign != 255)
    store<u64>(out, ((valueOf16(vector) ^ negative) - negative) & -(<u64>ok))
    store<u8>(valid, <u8>ok)
    good += ok
    out += step
    valid += places
  }
  return good
}

/** Any number of digits up to 38; 128 bits a value above 18 digits, else 64. */
export function zonedWide(
  starts: usize, count: i32, offset: usize, digits: i32,
  zone: u32, signs: usize, signLane: i32, separate: i32,
  out: usize, valid: usize, places: usize,
): i32 {
  const signAt = signLane - 16 + digits
  let good: i32 = 0
  for (let i = 0; i < count; i++) {
    const base = load<u32>(starts + (<usize>i << 2))
    let high: u64 = 0
    let low: u64 = 0
    let bad: u32 = 0
    let sign: u32 = 0
    for (let n = 0; n < digits; n++) {
      const byte = <u32>load<u8>(base + offset + <usize>n)
      let digit = (byte - zone) & 0xff
      if (separate < 0 && n == signAt) {
        sign = load<u8>(signs + <usize>byte)
        digit = sign & 15
      }
      bad |= <u32>(digit > 9)
      if (digits - n > 19) high = high * 10 + digit
      else low = low * 10 + digit
    }
    if (separate >= 0) sign = load<u8>(signs + <usize>load<u8>(base + <usize>separate))
    bad |= <u32>(sign == 255)
    const isNegative = sign >= 128
    if (bad) {
      high = 0
      low = 0
    }
    if (digits > 18) {
      storeWide(out, high, low, isNegative && !bad)
      out += places << 4
    } else {
      store<u64>(out, isNegative ? -low : low)
      out += places << 3
    }
    store<u8>(valid, <u8>(bad == 0))
    good += <i32>(bad == 0)
    valid += places
  }
  return good
}
