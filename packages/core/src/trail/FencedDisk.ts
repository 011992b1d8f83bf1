/**
 * A disk for as long as the trail is this writer's.
 *
 * A writer that was replaced while it slept must leave the files of its successor alone: it may not
 * delete segments of the log, overwrite tiles, move a cursor or append a letter.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type Disk, DiskError, type DiskFile } from "../platform/Disk.ts"
import type { Lease } from "./Lease.ts"

/**
 * The same disk; once the lease is lost, what would change it fails with `ESTALE`.
 *
 * The log's own writes are not asked again: whoever gives them looks at the lease before and after.
 * The lease is asked again once a segment of the log was begun. Where it is lost the segment stays,
 * and stays empty: it counts for nothing, and a removal could meet one of the same name that the
 * successor has begun after it had removed this one.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fencedDisk = (disk: Disk["Service"], lease: Lease): Disk["Service"] => {
  const lost = (call: string, path: string): DiskError =>
    new DiskError({ call, path, errno: "ESTALE", detail: "another writer has the trail now" })
  const held = <A>(
    call: string,
    path: string,
    effect: Effect.Effect<A, DiskError>,
  ): Effect.Effect<A, DiskError> =>
    Effect.suspend(() => (lease.isHeldUnsafe() ? effect : Effect.fail(lost(call, path))))
  const heldFile = (file: DiskFile): DiskFile => ({
    ...file,
    write: (chunks, position) => held("write", file.path, file.write(chunks, position)),
    truncate: (size) => held("truncate", file.path, file.truncate(size)),
  })
  // A process may sleep between the question and the call.
  const begin = (path: string): Effect.Effect<DiskFile, DiskError> =>
    Effect.uninterruptible(
      Effect.flatMap(disk.open(path, "log"), (file) =>
        lease.isHeldUnsafe()
          ? Effect.succeed(file)
          : Effect.andThen(file.close, Effect.fail(lost("open", path))),
      ),
    )
  return {
    ...disk,
    makeDirectory: (path, mode) => held("mkdir", path, disk.makeDirectory(path, mode)),
    open: (path, how) =>
      held("open", path, how === "log" ? begin(path) : disk.open(path, how)).pipe(
        Effect.map(heldFile),
      ),
    openLogUnsafe: (path) => {
      if (!lease.isHeldUnsafe()) throw lost("open", path)
      return heldFile(disk.openLogUnsafe(path))
    },
    writeFile: (path, chunks, options) =>
      held("write", path, disk.writeFile(path, chunks, options)),
    writeFiles: (files) => held("write", files[0]?.path ?? "", disk.writeFiles(files)),
    replaceFile: (path, chunks, mode) =>
      held("replace", path, disk.replaceFile(path, chunks, mode)),
    rename: (from, to) => held("rename", to, disk.rename(from, to)),
    remove: (path) => held("remove", path, disk.remove(path)),
    removeTree: (path) => held("remove", path, disk.removeTree(path)),
  }
}
