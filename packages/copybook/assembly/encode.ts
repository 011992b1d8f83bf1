/** From columns into records: what does not fit is counted, and nothing is written in its place. */

/** Four decimal digits as packed bytes: two bytes an entry, 10,000 entries. */
// @ts-ignore: a decorator of AssemblyScript
@inline
function packedFour(table: usize, value: u64): u64 {
  return load<u16>(table + (<usize>value << 1))
}

/**
 * @param table pairs of packed bytes, 10,000 entries of two bytes
 * @param most the greatest magnitude of the digits
 * @param signs the sign nibbles: plus in the lower four bits, minus in the next four
 */
export function putPacked(
  starts: usize, count: i32, offset: usize, width: usize,
  table: usize, most: u64, signs: u32, hasSign: i32, isSigned: i32,
  values: usize, valid: usize, places: usize,
): i32 {
  let good: i32 = 0
  for (let i = 0; i < count; i++) {
    const value = load<i64>(values)
    const negative = <u64>(value >> 63)
    const magnitude = (<u64>value ^ negative) - negative
    const ok = <i32>(magnitude <= most && (isSigned != 0 || negative == 0)) & <i32>load<u8>(valid)
    if (ok) {
      let at = load<u32>(starts + (<usize>i << 2)) + offset + width
      let rest = magnitude
      let left = width
      if (hasSign) {
        const sign = negative ? (signs >> 4) & 15 : signs & 15
        at--
        left--
        store<u8>(at, <u8>((rest % 10) << 4) | <u8>sign)
        rest /= 10
      }
      while (left >= 2) {
        at -= 2
        left -= 2
        const next = rest / 10000
        store<u16>(at, <u16>packedFour(table, rest - next * 10000))
        rest = next
      }
      if (left) store<u8>(at - 1, <u8>(packedFour(table, rest) >> 8))
    }
    good += ok
    values += places << 3
    valid += places
  }
  return good
}

/**
 * @param table four bytes of digits an entry, 10,000 entries, in the code page
 * @param overpunch 20 bytes: the digits with a plus, then those with a minus
 * @param signAt where the digit with the sign stands among the digits; −1 without one
 * @param separate where a separate sign stands, from the record's start; −1 without one
 * @param characters plus in the lower byte, minus in the next
 */
export function putZoned(
  starts: usize, count: i32, offset: usize, digits: i32,
  table: usize, most: u64, overpunch: usize, signAt: i32, separate: i32, characters: u32,
  isSigned: i32, values: usize, valid: usize, places: usize,
): i32 {
  let good: i32 = 0
  for (let i = 0; i < count; i++) {
    const value = load<i64>(values)
    const negative = <u64>(value >> 63)
    const magnitude = (<u64>value ^ negative) - negative
    const ok = <i32>(magnitude <= most && (isSigned != 0 || negative == 0)) & <i32>load<u8>(valid)
    if (ok) {
      const base = load<u32>(starts + (<usize>i << 2))
      const field = base + offset
      let at = field + <usize>digits
      let rest = magnitude
      let left = digits
      while (left >= 4) {
        at -= 4
        left -= 4
        const next = rest / 10000
        store<u32>(at, load<u32>(table + (<usize>(rest - next * 10000) << 2)))
        rest = next
      }
      if (left) {
        const four = load<u32>(table + (<usize>rest << 2))
        for (let n = 0; n < left; n++) store<u8>(field + <usize>n, <u8>(four >> ((4 - left + n) << 3)))
      }
      if (signAt >= 0) {
        const place = field + <usize>signAt
        const digit = <usize>load<u8>(place) & 15
        store<u8>(place, load<u8>(overpunch + digit + (negative ? 10 : 0)))
      }
      if (separate >= 0) store<u8>(base + <usize>separate, <u8>(negative ? characters >> 8 : characters))
    }
    good += ok
    values += places << 3
    valid += places
  }
  return good
}

export function putBinary(
  starts: usize, count: i32, offset: usize, width: i32,
  isLittle: i32, isSigned: i32, most: u64,
  values: usize, valid: usize, places: usize,
): i32 {
  let good: i32 = 0
  const shift = <u64>(64 - (width << 3))
  for (let i = 0; i < count; i++) {
    const value = load<i64>(values)
    const negative = <u64>(value >> 63)
    const magnitude = (<u64>value ^ negative) - negative
    const cut = isSigned ? (value << shift) >> shift : <i64>((<u64>value << shift) >> shift)
    const isWithin = most == 0 ? cut == value && (isSigned != 0 || width == 8 || negative == 0) : magnitude <= most && (isSigned != 0 || negative == 0)
    const ok = <i32>isWithin & <i32>load<u8>(valid)
    if (ok) {
      const at = load<u32>(starts + (<usize>i << 2)) + offset
      if (width == 4) store<u32>(at, isLittle ? <u32>value : bswap<u32>(<u32>value))
      else if (width == 2) store<u16>(at, isLittle ? <u16>value : bswap<u16>(<u16>value))
      else if (width == 8) store<u64>(at, isLittle ? <u64>value : bswap<u64>(<u64>value))
      else {
        for (let n = 0; n < width; n++) {
          store<u8>(at + <usize>(isLittle ? n : width - 1 - n), <u8>(<u64>value >> <u64>(n << 3)))
        }
      }
    }
    good += ok
    values += places << 3
    valid += places
  }
  return good
}
