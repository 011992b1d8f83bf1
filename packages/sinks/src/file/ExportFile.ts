/**
 * A file that is written once: under a temporary name, then synced, then named.
 *
 * Nobody finds half of it under its name, and never without the sidecar that says what is in it.
 * Of several that are written to one name, the first that makes the sidecar gets the name: the
 * sidecar is made only where none is, and names the file's only writer. What a power failure leaves
 * of one that was not finished is a sidecar without its file, or a name that ends in `.tmp`.
 *
 * @since 0.1.0
 */
import { createHash, randomUUID } from "node:crypto"
import * as path from "node:path"
import { type Disk, DiskError, type DiskFile } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { type CompressionFailed, compressor } from "./CompressedPieces.ts"
import { type Compression, suffixOf } from "./Compression.ts"
import * as FileName from "./FileName.ts"
import { Sealer } from "./SealedPieces.ts"
import * as Sidecar from "./Sidecar.ts"

/**
 * What the sidecar says of the records, which the file itself does not know.
 *
 * @category models
 * @since 0.1.0
 */
export type ExportFacts = Pick<
  Sidecar.Sidecar,
  "format" | "trail" | "count" | "begun" | "finished"
> & {
  readonly filter: string | undefined
  readonly first: number | undefined
  readonly last: number | undefined
  readonly checkpoint: string | undefined
}

/**
 * What the name of an encrypted file ends in, if anything: `events.ndjson.zst.sealed`.
 *
 * @category constants
 * @since 0.1.0
 */
export const sealedSuffix = ".sealed"

/**
 * How a file of this name is to be compressed.
 *
 * @category decoding
 * @since 0.1.0
 */
export const compressionOf = (named: string): Compression => {
  const file = named.endsWith(sealedSuffix) ? named.slice(0, -sealedSuffix.length) : named
  if (file.endsWith(suffixOf.gzip)) return "gzip"
  return file.endsWith(suffixOf.zstd) ? "zstd" : "none"
}

/**
 * A file in the making.
 *
 * @category models
 * @since 0.1.0
 */
export interface ExportFile {
  readonly add: (bytes: Uint8Array) => Effect.Effect<void, DiskError | CompressionFailed>
  /** Names the file, its sidecar before it. */
  readonly finish: (
    facts: ExportFacts,
  ) => Effect.Effect<Sidecar.Sidecar, DiskError | CompressionFailed>
  /** Leaves nothing behind, unless it is finished. */
  readonly abandon: Effect.Effect<void>
}

/**
 * Begins a file, compressed as the end of its name says, and encrypted where there is a key.
 *
 * - Errors: `DiskError` with `EEXIST` where the file is there already.
 *
 * @param key 32 bytes
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  file: string,
  key?: Uint8Array,
): Effect.fn.Return<ExportFile, DiskError> {
  yield* expectFree(disk, file)
  yield* expectFree(disk, FileName.sidecarOf(file))
  const temporary = `${file}.${randomUUID().slice(0, 8)}.tmp`
  return exportFile(disk, file, yield* disk.open(temporary, "create"), key)
})

const expectFree = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  if ((yield* disk.status(file)) === undefined) return
  const detail = "it is there already: name another file, or remove it"
  return yield* new DiskError({ call: "open", path: file, errno: "EEXIST", detail })
})

/** What becomes of the temporary name, and of the two that it is for. */
const namingOf = (disk: Disk["Service"], file: string, opened: DiskFile) => {
  const sidecarFile = FileName.sidecarOf(file)
  // What is this one's to take away again, should it come to nothing.
  const made = new Set([opened.path])
  // The number of a closed descriptor is soon another file's.
  let isClosed = false
  const close = Effect.suspend(() => {
    if (isClosed) return Effect.void
    isClosed = true
    return opened.close
  })
  const claim = Effect.fnUntraced(function* (text: Uint8Array) {
    const claimed = yield* disk.open(sidecarFile, "create")
    made.add(sidecarFile)
    yield* Effect.ensuring(
      Effect.andThen(claimed.write([text], 0), claimed.datasync),
      claimed.close,
    )
    yield* disk.syncDirectory(path.dirname(file))
  })
  const name = Effect.fnUntraced(function* (text: Uint8Array) {
    yield* close
    yield* claim(text)
    yield* expectFree(disk, file)
    yield* disk.rename(opened.path, file)
    made.clear()
    yield* disk.syncDirectory(path.dirname(file))
  }, Effect.uninterruptible)
  const abandon = Effect.suspend(() =>
    made.size === 0
      ? Effect.void
      : Effect.andThen(
          close,
          Effect.forEach(made, (each) => Effect.ignore(disk.remove(each)), { discard: true }),
        ),
  )
  return { abandon, name }
}

const exportFile = (
  disk: Disk["Service"],
  file: string,
  opened: DiskFile,
  key: Uint8Array | undefined,
): ExportFile => {
  const compression = compressionOf(file)
  const [stored, content] = [createHash("sha256"), createHash("sha256")]
  const packed: Array<Uint8Array> = []
  let [bytes, contentBytes] = [0, 0]
  const { abandon, name } = namingOf(disk, file, opened)
  const keep = (piece: Uint8Array): void => void packed.push(piece)
  const sealer = key === undefined ? undefined : new Sealer(key, keep)
  const { add, end } = compressor(
    compression,
    sealer === undefined ? keep : (piece) => sealer.add(piece),
  )

  const write = Effect.gen(function* () {
    const pieces = packed.splice(0)
    yield* opened.write(pieces, bytes)
    for (const piece of pieces) {
      stored.update(piece)
      bytes += piece.byteLength
    }
  })

  const finish = Effect.fnUntraced(function* (facts: ExportFacts) {
    yield* end
    sealer?.end()
    yield* write
    yield* opened.datasync
    const { checkpoint, filter, first, last, ...others } = facts
    const sidecar: Sidecar.Sidecar = {
      version: 1,
      file: path.basename(file),
      ...others,
      ...(filter === undefined ? {} : { filter }),
      ...(first === undefined || last === undefined ? {} : { first, last }),
      bytes,
      sha256: stored.digest("hex"),
      compression,
      contentBytes,
      ...(sealer === undefined
        ? { contentSha256: content.digest("hex") }
        : { encryption: "aes-256-gcm" as const }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    }
    yield* name(Sidecar.encode(sidecar))
    return sidecar
  })

  return {
    add: (added) =>
      Effect.suspend(() => {
        content.update(added)
        contentBytes += added.byteLength
        return Effect.andThen(add(added), write)
      }),
    finish,
    abandon,
  }
}
