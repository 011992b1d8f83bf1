/**
 * The right to write a trail: one holder, and a fencing number that only grows.
 *
 * Node has no file locks, so the holder is named in a file: process, its start, machine and
 * boot. A holder that is gone is replaced by making the next number's file, which only one
 * process can. A writer that was replaced while it was stopped finds that its lease file has
 * lost its name, and acknowledges nothing more.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Disk, type DiskError, type DiskFile } from "../platform/Disk.ts"
import { ProcessTable } from "../platform/ProcessTable.ts"
import { TrailLocked } from "./TrailError.ts"

const Holder = Schema.Struct({
  fence: Schema.Int,
  pid: Schema.Int,
  /** What tells this process from a later one with the same number. */
  started: Schema.String,
  host: Schema.String,
  boot: Schema.String,
})
type Holder = typeof Holder.Type

const HolderText = Schema.fromJsonString(Holder)
const decodeHolder = Schema.decodeUnknownOption(HolderText)
const encodeHolder = Schema.encodeSync(HolderText)

/**
 * A held lease.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lease {
  readonly fence: number
  /** `false` once another process has taken the trail over. Costs about 2 µs. */
  readonly isHeldUnsafe: () => boolean
  /** Gives the trail back; another process may open it at once. */
  readonly release: Effect.Effect<void, DiskError>
}

/** Events are not for everybody on the machine. */
const directoryMode = 0o750

const fencePattern = /^lease\.(\d{16})$/
const fenceName = (fence: number): string => `lease.${String(fence).padStart(16, "0")}`

const held = (file: DiskFile): boolean => {
  try {
    return file.statusUnsafe().links > 0
  } catch {
    return false
  }
}

/**
 * Takes the lease of a trail, or fails with `TrailLocked` naming who holds it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const acquire = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  yield* disk.makeDirectory(directory, directoryMode)
  // A new trail's own name must survive a power failure as well.
  yield* disk.syncDirectory(path.dirname(path.resolve(directory)))
  const fences = yield* fencesIn(disk, directory)
  const newest = fences.at(-1) ?? 0
  if (newest > 0) yield* refuseIfAlive(disk, directory, newest)

  const fence = newest + 1
  const file = path.join(directory, fenceName(fence))
  const handle = yield* disk
    .open(file, "create")
    .pipe(
      Effect.mapError((error): DiskError | TrailLocked =>
        error.errno === "EEXIST"
          ? new TrailLocked({ path: directory, holder: "another process" })
          : error,
      ),
    )
  const processes = yield* ProcessTable
  const text = encodeHolder({ fence, ...processes.self() })
  yield* Effect.gen(function* () {
    yield* handle.write([Buffer.from(`${text}\n`)], 0)
    yield* handle.datasync
    // Who read the names long ago may have made a number that others have passed and deleted.
    if ((yield* fencesIn(disk, directory)).at(-1) !== fence) {
      yield* disk.remove(file)
      return yield* new TrailLocked({ path: directory, holder: "another process" })
    }
    // Only now is the number taken for good; the older names go, and with them their holders' right.
    for (const old of fences) yield* disk.remove(path.join(directory, fenceName(old)))
    return yield* disk.syncDirectory(directory)
  }).pipe(
    // Emptied and closed, so that this process does not lock itself out.
    Effect.onError(() => Effect.andThen(Effect.ignore(handle.truncate(0)), handle.close)),
  )

  // The number of a closed descriptor is soon another file's.
  let isReleased = false
  const lease: Lease = {
    fence,
    isHeldUnsafe: () => !isReleased && held(handle),
    // The file stays, emptied: its number must never be given out again.
    release: Effect.suspend(() => {
      if (isReleased) return Effect.void
      isReleased = true
      return handle.truncate(0).pipe(Effect.andThen(handle.datasync), Effect.ensuring(handle.close))
    }),
  }
  return lease
})

/** The numbers taken so far, ascending. */
const fencesIn = (
  disk: Disk["Service"],
  directory: string,
): Effect.Effect<ReadonlyArray<number>, DiskError> =>
  Effect.map(disk.list(directory), (names) =>
    names.flatMap((name) => {
      const match = fencePattern.exec(name)
      return match === null ? [] : [Number(match[1])]
    }),
  )

const refuseIfAlive = Effect.fnUntraced(function* (
  disk: Disk["Service"],
  directory: string,
  fence: number,
) {
  const bytes = yield* disk.readFile(path.join(directory, fenceName(fence)))
  const holder = decodeHolder(Buffer.from(bytes).toString("utf8"))
  const processes = yield* ProcessTable
  if (Option.isSome(holder) && processes.isAlive(holder.value)) {
    const { host, pid } = holder.value
    return yield* new TrailLocked({ path: directory, holder: `process ${pid} on ${host}` })
  }
})
