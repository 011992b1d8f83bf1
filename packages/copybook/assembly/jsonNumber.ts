/** Numbers as JSON has them. */
import { iota } from "./digits"

/**
 * A number of 16 digits with its point; where it ends.
 *
 * @param scale 0 to 15
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function putNumber(out: usize, digits: v128, scale: i32, isNegative: bool, isShort: bool): usize {
  const other = i8x16.bitmask(i8x16.ne(digits, i8x16.splat(0)))
  const skip = ctz(other | (1 << (15 - scale)))
  const characters = v128.or(digits, i8x16.splat(0x30))
  store<u8>(out, 0x2d)
  out += <usize>(isNegative && other != 0)
  v128.store(out, i8x16.swizzle(characters, i8x16.add(iota(), i8x16.splat(<i8>skip))))
  out += <usize>(16 - scale - skip)
  let places = scale
  if (isShort && scale > 0) {
    const last = other == 0 ? 0 : 32 - clz(other)
    places = last - (16 - scale)
    if (places < 0) places = 0
  }
  if (places > 0) {
    store<u8>(out, 0x2e)
    const fraction = i8x16.add(iota(), i8x16.splat(<i8>(16 - scale)))
    v128.store(out + 1, i8x16.swizzle(characters, fraction))
    out += <usize>places + 1
  }
  return out
}

/** The same of any number of digits, which lie as bytes 0 to 9 at `from` behind 40 zeros. */
export function putLong(
  out: usize, from: usize, count: i32, scale: i32, isNegative: bool, isShort: bool,
): usize {
  let other = false
  for (let n = 0; n < count; n++) other = other || load<u8>(from + <usize>n) != 0
  if (isNegative && other) {
    store<u8>(out, 0x2d)
    out++
  }
  const fraction = scale > 0 ? scale : 0
  if (count <= fraction) {
    from -= <usize>(fraction + 1 - count)
    count = fraction + 1
  }
  while (count > fraction + 1 && load<u8>(from) == 0) {
    from++
    count--
  }
  for (; count > fraction; count--) {
    store<u8>(out, load<u8>(from) + 0x30)
    out++
    from++
  }
  let places = fraction
  if (isShort) while (places > 0 && load<u8>(from + <usize>(places - 1)) == 0) places--
  if (places > 0) {
    store<u8>(out, 0x2e)
    out++
    for (let n = 0; n < places; n++) store<u8>(out + <usize>n, load<u8>(from + <usize>n) + 0x30)
    out += <usize>places
  }
  if (other) {
    for (; scale < 0; scale++) {
      store<u8>(out, 0x30)
      out++
    }
  }
  return out
}

/** The digits of a number as bytes 0 to 9; the last lies before `end`. */
export function spread(value: u64, end: usize, count: i32): void {
  for (; count > 0; count--) {
    end--
    const rest = value / 10
    store<u8>(end, <u8>(value - rest * 10))
    value = rest
  }
}

/** Up to 16 digits as a vector. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function digitsOf(value: u64): v128 {
  const high = value / 100000000
  const low = <u32>(value - high * 100000000)
  const top = <u32>high
  const a = top / 10000
  const c = low / 10000
  // Four numbers below 10,000, then eight below 100, then sixteen below 10, by the reciprocals
  // 5243 / 2^19 and 103 / 2^10, which are exact there.
  const four = i32x4(0, 0, 0, 0)
  let lanes = i32x4.replace_lane(four, 0, a)
  lanes = i32x4.replace_lane(lanes, 1, top - a * 10000)
  lanes = i32x4.replace_lane(lanes, 2, c)
  lanes = i32x4.replace_lane(lanes, 3, low - c * 10000)
  const hundreds = i32x4.shr_u(i32x4.mul(lanes, i32x4.splat(5243)), 19)
  const ones = i32x4.sub(lanes, i32x4.mul(hundreds, i32x4.splat(100)))
  const pairs = v128.or(hundreds, i32x4.shl(ones, 16))
  const tens = i16x8.shr_u(i16x8.mul(pairs, i16x8.splat(103)), 10)
  const units = i16x8.sub(pairs, i16x8.mul(tens, i16x8.splat(10)))
  return v128.or(tens, i16x8.shl(units, 8))
}
