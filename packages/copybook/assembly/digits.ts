/** Runs of decimal digits in one vector: a digit a byte, the last digit in the last byte. */

/** The number that 16 digits make. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function valueOf16(digits: v128): u64 {
  const tens = i16x8.add(
    i16x8.mul(v128.and(digits, i16x8.splat(0x00ff)), i16x8.splat(10)),
    i16x8.shr_u(digits, 8),
  )
  const hundreds = i32x4.dot_i16x8_s(tens, i16x8(100, 1, 100, 1, 100, 1, 100, 1))
  const narrow = i16x8.narrow_i32x4_u(hundreds, hundreds)
  const halves = i32x4.dot_i16x8_s(narrow, i16x8(10000, 1, 10000, 1, 10000, 1, 10000, 1))
  const both = <u64>i64x2.extract_lane(halves, 0)
  return (both & 0xffffffff) * 100000000 + (both >> 32)
}

/** Nibbles of 8 bytes, the first byte the lowest, as 16 bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function nibblesOf(bytes: u64): v128 {
  const both = i64x2.splat(<i64>bytes)
  const low = v128.and(both, i8x16.splat(0x0f))
  const high = v128.and(i16x8.shr_u(both, 4), i8x16.splat(0x0f))
  return v128.shuffle<i8>(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

/** The same one place to the right behind a zero: what stands before a sign nibble. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function withoutLast(digits: v128): v128 {
  return v128.shuffle<i8>(
    i8x16.splat(0), digits,
    0, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
  )
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function iota(): v128 {
  return i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
}

/** All ones in the last `count` bytes. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function lastBytes(count: i32): v128 {
  return i8x16.gt_s(iota(), i8x16.splat(<i8>(15 - count)))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
export function isAnyAboveNine(digits: v128): bool {
  return v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))
}

/** The high half of the product of two 64-bit numbers. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function highProduct(a: u64, b: u64): u64 {
  const al = a & 0xffffffff
  const ah = a >> 32
  const bl = b & 0xffffffff
  const bh = b >> 32
  const middle = ah * bl + ((al * bl) >> 32)
  const cross = al * bh + (middle & 0xffffffff)
  return ah * bh + (middle >> 32) + (cross >> 32)
}

/** Writes `high · 10^19 + low` with its sign as 128 bits, low half first. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function storeWide(out: usize, high: u64, low: u64, isNegative: bool): void {
  const product = high * 10000000000000000000
  let first = product + low
  let second = highProduct(high, 10000000000000000000) + <u64>(first < low)
  if (isNegative) {
    first = ~first + 1
    second = ~second + <u64>(first == 0)
  }
  store<u64>(out, first)
  store<u64>(out, second, 8)
}
