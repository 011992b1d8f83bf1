/**
 * Reads files of records, compressed or not, in pieces.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import type { Disk, DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import { type CompressionFailed, unpacker } from "./CompressedPieces.ts"
import type { Compression } from "./Compression.ts"
import { FileDamaged } from "./FileDamaged.ts"
import * as NdjsonLine from "./NdjsonLine.ts"
import { type SealBroken, Unsealer } from "./SealedPieces.ts"

/**
 * What a file was found to be.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileContent {
  /** Of the file as it lies there. */
  readonly bytes: number
  readonly sha256: string
  /** Of what was compressed. */
  readonly contentBytes: number
  readonly contentSha256: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ReadLimits {
  readonly compression: Compression
  /** Units: bytes. */
  readonly contentBytesMax: number
  /** Of a file that is encrypted. */
  readonly key?: Uint8Array | undefined
}

const chunkBytes = 256 * 1024

/**
 * Reads a whole file and hashes it.
 *
 * - Errors: `FileDamaged` where it holds more than it may, or the key does not open it.
 * - Memory: a few pieces, however much comes out of the file.
 *
 * @param contentBytesMax most that may come out of it; reading ends there
 * @param visit gets what was compressed, a piece at a time
 * @category running
 * @since 0.1.0
 */
export const readThrough = Effect.fnUntraced(function* <E, R>(
  disk: Disk["Service"],
  file: string,
  { compression, contentBytesMax, key }: ReadLimits,
  visit: (bytes: Uint8Array) => Effect.Effect<void, E, R>,
): Effect.fn.Return<FileContent, DiskError | CompressionFailed | FileDamaged | E, R> {
  const [stored, content] = [createHash("sha256"), createHash("sha256")]
  let [bytes, contentBytes] = [0, 0]
  const take = (piece: Uint8Array): Effect.Effect<void, FileDamaged | E, R> =>
    Effect.suspend((): Effect.Effect<void, FileDamaged | E, R> => {
      contentBytes += piece.byteLength
      if (contentBytes > contentBytesMax) {
        const detail = `holds more than the ${contentBytesMax} bytes that its sidecar says`
        return Effect.fail(new FileDamaged({ path: file, detail }))
      }
      content.update(piece)
      return visit(piece)
    })
  const { add, end, stop } = unpacker(compression, take)
  const unsealer = key === undefined ? undefined : new Unsealer(key)
  const unpack = (pieces: Result.Result<ReadonlyArray<Uint8Array>, SealBroken>) =>
    Effect.fromResult(pieces).pipe(
      Effect.mapError(({ detail }) => new FileDamaged({ path: file, detail })),
      Effect.flatMap((whole) => Effect.forEach(whole, add, { discard: true })),
    )
  const reading = Effect.gen(function* () {
    while (true) {
      const read = yield* disk.readRange(file, bytes, chunkBytes)
      if (read.byteLength === 0) break
      bytes += read.byteLength
      stored.update(read)
      yield* unsealer === undefined ? add(read) : unpack(unsealer.add(read))
    }
    if (unsealer !== undefined) yield* unpack(unsealer.end())
    yield* end
  })
  yield* Effect.ensuring(reading, stop)
  return { bytes, sha256: stored.digest("hex"), contentBytes, contentSha256: content.digest("hex") }
})

/**
 * Reads a file of JSON lines.
 *
 * - Errors: `FileDamaged` at the first line that is none, where the last one has no end, and where
 *   it holds more than it may.
 * - Memory: a few pieces, and the longest line.
 *
 * @param use gets the lines in order, as views of memory that is used again afterwards
 * @category running
 * @since 0.1.0
 */
export const readLines = Effect.fnUntraced(function* <E, R>(
  disk: Disk["Service"],
  file: string,
  limits: ReadLimits,
  use: (lines: ReadonlyArray<NdjsonLine.NdjsonLine>) => Effect.Effect<void, E, R>,
): Effect.fn.Return<FileContent, DiskError | CompressionFailed | FileDamaged | E, R> {
  let held: Buffer = Buffer.alloc(0)
  let count = 0
  let next = 0
  const damaged = (detail: string) => new FileDamaged({ path: file, detail })
  const found = yield* readThrough(
    disk,
    file,
    limits,
    Effect.fnUntraced(function* (piece) {
      held = Buffer.concat([held, piece])
      const { bytes, isBroken, lines } = NdjsonLine.scan(held, next)
      count += lines.length
      next = (lines.at(-1)?.sequence ?? next - 1) + 1
      if (lines.length > 0) yield* use(lines)
      if (isBroken) return yield* damaged(`line ${count + 1} is no record, or out of order`)
      held = held.subarray(bytes)
    }),
  )
  if (held.length > 0) return yield* damaged(`line ${count + 1} has no end`)
  return found
})
