/** Binary numbers of 1 to 16 bytes, either end first. */

// @ts-ignore: a decorator of AssemblyScript
@inline
export function loadBinary(at: usize, width: i32, isLittle: i32, isSigned: i32): u64 {
  let value: u64 = 0
  if (width == 4) {
    value = isLittle ? <u64>load<u32>(at) : <u64>bswap<u32>(load<u32>(at))
  } else if (width == 2) {
    value = isLittle ? <u64>load<u16>(at) : <u64>bswap<u16>(load<u16>(at))
  } else if (width == 8) {
    value = isLittle ? load<u64>(at) : bswap<u64>(load<u64>(at))
  } else {
    for (let n = 0; n < width; n++) {
      value = (value << 8) | <u64>load<u8>(at + <usize>(isLittle ? width - 1 - n : n))
    }
  }
  const shift = <u64>(64 - (width << 3))
  return isSigned ? <u64>((<i64>(value << shift)) >> shift) : value
}

/**
 * Up to 8 bytes, into 64 bits.
 *
 * @param most the greatest magnitude of its digits; 0 where every value may stand there
 */
export function binary(
  starts: usize, count: i32, offset: usize, width: i32,
  isLittle: i32, isSigned: i32, most: u64,
  out: usize, valid: usize, places: usize,
): i32 {
  const end = starts + (<usize>count << 2)
  const step = places << 3
  const limit = most == 0 ? ~(<u64>0) : most
  let good: i32 = 0
  for (; starts < end; starts += 4) {
    const value = loadBinary(load<u32>(starts) + offset, width, isLittle, isSigned)
    const negative = isSigned ? <u64>((<i64>value) >> 63) : 0
    const ok = <i32>((value ^ negative) - negative <= limit)
    store<u64>(out, value & -(<u64>ok))
    store<u8>(valid, <u8>ok)
    good += ok
    out += step
    valid += places
  }
  return good
}

/** Up to 16 bytes, into 128 bits, low half first; every value may stand there. */
export function binaryWide(
  starts: usize, count: i32, offset: usize, width: i32,
  isLittle: i32, isSigned: i32, out: usize, valid: usize, places: usize,
): void {
  const upper = width > 8 ? width - 8 : 0
  const lower = width - upper
  for (let i = 0; i < count; i++) {
    const at = load<u32>(starts + (<usize>i << 2)) + offset
    const low = loadBinary(isLittle ? at : at + <usize>upper, lower, isLittle, upper ? 0 : isSigned)
    let high: u64 = isSigned ? <u64>((<i64>low) >> 63) : 0
    if (upper) high = loadBinary(isLittle ? at + 8 : at, upper, isLittle, isSigned)
    store<u64>(out, low)
    store<u64>(out, high, 8)
    store<u8>(valid, 1)
    out += places << 4
    valid += places
  }
}
