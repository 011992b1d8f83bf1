/** Text by a table of pairs: two bytes are looked up at once, in 64 Ki entries of two bytes. */

// @ts-ignore: a decorator of AssemblyScript
@inline
function eight(from: usize, to: usize, table: usize): void {
  store<u16>(to, load<u16>(table + ((<usize>load<u16>(from)) << 1)))
  store<u16>(to, load<u16>(table + ((<usize>load<u16>(from, 2)) << 1)), 2)
  store<u16>(to, load<u16>(table + ((<usize>load<u16>(from, 4)) << 1)), 4)
  store<u16>(to, load<u16>(table + ((<usize>load<u16>(from, 6)) << 1)), 6)
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function two(from: usize, to: usize, table: usize): void {
  store<u16>(to, load<u16>(table + ((<usize>load<u16>(from)) << 1)))
}

/** Translates `length` bytes; writes no byte more. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function translate(from: usize, length: usize, to: usize, table: usize): void {
  if (length >= 8) {
    // The last eight overlap those before them, so that there is no loop for a rest.
    const last = length - 8
    for (let at: usize = 0; at < last; at += 8) eight(from + at, to + at, table)
    eight(from + last, to + last, table)
  } else if (length >= 2) {
    const last = length - 2
    for (let at: usize = 0; at < last; at += 2) two(from + at, to + at, table)
    two(from + last, to + last, table)
  } else if (length == 1) store<u8>(to, load<u8>(table + ((<usize>load<u8>(from)) << 1)))
}

// @ts-ignore: a decorator of AssemblyScript
@inline
function pair(from: usize, to: usize, table: usize): u32 {
  const both = <u32>load<u16>(table + ((<usize>load<u16>(from)) << 1))
  store<u16>(to, both)
  return both
}

/**
 * As {@link translate}, and answers with all that was written, or-ed: to load it again as a whole
 * would wait for each of its small stores.
 */
// @ts-ignore: a decorator of AssemblyScript
@inline
function translateOred(from: usize, length: usize, to: usize, table: usize): u32 {
  if (length < 2) {
    if (length == 0) return 0
    const one = <u32>load<u8>(table + ((<usize>load<u8>(from)) << 1))
    store<u8>(to, one)
    return one
  }
  let all: u32 = 0
  const last = length - 2
  let at: usize = 0
  for (; at + 6 <= last; at += 8) {
    all |= pair(from + at, to + at, table)
    all |= pair(from + at + 2, to + at + 2, table)
    all |= pair(from + at + 4, to + at + 4, table)
    all |= pair(from + at + 6, to + at + 6, table)
  }
  for (; at < last; at += 2) all |= pair(from + at, to + at, table)
  return all | pair(from + last, to + last, table)
}

/** A column of one width: value `i` at `out + i · stride`. */
export function text(
  starts: usize, count: i32, offset: usize, width: usize,
  table: usize, out: usize, stride: usize,
): void {
  const end = starts + (<usize>count << 2)
  for (; starts < end; starts += 4) {
    translate(load<u32>(starts) + offset, width, out, table)
    out += stride
  }
}

/** The same backwards: from values of one width into records. */
export function putText(
  starts: usize, count: i32, offset: usize, width: usize,
  table: usize, from: usize, stride: usize,
): void {
  const end = starts + (<usize>count << 2)
  for (; starts < end; starts += 4) {
    translate(from, width, load<u32>(starts) + offset, table)
    from += stride
  }
}

/** How many of `width` bytes are left without the blanks at the end. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function trimmedRight(from: usize, width: usize, blank: u32): usize {
  const blanks = i8x16.splat(<u8>blank)
  while (width >= 16) {
    const other = <u32>i8x16.bitmask(i8x16.ne(v128.load(from + width - 16), blanks))
    if (other != 0) return width - (<usize>clz(other) - 16)
    width -= 16
  }
  // Of the last 16 bytes only those count that are left.
  const other = <u32>i8x16.bitmask(i8x16.ne(v128.load(from + width - 16), blanks))
  const left = (other >> (16 - <u32>width)) & ((1 << <u32>width) - 1)
  return <usize>(32 - clz(left))
}

/** How many blanks `width` bytes begin with. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function blanksLeft(from: usize, width: usize, blank: u32): usize {
  let count: usize = 0
  while (count < width && load<u8>(from + count) == <u8>blank) count++
  return count
}

/**
 * How many bytes of UTF-8 a character has, the first of which says `size`, or 0 where it is none
 * (Unicode, table 3-7: well-formed sequences).
 */
export function sequenceOf(from: usize, left: usize, size: usize): usize {
  if (size > left) return 0
  const first = <u32>load<u8>(from)
  const second = <u32>load<u8>(from, 1)
  const least: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80
  const most: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let at: usize = 2; at < size; at++) if ((load<u8>(from + at) & 0xc0) != 0x80) return 0
  return size
}

/** Of texts so short all is translated, whatever is left of them: lengths that vary mispredict. */
const shortMost: usize = 32

/**
 * A column of UTF-8: `offsets[i]` to `offsets[i + 1]`, from `out` on. `characters` has 8 bytes a
 * byte: up to six of UTF-8, and in the last how many; 240 and how many there says that the byte begins
 * a character that is UTF-8 already, 255 that it is no character: such a text is empty and not valid.
 */
export function utf8(
  starts: usize, count: i32, offset: usize, width: usize,
  table: usize, characters: usize, trim: i32, blank: u32,
  out: usize, offsets: usize, valid: usize, places: usize,
): i32 {
  const first = out
  let good: i32 = 0
  for (let i = 0; i < count; i++) {
    let from = load<u32>(starts + (<usize>i << 2)) + offset
    let length = width
    let whole = width
    if (trim & 1) length = trimmedRight(from, length, blank)
    if (trim & 2) {
      const blanks = blanksLeft(from, length, blank)
      from += blanks
      length -= blanks
      whole -= blanks
    }
    let isHigh: bool
    if (width <= shortMost) isHigh = (translateOred(from, whole, out, table) & 0x8080) != 0
    else {
      translate(from, length, out, table)
      isHigh = isAnyHigh(out, length)
    }
    let ok: i32 = 1
    if (isHigh) {
      let to = out
      for (let at: usize = 0; at < length; at++) {
        const entry = load<u64>(characters + (<usize>load<u8>(from + at) << 3))
        const size = <usize>(entry >> 56)
        if (size < 240) {
          store<u64>(to, entry)
          to += size
          continue
        }
        const own: usize = size == 255 ? <usize>0 : sequenceOf(from + at, length - at, size - 240)
        if (own == 0) ok = 0
        else {
          for (let n: usize = 0; n < own; n++) store<u8>(to + n, load<u8>(from + at + n))
          to += own
          at += own - 1
        }
      }
      length = ok ? to - out : 0
    }
    out += length
    store<u32>(offsets + (<usize>(i + 1) << 2), out - first)
    store<u8>(valid + <usize>i * places, <u8>ok)
    good += ok
  }
  return good
}

/** Whether a byte of them is 0x80 or above. */
// @ts-ignore: a decorator of AssemblyScript
@inline
export function isAnyHigh(from: usize, length: usize): bool {
  const end = from + length
  let high = i8x16.splat(0)
  while (from + 16 <= end) {
    high = v128.or(high, v128.load(from))
    from += 16
  }
  const rest = <u32>i8x16.bitmask(v128.load(from)) & ((1 << <u32>(end - from)) - 1)
  return (<u32>i8x16.bitmask(high) | rest) != 0
}

export function anyHigh(from: usize, length: usize): i32 {
  return <i32>isAnyHigh(from, length)
}
