/**
 * How much room a file system has, for those who watch it; the engine itself never asks.
 *
 * @since 0.1.0
 */
import * as fs from "node:fs"
import * as Effect from "effect/Effect"
import { DiskError } from "./Disk.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface DiskSpace {
  /** What this process may still write. Units: bytes. */
  readonly freeBytes: number
  /** Units: bytes. */
  readonly totalBytes: number
}

/**
 * The room on the file system that a path lies on.
 *
 * - Errors: `DiskError` of the call `statfs`.
 *
 * @category running
 * @since 0.1.0
 */
export const spaceOf = (path: string): Effect.Effect<DiskSpace, DiskError> =>
  Effect.callback((resume) => {
    fs.statfs(path, (cause, found) => {
      if (cause === null) {
        const { bavail, blocks, bsize } = found
        resume(Effect.succeed({ freeBytes: bavail * bsize, totalBytes: blocks * bsize }))
        return
      }
      const errno = cause.code ?? "UNKNOWN"
      resume(Effect.fail(new DiskError({ call: "statfs", path, errno, detail: cause.message })))
    })
  })
