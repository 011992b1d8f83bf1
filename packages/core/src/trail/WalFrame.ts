/**
 * One frame of the write-ahead log: a batch with its checksum.
 *
 * ```text
 *  0  4  magic "CSW1"
 *  4  4  payload length, bytes          all numbers little-endian
 *  8  4  CRC-32 of bytes 12 to the end of the payload
 * 12  4  entries in the payload
 * 16  8  sequence number of the first entry
 * 24  8  fencing number of the writer
 * 32  8  when it was written, milliseconds since 1970
 * 40  …  payload: the entries as they lie in an entry bundle
 * ```
 *
 * CRC-32 finds torn and decayed frames, nothing more: forgery is what the tree is for.
 *
 * @since 0.1.0
 */
import { crc32 } from "node:zlib"

/** Units: bytes. */
export const frameHeaderBytes = 40

/** Larger lengths in a header are damage, not data. Units: bytes. */
export const framePayloadBytesMax = 64 * 1024 * 1024

const magic = 0x31_57_53_43

/**
 * @category models
 * @since 0.1.0
 */
export interface FrameHeader {
  readonly firstSequence: number
  readonly count: number
  readonly payloadBytes: number
  readonly fence: number
  readonly writtenMillis: number
}

/**
 * A frame found in a segment.
 *
 * @category models
 * @since 0.1.0
 */
export interface Frame extends FrameHeader {
  /** Where the frame starts in its segment. Units: bytes. */
  readonly offset: number
  /** The entries, as they lie in an entry bundle. */
  readonly payload: Uint8Array
}

/**
 * Writes the header for a payload.
 *
 * @category encoding
 * @since 0.1.0
 */
export const encodeFrameHeader = (header: FrameHeader, payload: Uint8Array): Buffer => {
  const bytes = Buffer.allocUnsafe(frameHeaderBytes)
  bytes.writeUInt32LE(magic, 0)
  bytes.writeUInt32LE(header.payloadBytes, 4)
  bytes.writeUInt32LE(header.count, 12)
  bytes.writeBigUInt64LE(BigInt(header.firstSequence), 16)
  bytes.writeBigUInt64LE(BigInt(header.fence), 24)
  bytes.writeBigUInt64LE(BigInt(header.writtenMillis), 32)
  bytes.writeUInt32LE(crc32(payload, crc32(bytes.subarray(12))), 8)
  return bytes
}

/**
 * The frame at an offset, or why there is none: `end` where nothing but zeros or nothing
 * follows, `damaged` where bytes are that are no whole frame.
 *
 * @category encoding
 * @since 0.1.0
 */
export const decodeFrame = (segment: Buffer, offset: number): Frame | "end" | "damaged" => {
  if (offset >= segment.length) return "end"
  if (segment.length - offset < frameHeaderBytes) return "damaged"
  const payloadBytes = segment.readUInt32LE(offset + 4)
  const end = offset + frameHeaderBytes + payloadBytes
  if (
    segment.readUInt32LE(offset) !== magic ||
    payloadBytes > framePayloadBytesMax ||
    end > segment.length ||
    crc32(segment.subarray(offset + 12, end)) !== segment.readUInt32LE(offset + 8)
  ) {
    return "damaged"
  }
  return {
    offset,
    payloadBytes,
    count: segment.readUInt32LE(offset + 12),
    firstSequence: Number(segment.readBigUInt64LE(offset + 16)),
    fence: Number(segment.readBigUInt64LE(offset + 24)),
    writtenMillis: Number(segment.readBigUInt64LE(offset + 32)),
    payload: segment.subarray(offset + frameHeaderBytes, end),
  }
}

/**
 * Tells whether a whole frame lies anywhere at or after an offset.
 *
 * It tells a torn tail (nothing whole can follow what was being written) from damage in the
 * middle, which must never be cut away in silence.
 *
 * @category predicates
 * @since 0.1.0
 */
export const hasFrameAfter = (segment: Buffer, offset: number): boolean => {
  const needle = Buffer.allocUnsafe(4)
  needle.writeUInt32LE(magic, 0)
  for (
    let at = segment.indexOf(needle, offset);
    at >= 0;
    at = segment.indexOf(needle, at + 1)
  ) {
    if (typeof decodeFrame(segment, at) === "object") return true
  }
  return false
}
