/**
 * Entries as they lie in a bundle: a 16-bit big-endian length before each.
 *
 * A frame of the write-ahead log holds the same bytes, so an entry is laid out once.
 *
 * - Source: C2SP tlog-tiles, log entries.
 *
 * @since 0.1.0
 */
import { constants, crc32, deflateRawSync, inflateRawSync } from "node:zlib"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { tileWidth } from "./Tile.ts"

/**
 * Length before each entry. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const lengthBytes = 2

/** Longest entry: its length has 16 bits. Units: bytes. */
const entryBytesMax = 0xffff

/**
 * Largest bundle. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const bundleBytesMax = tileWidth * (lengthBytes + entryBytesMax)

/**
 * Bytes that are no sequence of entries.
 *
 * @category errors
 * @since 0.1.0
 */
export class BundleMalformed extends Schema.TaggedError<BundleMalformed>(
  "@countersign/core/BundleMalformed",
)("BundleMalformed", {
  code: Schema.tag("AUD-3211"),
  isRetryable: Schema.tag(false),
  /** The entry, counted from 0 in its bundle. */
  index: Schema.Number,
  /** Where its length lies. Units: bytes. */
  offset: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: entry ${this.index} of the bundle, at byte ${this.offset}: ${this.detail}`
  }
}

const malformed = (index: number, offset: number, detail: string) =>
  Result.fail(new BundleMalformed({ index, offset, detail }))

/**
 * Lays entries out one after the other.
 *
 * @param entries each at most 65,535 bytes; a longer one throws `RangeError`, since the
 * encoder of events refuses it long before
 * @category encoding
 * @since 0.1.0
 */
export const encode = (entries: ReadonlyArray<Uint8Array>): Buffer => {
  const total = entries.reduce((sum, entry) => sum + lengthBytes + entry.byteLength, 0)
  const bytes = Buffer.allocUnsafe(total)
  let at = 0
  for (const entry of entries) {
    at = bytes.writeUInt16BE(entry.byteLength, at)
    bytes.set(entry, at)
    at += entry.byteLength
  }
  return bytes
}

/**
 * Finds the entries: the start of each goes to `starts`, where `starts[i + 1] - 2` is the end
 * of entry `i`.
 *
 * No object an entry: verification and the query scan run this over whole trails.
 *
 * A failure at entry `n` leaves the entries before it in `starts`.
 *
 * @param starts room for `countMax + 1` numbers
 * @returns how many entries there are
 * @category decoding
 * @since 0.1.0
 */
export const locate = (
  bytes: Uint8Array,
  starts: Uint32Array,
  countMax: number,
): Result.Result<number, BundleMalformed> => {
  const end = bytes.byteLength
  let count = 0
  let at = 0
  while (at < end) {
    const start = at + lengthBytes
    starts[count] = start
    if (count === countMax) return malformed(count, at, `more than ${countMax} entries`)
    if (start > end) return malformed(count, at, "ends within a length")
    const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
    if (start + length > end) {
      return malformed(count, at, `${length} bytes announced, ${end - start} left`)
    }
    count += 1
    at = start + length
  }
  starts[count] = at + lengthBytes
  return Result.succeed(count)
}

/**
 * Views of the entries; nothing is copied.
 *
 * @param countMax most entries accepted, 256 by default as in a bundle
 * @category decoding
 * @since 0.1.0
 */
export const decode = (
  bytes: Uint8Array,
  countMax: number = tileWidth,
): Result.Result<ReadonlyArray<Uint8Array>, BundleMalformed> => {
  const starts = new Uint32Array(countMax + 1)
  return Result.map(locate(bytes, starts, countMax), (count) =>
    Array.from({ length: count }, (_, index) =>
      bytes.subarray(starts[index] ?? 0, (starts[index + 1] ?? 0) - lengthBytes),
    ),
  )
}

/**
 * Length of the first `count` entries together. Units: bytes.
 *
 * @category decoding
 * @since 0.1.0
 */
export const prefixBytes = (
  bytes: Uint8Array,
  count: number,
): Result.Result<number, BundleMalformed> => {
  let at = 0
  for (let index = 0; index < count; index += 1) {
    const start = at + lengthBytes
    if (start > bytes.byteLength) return malformed(index, at, `ends before entry ${index}`)
    const next = start + (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0))
    if (next > bytes.byteLength) return malformed(index, at, "ends within an entry")
    at = next
  }
  return Result.succeed(at)
}

/**
 * The first `count` entries, and what comes after them; nothing is copied.
 *
 * @category decoding
 * @since 0.1.0
 */
export const split = (
  bytes: Uint8Array,
  count: number,
): Result.Result<readonly [Uint8Array, Uint8Array], BundleMalformed> =>
  Result.map(prefixBytes(bytes, count), (at) => [bytes.subarray(0, at), bytes.subarray(at)])

// A gzip header with one extra field, "CS": the CRC-32 of the compressed bytes. Plain gzip
// leaves bits unguarded (time, system, padding of the last block), and here no byte of a
// trail's file may change unseen. Any gunzip reads it.
const headerBytes = 20
const trailerBytes = 8
const fixedHeader = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 8, 0, 0x43, 0x53, 4, 0])

/**
 * Compresses a full bundle to a gzip file of which every byte is checked on reading.
 *
 * - Source: RFC 1952.
 *
 * @category encoding
 * @since 0.1.0
 */
export const compress = (bytes: Uint8Array): Buffer => {
  const deflated = deflateRawSync(bytes)
  const header = Buffer.alloc(headerBytes)
  fixedHeader.copy(header)
  header.writeUInt32LE(crc32(deflated), fixedHeader.length)
  const trailer = Buffer.alloc(trailerBytes)
  trailer.writeUInt32LE(crc32(bytes), 0)
  trailer.writeUInt32LE(bytes.byteLength, 4)
  return Buffer.concat([header, deflated, trailer])
}

/**
 * What {@link compress} was given. Refuses every other file, valid gzip or not.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decompress = (file: Buffer): Result.Result<Buffer, BundleMalformed> => {
  const end = file.length - trailerBytes
  if (end < headerBytes || !file.subarray(0, fixedHeader.length).equals(fixedHeader)) {
    return malformed(0, 0, "is no bundle compressed by this writer")
  }
  const deflated = file.subarray(headerBytes, end)
  const sizeBytes = file.readUInt32LE(end + 4)
  if (crc32(deflated) !== file.readUInt32LE(fixedHeader.length) || sizeBytes > bundleBytesMax) {
    return malformed(0, 0, "the compressed bytes don't match their checksum")
  }
  try {
    const bytes = inflateRawSync(deflated, {
      maxOutputLength: Math.max(1, sizeBytes),
      finishFlush: constants.Z_FINISH,
    })
    return bytes.length === sizeBytes && crc32(bytes) === file.readUInt32LE(end)
      ? Result.succeed(bytes)
      : malformed(0, 0, "the bytes don't match their checksum")
  } catch (cause) {
    return malformed(0, 0, cause instanceof Error ? cause.message : String(cause))
  }
}
