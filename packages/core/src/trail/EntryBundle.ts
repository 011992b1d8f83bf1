/**
 * Entries as they lie in a bundle: a 16-bit big-endian length before each.
 *
 * A frame of the write-ahead log holds the same bytes, so an entry is laid out once.
 *
 * - Source: C2SP tlog-tiles, log entries.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { describe, lengthBytes, locateEntries } from "./EntryLayout.ts"
import { tileWidth } from "./Tile.ts"

export { lengthBytes } from "./EntryLayout.ts"

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
    return `${this.code}: ${describe(this)}`
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
 * Finds the entries, as {@link locateEntries}.
 *
 * @category decoding
 * @since 0.1.0
 */
export const locate = (
  bytes: Uint8Array,
  starts: Uint32Array,
  countMax: number,
): Result.Result<number, BundleMalformed> => {
  const located = locateEntries(bytes, starts, countMax)
  return typeof located === "number"
    ? Result.succeed(located)
    : Result.fail(new BundleMalformed(located))
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
