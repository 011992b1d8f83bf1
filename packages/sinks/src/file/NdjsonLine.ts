/**
 * A record as a line: its sequence number, and its canonical bytes as they lie in the trail.
 *
 * The bytes are never parsed and written again, so a line can be compared with the trail byte
 * for byte. It is the line that `countersign query --json` prints.
 *
 * @since 0.1.0
 */
import type { DeliveredBatch } from "@countersign/core/engine/Sink"

const before = Buffer.from('{"sequence":')
const between = Buffer.from(',"event":')
const after = Buffer.from("}\n")
const newline = 0x0a
const digitsMax = 16

/**
 * Longest line with its end: an entry of the trail has at most 65,535 bytes. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const lineBytesMax = 65_535 + before.length + digitsMax + between.length + after.length

/**
 * @category models
 * @since 0.1.0
 */
export interface NdjsonLine {
  readonly sequence: number
  /** A view of what was scanned. */
  readonly bytes: Buffer
}

/**
 * Why an entry can't be a line; `undefined` where it can.
 *
 * Canonical JSON has neither of the two bytes, and a line with a zero byte in it is how sectors
 * look that a power failure has swallowed.
 *
 * @category predicates
 * @since 0.1.0
 */
export const problemOf = (entry: Uint8Array): string | undefined => {
  if (entry.byteLength === 0) return "is empty"
  if (entry.byteLength > 65_535) return "is longer than 65,535 bytes"
  return entry.includes(newline) || entry.includes(0) ? "holds a control character" : undefined
}

/**
 * The lines of a batch in one piece of memory, which is nobody else's.
 *
 * @param from index of the first entry
 * @category encoding
 * @since 0.1.0
 */
export const encode = ({ entries, firstSequence }: DeliveredBatch, from: number): Buffer => {
  const frame = before.length + digitsMax + between.length + after.length
  let most = 0
  for (let index = from; index < entries.length; index++) {
    most += (entries[index]?.byteLength ?? 0) + frame
  }
  const lines = Buffer.allocUnsafeSlow(most)
  let at = 0
  for (let index = from; index < entries.length; index++) {
    at += before.copy(lines, at)
    at += lines.write(String(firstSequence + index), at, "latin1")
    at += between.copy(lines, at)
    const entry = entries[index]
    if (entry !== undefined) {
      lines.set(entry, at)
      at += entry.byteLength
    }
    at += after.copy(lines, at)
  }
  return lines.subarray(0, at)
}

const parse = (line: Buffer): NdjsonLine | undefined => {
  const digitsAt = before.length
  if (line.length < digitsAt || before.compare(line, 0, digitsAt) !== 0) return undefined
  const end = line.indexOf(between, digitsAt)
  if (end <= digitsAt || end > digitsAt + digitsMax) return undefined
  const digits = line.toString("latin1", digitsAt, end)
  const sequence = Number(digits)
  if (!/^(?:0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(sequence)) return undefined
  const bytes = line.subarray(end + between.length, line.length - 1)
  if (bytes.length === 0 || line.at(-1) !== after[0] || line.includes(0)) return undefined
  return { sequence, bytes }
}

/**
 * What stands at the beginning of some bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Scanned {
  readonly lines: ReadonlyArray<NdjsonLine>
  /** Length of these lines. What follows is cut, or broken. Units: bytes. */
  readonly bytes: number
  /** Whether what follows is no line, and no bytes more can make it one. */
  readonly isBroken: boolean
}

/**
 * Reads whole lines until one is broken or does not follow on the one before.
 *
 * @param least sequence that the first line has at least
 * @category decoding
 * @since 0.1.0
 */
export const scan = (source: Buffer, least: number): Scanned => {
  const lines: Array<NdjsonLine> = []
  let at = 0
  let next = least
  while (at < source.length) {
    const end = source.indexOf(newline, at)
    if (end < 0) return { lines, bytes: at, isBroken: source.length - at > lineBytesMax }
    const line = parse(source.subarray(at, end))
    if (line === undefined || line.sequence < next) return { lines, bytes: at, isBroken: true }
    lines.push(line)
    next = line.sequence + 1
    at = end + 1
  }
  return { lines, bytes: at, isBroken: false }
}
