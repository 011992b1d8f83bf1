/**
 * A whole file in place of another.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { Disk, type DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"

/**
 * Writes a whole file or none, which was made by this process alone: what lies under the temporary
 * name, a link that somebody planted or a file that others may read, is taken away and never written
 * to.
 *
 * @category running
 * @since 0.1.0
 */
export const replaced: (
  file: string,
  bytes: Uint8Array,
  mode: number,
) => Effect.Effect<void, DiskError, Disk> = Effect.fnUntraced(function* (file, bytes, mode) {
  const disk = yield* Disk
  const temporary = `${file}.tmp`
  yield* disk.remove(temporary)
  yield* disk.writeFile(temporary, [bytes], { sync: true, mode, exclusive: true }).pipe(
    Effect.andThen(disk.rename(temporary, file)),
    Effect.tapError(() => Effect.ignore(disk.remove(temporary))),
    Effect.andThen(disk.syncDirectory(path.dirname(file))),
  )
})
