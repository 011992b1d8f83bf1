/**
 * The kernels of text, in TypeScript.
 *
 * @since 0.1.0
 */
import type { KernelCalls } from "./Kernels.ts"
import type { Memory } from "./Memory.ts"

const translate = (
  { bytes }: Memory,
  from: number,
  length: number,
  to: number,
  pairs: number,
): void => {
  // The low half of the entry whose second byte is 0.
  for (let at = 0; at < length; at++) {
    bytes[to + at] = bytes[pairs + (bytes[from + at] ?? 0) * 2] ?? 0
  }
}

/** How many of `width` bytes are left without the blanks at the end. */
const trimmedRight = (bytes: Uint8Array, from: number, width: number, blank: number): number => {
  let left = width
  while (left > 0 && bytes[from + left - 1] === blank) left--
  return left
}

const blanksLeft = (bytes: Uint8Array, from: number, width: number, blank: number): number => {
  let count = 0
  while (count < width && bytes[from + count] === blank) count++
  return count
}

/** Where a text begins and how long it is when it is trimmed: 1 right, 2 left, 3 both. */
export const trimmed = (
  bytes: Uint8Array,
  from: number,
  width: number,
  trim: number,
  blank: number,
): { readonly from: number; readonly length: number } => {
  const length = (trim & 1) === 0 ? width : trimmedRight(bytes, from, width, blank)
  const blanks = (trim & 2) === 0 ? 0 : blanksLeft(bytes, from, length, blank)
  return { from: from + blanks, length: length - blanks }
}

const isAnyHigh = (bytes: Uint8Array, from: number, length: number): boolean => {
  for (let at = from; at < from + length; at++) if ((bytes[at] ?? 0) >= 0x80) return true
  return false
}

/** How many bytes a character of UTF-8 has, or 0 where it is none. */
const sequenceOf = (bytes: Uint8Array, from: number, left: number, size: number): number => {
  if (size > left) return 0
  const [first = 0, second = 0] = bytes.subarray(from, from + 2)
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  const rest = bytes.subarray(from + 2, from + size)
  return rest.every((byte) => (byte & 0xc0) === 0x80) ? size : 0
}

/** Writes a text's characters by their table; where it ends, or −1 where a byte is no character. */
export const putCharacters = (
  bytes: Uint8Array,
  from: number,
  length: number,
  characters: number,
  to: number,
): number => {
  let out = to
  for (let at = from; at < from + length; at++) {
    const entry = characters + (bytes[at] ?? 0) * 8
    const size = bytes[entry + 7] ?? 0
    if (size < 240) {
      bytes.copyWithin(out, entry, entry + size)
      out += size
      continue
    }
    const own = size === 255 ? 0 : sequenceOf(bytes, at, from + length - at, size - 240)
    if (own === 0) return -1
    bytes.copyWithin(out, at, at + own)
    out += own
    at += own - 1
  }
  return out
}

/** @category constructors */
export const textTwin = (
  memory: Memory,
): Pick<KernelCalls, "anyHigh" | "putText" | "text" | "utf8"> => ({
  anyHigh: (from, length) => (isAnyHigh(memory.bytes, from, length) ? 1 : 0),
  text: (starts, count, offset, width, pairs, out, stride) => {
    for (let i = 0; i < count; i++) {
      translate(memory, memory.word(starts + i * 4) + offset, width, out + i * stride, pairs)
    }
  },
  putText: (starts, count, offset, width, pairs, values, stride) => {
    for (let i = 0; i < count; i++) {
      translate(memory, values + i * stride, width, memory.word(starts + i * 4) + offset, pairs)
    }
  },
  utf8: (
    starts,
    count,
    offset,
    width,
    pairs,
    characters,
    trim,
    blank,
    first,
    offsets,
    valid,
    places,
  ) => {
    const { bytes } = memory
    let out = first
    let good = 0
    for (let i = 0; i < count; i++) {
      const base = memory.word(starts + i * 4) + offset
      const { from, length } = trimmed(bytes, base, width, trim, blank)
      translate(memory, from, length, out, pairs)
      const end = isAnyHigh(bytes, out, length)
        ? putCharacters(bytes, from, length, characters, out)
        : out + length
      const isGood = end >= 0
      if (isGood) out = end
      memory.putWord(offsets + (i + 1) * 4, out - first)
      bytes[valid + i * places] = isGood ? 1 : 0
      good += isGood ? 1 : 0
    }
    return good
  },
})
