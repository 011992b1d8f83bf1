/**
 * The directory that a trail lies in.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Disk, DiskError } from "../platform/Disk.ts"

/**
 * Fails where there is no directory, before a reader says of a mistyped path that it is empty.
 *
 * - Errors: `DiskError` with `ENOENT`, and where the disk can't say.
 *
 * @category running
 * @since 0.1.0
 */
export const requireDirectory = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  if ((yield* disk.status(directory)) !== undefined) return
  return yield* new DiskError({
    call: "status",
    path: directory,
    errno: "ENOENT",
    detail: "there is no such trail",
  })
})
