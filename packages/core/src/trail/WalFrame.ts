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
 * 40  8  where in the segment its group starts: what one sync covered
 * 48  …  payload: the entries as they lie in an entry bundle
 * ```
 *
 * CRC-32 finds torn and decayed frames, nothing more: forgery is what the tree is for.
 *
 * @since 0.1.0
 */
import { crc32 } from "node:zlib"

/** Units: bytes. */
export const frameHeaderBytes = 48

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
  /** Offset of the first frame that the same sync covered. Units: bytes. */
  readonly groupOffset: number
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
  bytes.writeBigUInt64LE(BigInt(header.groupOffset), 40)
  bytes.writeUInt32LE(crc32(payload, crc32(bytes.subarray(12))), 8)
  return bytes
}

/**
 * The frame at an offset, or why there is none: `end` where the segment ends, `damaged` where
 * bytes follow that are no whole frame.
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
    groupOffset: Number(segment.readBigUInt64LE(offset + 40)),
    payload: segment.subarray(offset + frameHeaderBytes, end),
  }
}

/**
 * Tells whether what is damaged at an offset had been synced once.
 *
 * A group is written by one call and its pages reach the disk in any order, so a whole frame
 * behind a torn one of the same group is the usual trace of a power failure. A whole frame of
 * a later group says that the damaged one had been acknowledged: that must never be cut away.
 *
 * @category predicates
 * @since 0.1.0
 */
export const wasSynced = (segment: Buffer, damagedOffset: number): boolean => {
  const needle = Buffer.allocUnsafe(4)
  needle.writeUInt32LE(magic, 0)
  for (
    let at = segment.indexOf(needle, damagedOffset);
    at >= 0;
    at = segment.indexOf(needle, at + 1)
  ) {
    const frame = decodeFrame(segment, at)
    if (typeof frame === "object" && frame.groupOffset > damagedOffset) return true
  }
  return false
}
