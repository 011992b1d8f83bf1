/**
 * A file that is written once: under a temporary name, then synced, then named.
 *
 * Nobody finds half of it under its name, and never without the sidecar that says what is in it.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import * as path from "node:path"
import { type Disk, DiskError, type DiskFile } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import { type CompressionFailed, compressor } from "./CompressedPieces.ts"
import { type Compression, suffixOf } from "./Compression.ts"
import * as FileName from "./FileName.ts"
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
 * How a file of this name is to be compressed.
 *
 * @category decoding
 * @since 0.1.0
 */
export const compressionOf = (file: string): Compression => {
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
 * Begins a file, compressed as the end of its name says.
 *
 * - Errors: `DiskError` with `EEXIST` where the file is there already.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  file: string,
): Effect.fn.Return<ExportFile, DiskError> {
  const sidecarFile = FileName.sidecarOf(file)
  for (const taken of [file, sidecarFile]) {
    if ((yield* disk.status(taken)) === undefined) continue
    const detail = "it is there already: name another file, or remove it"
    return yield* new DiskError({ call: "open", path: taken, errno: "EEXIST", detail })
  }
  const temporary = `${file}.tmp`
  yield* disk.remove(temporary)
  const opened = yield* disk.open(temporary, "create")
  return exportFile(disk, file, opened)
})

const exportFile = (disk: Disk["Service"], file: string, opened: DiskFile): ExportFile => {
  const compression = compressionOf(file)
  const [stored, content] = [createHash("sha256"), createHash("sha256")]
  const packed: Array<Uint8Array> = []
  let [bytes, contentBytes] = [0, 0]
  let isFinished = false
  const { add, end } = compressor(compression, (piece) => packed.push(piece))

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
    yield* write
    yield* opened.datasync
    yield* opened.close
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
      contentSha256: content.digest("hex"),
      ...(checkpoint === undefined ? {} : { checkpoint }),
    }
    yield* disk.replaceFile(FileName.sidecarOf(file), [Sidecar.encode(sidecar)])
    yield* disk.rename(`${file}.tmp`, file)
    isFinished = true
    yield* disk.syncDirectory(path.dirname(file))
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
    abandon: Effect.suspend(() =>
      isFinished
        ? Effect.void
        : opened.close.pipe(
            Effect.andThen(Effect.ignore(disk.remove(`${file}.tmp`))),
            Effect.andThen(Effect.ignore(disk.remove(FileName.sidecarOf(file)))),
          ),
    ),
  }
}
