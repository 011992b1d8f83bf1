/**
 * What a framer makes of a file, for tests.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type Framer, makeFramer } from "../framing/Framer.ts"
import type { FieldReader, FramerOptions, Framing } from "../framing/Framing.ts"
import { type FramingFault, hex } from "../framing/FramingFault.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FramedFile {
  /** In hex. */
  readonly records: ReadonlyArray<string>
  /** Where each begins in the file. */
  readonly offsets: ReadonlyArray<number>
  readonly numbers: ReadonlyArray<number>
  readonly faults: ReadonlyArray<FramingFault>
  readonly framer: Framer
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Framed {
  readonly framing: Framing
  readonly options?: FramerOptions
  readonly fields?: FieldReader
  readonly bytes: Uint8Array
  /** Sizes of the pieces that the file comes in, over and over. Default: one piece. */
  readonly pieces?: ReadonlyArray<number>
}

/**
 * Frames a file, and gives each piece away in a buffer that is overwritten afterwards.
 *
 * @category running
 * @since 0.1.0
 */
export const framedFile = ({ bytes, fields, framing, options, pieces }: Framed): FramedFile => {
  const framer = Result.getOrThrow(makeFramer(framing, options, fields))
  const [records, offsets, numbers]: [Array<string>, Array<number>, Array<number>] = [[], [], []]
  const sizes = pieces === undefined || pieces.length === 0 ? [bytes.length] : pieces
  let at = 0
  for (let turn = 0; at < bytes.length || turn === 0; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1)
    const piece = new Uint8Array(bytes.subarray(at, at + size))
    at += size
    for (const batch of framer.push(piece, at >= bytes.length)) {
      for (let index = 0; index < batch.count; index += 1) {
        const start = batch.starts[index] ?? -1
        records.push(hex(batch.bytes.subarray(start, start + (batch.lengths[index] ?? 0))))
        offsets.push(batch.offsets?.[index] ?? batch.fileOffset + start)
        numbers.push(batch.firstRecord + index)
      }
    }
    piece.fill(0xee)
  }
  return { records, offsets, numbers, faults: framer.takeFaults(), framer }
}

/**
 * Bytes of a text in hex, blanks between them.
 *
 * @category constructors
 * @since 0.1.0
 */
export const bytesOf = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/[\da-f]{2}/gi) ?? [], (digits) => Number.parseInt(digits, 16))

const digitsOf = (bytes: Uint8Array, start: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(start, start + length))

/**
 * Reads fields of ASCII characters: `LEN` is two digits at the start, `ID` one character behind
 * them, and with counters a record is its `LEN` digits plus two.
 *
 * @category constructors
 * @since 0.1.0
 */
export const asciiFields: FieldReader = {
  numberOf: (path) =>
    path === "LEN"
      ? (bytes, start, available) =>
          available < 2
            ? -1
            : /^\d\d$/.test(digitsOf(bytes, start, 2))
              ? Number(digitsOf(bytes, start, 2))
              : NaN
      : undefined,
  textOf: (path) =>
    path === "ID"
      ? (bytes, start, available) => {
          if (available < 3) return null
          const text = digitsOf(bytes, start + 2, 1)
          return text === "?" ? undefined : text
        }
      : undefined,
  lengthOf: (bytes, start, available) => {
    if (available < 2) return -1
    const text = digitsOf(bytes, start, 2)
    return /^\d\d$/.test(text) ? Number(text) + 2 : NaN
  },
}
