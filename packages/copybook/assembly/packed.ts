/**
 * Packed decimals by two tables of pairs of bytes, 64 Ki entries each: four digits in the lower
 * 14 bits; the table of the last pair has the sign in bit 14; bit 15 says that it is none.
 */
import { storeWide } from "./digits"

// @ts-ignore: a decorator of AssemblyScript
@inline
function pair(table: usize, at: usize): u64 {
  return load<u16>(table + ((<usize>load<u16>(at)) << 1))
}

/** The pair of which the first byte lies outside of the field. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function single(table: usize, at: usize): u64 {
  return load<u16>(table + ((<usize>load<u16>(at) & 0xff00) << 1))
}

const invalid: u64 = 0x8000

/**
 * Up to 18 digits. Reads one byte before a field of an odd width.
 *
 * @param unit what the last pair's digits count: 1,000 with a sign nibble, 10,000 without
 * @param isPadded whether the first nibble is beyond the digits, so that it has to be 0
 */
export function packed(
  starts: usize, count: i32, offset: usize, width: usize,
  table: usize, lastTable: usize, unit: u64, isPadded: i32,
  out: usize, valid: usize, places: usize,
): i32 {
  const end = starts + (<usize>count << 2)
  const step = places << 3
  const isOdd = (width & 1) != 0
  const pad: u32 = isPadded ? 0xf0 : 0
  const pairs = (width - 1) >> 1
  let good: i32 = 0
  for (; starts < end; starts += 4) {
    const at = load<u32>(starts) + offset
    let state: u64 = 0
    let value: u64 = 0
    let from = at
    let left = pairs
    if (isOdd && width > 1) {
      value = single(table, at - 1)
      state = value
      from = at + 1
      left--
    }
    for (; left > 0; left--) {
      const next = pair(table, from)
      state |= next
      value = value * 10000 + next
      from += 2
    }
    const last = width == 1 ? single(lastTable, at - 1) : pair(lastTable, from)
    state |= last
    value = value * unit + (last & 0x3fff)
    const negative = -((last >> 14) & 1)
    const ok = <i32>(((state & invalid) | <u64>(load<u8>(at) & pad)) == 0)
    store<u64>(out, ((value ^ negative) - negative) & -(<u64>ok))
    store<u8>(valid, <u8>ok)
    good += ok
    out += step
    valid += places
  }
  return good
}

/** 19 to 38 digits, into 128 bits a value. */
export function packedWide(
  starts: usize, count: i32, offset: usize, width: usize,
  validSigns: u32, negativeSigns: u32, hasSign: i32, isPadded: i32,
  out: usize, valid: usize, places: usize,
): i32 {
  const nibbles = <i32>(width << 1) - hasSign
  let good: i32 = 0
  for (let i = 0; i < count; i++) {
    const at = load<u32>(starts + (<usize>i << 2)) + offset
    let high: u64 = 0
    let low: u64 = 0
    let bad: u32 = isPadded ? load<u8>(at) & 0xf0 : 0
    for (let n = 0; n < nibbles; n++) {
      const byte = <u32>load<u8>(at + <usize>(n >> 1))
      const digit = n & 1 ? byte & 15 : byte >> 4
      bad |= <u32>(digit > 9)
      if (nibbles - n > 19) high = high * 10 + digit
      else low = low * 10 + digit
    }
    const sign = <u32>load<u8>(at + width - 1) & 15
    if (hasSign) bad |= <u32>(((validSigns >> sign) & 1) == 0)
    const isNegative = hasSign != 0 && ((negativeSigns >> sign) & 1) != 0
    if (bad) storeWide(out, 0, 0, false)
    else storeWide(out, high, low, isNegative)
    store<u8>(valid, <u8>(bad == 0))
    good += <i32>(bad == 0)
    out += places << 4
    valid += places
  }
  return good
}
