/** Tells a trail from a directory that is none, before a command says "0 events" of it. */
import { Disk, DiskError } from "@countersign/core/platform/Disk"
import { requireDirectory } from "@countersign/core/trail/TrailDirectory"
import * as path from "node:path"
import * as Effect from "effect/Effect"

const parts = ["checkpoint", "wal", "tile"]

/** Fails with the `DiskError` that says so where there is no trail. */
export const requireTrail = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  for (const part of parts) {
    if ((yield* disk.status(path.join(directory, part))) !== undefined) return
  }
  yield* requireDirectory(directory)
  return yield* new DiskError({
    call: "open",
    path: directory,
    errno: "ENOENT",
    detail: "the directory holds no trail: neither checkpoint nor wal nor tile",
  })
})
