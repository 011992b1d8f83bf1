/**
 * Finds records that may lie in several segments, and joins them (VS, VBS).
 *
 * Source of the control codes: z/OS DFSMS Using Data Sets (SC23-6855), "Segment Descriptor Word",
 * table "Segment control codes", and "Null Segments".
 *
 * @since 0.1.0
 */
import { BlockPlace } from "./BlockPlace.ts"
import type { Found, Scan } from "./Found.ts"
import { hex } from "./FramingFault.ts"
import { blame, blockTail, type HeaderScanOptions, wrongHeader } from "./HeaderScan.ts"
import { codeAt, readLength } from "./HeaderWord.ts"

/**
 * The third byte of a segment descriptor word.
 *
 * @category models
 * @since 0.1.0
 */
export const segmentCode = { whole: 0, first: 1, last: 2, middle: 3 } as const

const waiting = -1

/** The first bit of its word is set, and nothing else. */
const isNull = ({ blocks }: BlockPlace, header: Uint8Array): boolean =>
  blocks.kind === "word" && header.every((byte, index) => byte === (index === 0 ? 0x80 : 0))

/** What says that the block has no more segments: zeros follow to its end, and no record ends. */
const nullSegment = (
  place: BlockPlace,
  bytes: Uint8Array,
  at: number,
  end: number,
  found: Found,
): number => {
  const { left } = place
  if (at + left > end) return waiting
  const rest = bytes.subarray(at + 1, at + left)
  const stray = rest.findIndex((byte) => byte !== 0)
  if (stray >= 0)
    found.fault("CPY-3010", at, left, `byte ${stray + 1} behind a null segment is not zero`)
  if (found.isStopped) return waiting
  place.left = 0
  return at + left
}

/** The segments of a record that has not come to its last. */
interface Chain {
  readonly pieces: Array<Uint8Array>
  /** Where the first segment's body begins in the file. */
  readonly fileOffset: number
  length: number
}

const tell = ({ fileOffset, length, pieces }: Chain, found: Found, why: string): void => {
  const detail = `${length} bytes in ${pieces.length} segments, and ${why}`
  found.faultAt("CPY-3012", fileOffset, length, pieces[0] ?? new Uint8Array(0), detail)
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const spannedScan = (options: HeaderScanOptions): Scan => {
  const { isZeroFiller, recordBytesMax, word } = options
  const place = new BlockPlace(options.blocks, isZeroFiller)
  let chain: Chain | undefined

  const breakOff = (found: Found, why: string): boolean => {
    const open = chain
    chain = undefined
    if (open !== undefined) tell(open, found, why)
    return open !== undefined
  }

  const take = (code: number, bytes: Uint8Array, at: number, body: number, found: Found): void => {
    const start = at + word.bytes
    const piece = bytes.subarray(start, start + body)
    const isBeginning = code === segmentCode.whole || code === segmentCode.first
    if (isBeginning) breakOff(found, "then another record begins")
    if (found.isStopped) return
    if (code === segmentCode.whole) found.addJoined([piece], found.base + start)
    else if (code === segmentCode.first) {
      chain = { pieces: [new Uint8Array(piece)], fileOffset: found.base + start, length: body }
    } else if (chain === undefined) {
      found.fault("CPY-3011", at, word.bytes + body, `control code ${code}`)
    } else {
      chain.pieces.push(new Uint8Array(piece))
      chain.length += body
      if (chain.length > recordBytesMax) {
        breakOff(found, `that is more than ${recordBytesMax} bytes`)
        return
      }
      if (code === segmentCode.middle) return
      found.addJoined(chain.pieces, chain.fileOffset)
      chain = undefined
    }
  }

  const step = (bytes: Uint8Array, at: number, end: number, found: Found): number => {
    if (place.left < word.bytes) return blockTail(place, isZeroFiller, bytes, at, end, found)
    if (at + word.bytes > end) return waiting
    const header = bytes.subarray(at, at + word.bytes)
    const raw = readLength(word, bytes, at)
    if (raw === 0 && isZeroFiller) {
      place.left -= word.bytes
      return at + word.bytes
    }
    if (isNull(place, header)) return nullSegment(place, bytes, at, end, found)
    const wrong = wrongHeader(options, header, raw, place.left)
    if (wrong !== undefined) return blame(options, place, wrong, bytes, at, end, found)
    const total = word.bytes + raw + word.delta
    if (at + total > end) return waiting
    const code = header[codeAt(word.at)] ?? 0
    if (code > segmentCode.middle) found.fault("CPY-3013", at, total, `0x${hex(header)}`)
    else take(code, bytes, at, total - word.bytes, found)
    if (found.isStopped) return waiting
    place.left -= total
    return at + total
  }

  const run: Scan["run"] = (bytes, from, end, _isLast, found) => {
    let at = from
    while (!found.isStopped && found.count < found.capacity) {
      at = place.enter(bytes, at, end, found)
      if (found.isStopped || at >= end || place.left === 0) break
      const next = step(bytes, at, end, found)
      if (next === waiting) break
      at = next
    }
    return at
  }
  const finish: Scan["finish"] = (found, end, isTold) =>
    place.finish(found, end, breakOff(found, "then the file ends") || isTold)
  return { run, finish }
}
