/**
 * Old bundles, compressed.
 *
 * @since 0.1.0
 */
import { constants, crc32, deflateRawSync, inflateRawSync } from "node:zlib"
import { bundleBytesMax, type LayoutProblem } from "./EntryLayout.ts"

const malformed = (index: number, offset: number, detail: string): LayoutProblem => ({
  index,
  offset,
  detail,
})

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
export const compress = (bytes: Uint8Array): Buffer => wrap(deflateRawSync(bytes), bytes)

/**
 * The file for a bundle that was deflated elsewhere, such as in Node's thread pool.
 *
 * @param deflated raw deflate of `bytes`
 * @category encoding
 * @since 0.1.0
 */
export const wrap = (deflated: Uint8Array, bytes: Uint8Array): Buffer => {
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
export const decompress = (file: Buffer): Buffer | LayoutProblem => {
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
      ? bytes
      : malformed(0, 0, "the bytes don't match their checksum")
  } catch (cause) {
    return malformed(0, 0, cause instanceof Error ? cause.message : String(cause))
  }
}
