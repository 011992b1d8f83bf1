/**
 * Everything that a sink of files has stored.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import type { Disk, DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import type { CompressionFailed } from "./CompressedPieces.ts"
import type { Compression } from "./Compression.ts"
import type { FileDamaged } from "./FileDamaged.ts"
import * as FileName from "./FileName.ts"
import { readLines } from "./FileReader.ts"
import type { NdjsonLine } from "./NdjsonLine.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface StoredFile {
  /** Origin of the trail. */
  readonly trail: string
  readonly path: string
  readonly compression: Compression
  /** Whether it still grows; then its last line may be cut. */
  readonly isOpen: boolean
}

/**
 * The files of a sink: each trail's in the order of their records.
 *
 * @param directory the sink's
 * @category running
 * @since 0.1.0
 */
export const list = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
): Effect.fn.Return<ReadonlyArray<StoredFile>, DiskError> {
  const files: Array<StoredFile> = []
  for (const name of yield* disk.list(directory)) {
    const trail = FileName.originOf(name)
    if (trail === undefined) continue
    for (const file of yield* disk.list(path.join(directory, name))) {
      const parsed = FileName.parse(file)
      if (parsed?.kind !== "finished" && parsed?.kind !== "open") continue
      files.push({
        trail,
        path: path.join(directory, name, file),
        compression: parsed.kind === "open" ? "none" : parsed.compression,
        isOpen: parsed.kind === "open",
      })
    }
  }
  return files
})

/**
 * Reads every record of a sink.
 *
 * @category running
 * @since 0.1.0
 */
export const readAll = Effect.fnUntraced(function* <E, R>(
  disk: Disk["Service"],
  directory: string,
  use: (file: StoredFile, lines: ReadonlyArray<NdjsonLine>) => Effect.Effect<void, E, R>,
): Effect.fn.Return<void, DiskError | CompressionFailed | FileDamaged | E, R> {
  for (const file of yield* list(disk, directory)) {
    const limits = { compression: file.compression, contentBytesMax: Infinity }
    yield* readLines(disk, file.path, limits, (lines) => use(file, lines))
  }
})
