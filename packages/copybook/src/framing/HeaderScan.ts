/**
 * Finds records behind headers with their length.
 *
 * @since 0.1.0
 */
import { BlockPlace, type Blocks } from "./BlockPlace.ts"
import { type Found, type Scan, textHint } from "./Found.ts"
import { type FramingCode, hex, textLike } from "./FramingFault.ts"
import { type HeaderWord, readLength } from "./HeaderWord.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface HeaderScanOptions {
  readonly word: HeaderWord
  readonly blocks: Blocks
  readonly recordBytesMax: number
  readonly isZeroFiller: boolean
}

/** What a step returns that needs more of the file. */
const waiting = -1

/**
 * @category constructors
 * @since 0.1.0
 */
export const headerScan = (options: HeaderScanOptions): Scan => {
  const { blocks, isZeroFiller, recordBytesMax, word } = options
  const place = new BlockPlace(blocks, isZeroFiller)
  const step = headerStep(options, place)
  const isUsual = word.width === 2 && word.validity === undefined && word.reserved.length <= 2
  const run: Scan["run"] = (bytes, from, end, isLast, found) => {
    let at = from
    while (!found.isStopped && found.count < found.capacity) {
      at = place.enter(bytes, at, end, found)
      if (found.isStopped || at >= end || place.left === 0) break
      const before = at
      if (isUsual) {
        at = walk(word, bytes, at, Math.min(end, at + place.left), recordBytesMax, found)
      }
      place.left -= at - before
      if (place.left === 0 || found.count === found.capacity) continue
      const next = step(bytes, at, end, isLast, found)
      if (next === waiting) break
      at = next
    }
    return at
  }
  return { run, finish: (found, end, isTold) => place.finish(found, end, isTold) }
}

/**
 * Passes over records as long as nothing is unusual: a few nanoseconds each, so the length is
 * read with two loads and everything else is left to the step.
 */
const walk = (
  word: HeaderWord,
  bytes: Uint8Array,
  from: number,
  limit: number,
  recordBytesMax: number,
  found: Found,
): number => {
  const { capacity, lengths, starts } = found
  const { bytes: size, delta, reserved } = word
  const high = word.at + (word.endian === "big" ? 0 : 1)
  const low = word.at + (word.endian === "big" ? 1 : 0)
  const [one = -1, two = one] = reserved
  const isChecked = one >= 0
  // A length of zero is none, so the least body is that of length one.
  const least = Math.max(0, 1 + delta)
  const span = recordBytesMax - least
  const last = limit - size
  let count = found.count
  let at = from
  while (at <= last) {
    const body = (((bytes[at + high] ?? 0) << 8) | (bytes[at + low] ?? 0)) + delta
    if (isChecked && ((bytes[at + one] ?? 0) | (bytes[at + two] ?? 0)) !== 0) break
    // Unsigned, what is below the least is above everything.
    if ((body - least) >>> 0 > span || body > last - at || count === capacity) break
    starts[count] = at + size
    lengths[count] = body
    count += 1
    at += size + body
  }
  found.count = count
  return at
}

type Step = (bytes: Uint8Array, at: number, end: number, isLast: boolean, found: Found) => number

/** One record with every check. Returns where the next begins, or that it waits. */
const headerStep =
  (options: HeaderScanOptions, place: BlockPlace): Step =>
  (bytes, at, end, isLast, found) => {
    const { isZeroFiller, word } = options
    if (place.left < word.bytes) return blockTail(place, isZeroFiller, bytes, at, end, found)
    if (at + word.bytes > end) return waiting
    const raw = readLength(word, bytes, at)
    const body = raw + word.delta
    if (word.validity !== undefined) {
      const { at: validAt, values } = word.validity
      if (!values.includes(bytes[at + validAt] ?? -1)) {
        found.skipped += 1
        place.pass(Math.min(place.left, word.bytes + Math.max(0, body)))
        return at
      }
    }
    if (raw === 0 && isZeroFiller) {
      place.left -= word.bytes
      return at + word.bytes
    }
    const wrong = wrongHeader(options, bytes.subarray(at, at + word.bytes), raw, place.left)
    if (wrong !== undefined) return blame(options, place, wrong, bytes, at, end, found)
    const start = at + word.bytes
    if (start + body > end) {
      found.partialStart = start
      if (isLast && !isReservedZero(word, bytes, at)) {
        const detail = `${body} bytes, and the file has ${end - start}`
        return blame(options, place, ["CPY-3007", detail], bytes, at, end, found)
      }
      return waiting
    }
    if (!isReservedZero(word, bytes, at)) {
      const header = bytes.subarray(at, start)
      found.fault("CPY-3007", at, word.bytes, `0x${hex(header)}`, otherReading(word, end, found))
      if (found.isStopped) return waiting
    }
    found.add(start, body)
    place.left -= word.bytes + body
    return start + body
  }

const isReservedZero = (word: HeaderWord, bytes: Uint8Array, at: number): boolean =>
  word.reserved.every((index) => bytes[at + index] === 0)

/**
 * What makes a header's length impossible.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const wrongHeader = (
  { recordBytesMax, word }: HeaderScanOptions,
  header: Uint8Array,
  raw: number,
  room: number,
): Wrong | undefined => {
  const body = raw + word.delta
  if (raw === 0) return ["CPY-3003", "0"]
  if (!isReservedZero(word, header, 0) && textLike(header) !== undefined) {
    return ["CPY-3006", `${raw}`]
  }
  if (body < 0) return ["CPY-3004", `${raw}, and the least is ${-word.delta}`]
  if (body > recordBytesMax)
    return ["CPY-3005", `${body} bytes, and the limit is ${recordBytesMax}`]
  if (word.bytes + body > room) {
    return ["CPY-3008", `${body} bytes, and its block has ${room - word.bytes}`]
  }
  return undefined
}

/**
 * @category models
 * @since 0.1.0
 */
export type Wrong = readonly [FramingCode, string]

/**
 * Notes a wrong header. In a block the next block is where it goes on; without blocks nothing
 * says where the next record begins.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const blame = (
  { blocks, word }: HeaderScanOptions,
  place: BlockPlace,
  [code, detail]: Wrong,
  bytes: Uint8Array,
  at: number,
  end: number,
  found: Found,
): number => {
  const header = bytes.subarray(at, at + word.bytes)
  const shown = `0x${hex(header)}: ${detail}`
  const hint = textHint(header) ?? otherReading(word, end, found)
  if (blocks.kind === "none") {
    found.fatal(code, at, header.length, shown, hint)
    return at
  }
  found.fault(code, at, place.left, `${shown}; the rest of its block is passed over`, hint)
  place.pass(place.left)
  return at
}

/**
 * A block's last bytes, too few for a header.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const blockTail = (
  place: BlockPlace,
  isZeroFiller: boolean,
  bytes: Uint8Array,
  at: number,
  end: number,
  found: Found,
): number => {
  const { left } = place
  if (at + left > end) return waiting
  const tail = bytes.subarray(at, at + left)
  if (!isZeroFiller || tail.some((byte) => byte !== 0)) {
    found.fault("CPY-3010", at, left, `${left} bytes, 0x${hex(tail)}`)
    if (found.isStopped) return waiting
  }
  place.left = 0
  return at + left
}

/** Whether the header before, read as counting itself or as not counting itself, led to a better place. */
const otherReading = (word: HeaderWord, end: number, found: Found): string | undefined => {
  if (found.count === 0) return undefined
  const start = found.starts[found.count - 1] ?? 0
  const length = found.lengths[found.count - 1] ?? 0
  const other = start + length + (word.includesHeader ? word.bytes : -word.bytes)
  if (other < start || other + word.bytes > end) return undefined
  const raw = readLength(word, found.window, other)
  if (raw < word.bytes || !isReservedZero(word, found.window, other)) return undefined
  return word.includesHeader
    ? "The lengths don't seem to count the header: frame it as payload only."
    : "The lengths seem to count the header: frame it as inclusive."
}
