/** Whether the disk keeps what it is given, for whom, and for how long there is room. */
import { statfs } from "node:fs/promises"
import * as path from "node:path"
import { readOpenLetters } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Text from "../terminal/Text.ts"
import { type Finding, ok, problem, warning } from "./Finding.ts"

const known =
  /^(?:wal|tile|checkpoint(?:\.cosigned)?|cursors|dead-letters|rotations|seals|timestamps|lease\.\d{16})$/
const temporary = /\.tmp$/
// A writer's temporary file lives for milliseconds.
const leftoverMillis = 60_000

const access = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const status = yield* disk.status(directory)
  const mode = status?.mode ?? 0
  const text = `mode ${mode.toString(8).padStart(4, "0")}`
  if ((mode & 0o022) !== 0) {
    return problem(
      "directory",
      `${text}: others may write into the trail`,
      `chmod go-w ${directory}`,
    )
  }
  return (mode & 0o007) === 0
    ? ok("directory", text)
    : warning(
        "directory",
        `${text}: everybody on this machine may read the events`,
        `chmod o-rwx ${directory}`,
      )
})

const leftovers = Effect.fnUntraced(function* (directory: string, now: number) {
  const disk = yield* Disk
  const old: Array<string> = []
  const strange: Array<string> = []
  for (const name of yield* disk.list(directory)) {
    if (temporary.test(name)) {
      const status = yield* disk.status(path.join(directory, name))
      if (status !== undefined && now - status.modifiedMillis > leftoverMillis) old.push(name)
    } else if (!known.test(name)) {
      strange.push(name)
    }
  }
  const shown = (names: ReadonlyArray<string>) => names.slice(0, 5).map(Text.printable).join(", ")
  if (old.length > 0) {
    return warning(
      "leftover files",
      `${Text.counted(old.length, "temporary file")} of a process that was killed: ${shown(old)}`,
      "delete them; they are no part of the trail",
    )
  }
  return strange.length > 0
    ? warning(
        "leftover files",
        `not of the trail: ${shown(strange)}`,
        "move them out of the trail's directory",
      )
    : ok("leftover files", "none")
})

const deadLetters = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const sinks: Array<string> = []
  for (const name of yield* disk.list(path.join(directory, "dead-letters"))) {
    const letters = yield* readOpenLetters(directory, name)
    if (letters.size > 0) sinks.push(`${letters.size} by ${name}`)
  }
  return sinks.length === 0
    ? []
    : [
        warning(
          "dead letters",
          `records that a sink refused for good: ${sinks.join(", ")}`,
          "read the causes (countersign dlq list), mend the sink, and replay them (countersign dlq replay)",
        ),
      ]
})

const probes = 9
const probeBytes = 4096
// No disk answers so fast: something in between says "done" before it is.
const tooFastMillis = 0.015
const slowMillis = 20

/** The middle of a few small writes with fdatasync, in the trail's own directory. */
const syncMillis = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const clock = yield* Clock.clockWith(Effect.succeed)
  const file = path.join(directory, `doctor.${process.pid}.tmp`)
  const bytes = [Buffer.alloc(probeBytes, 1)]
  const measured = Effect.gen(function* () {
    const handle = yield* disk.open(file, "create")
    return yield* Effect.gen(function* () {
      const times: Array<number> = []
      for (let probe = 0; probe < probes; probe += 1) {
        yield* handle.write(bytes, probe * probeBytes)
        const from = clock.currentTimeNanosUnsafe()
        yield* handle.datasync
        times.push(Number(clock.currentTimeNanosUnsafe() - from) / 1e6)
      }
      return times.sort((left, right) => left - right)[Math.floor(probes / 2)] ?? 0
    }).pipe(Effect.ensuring(handle.close))
  })
  return yield* measured.pipe(Effect.ensuring(Effect.ignore(disk.remove(file))))
})

const fsync = (directory: string): Effect.Effect<Finding, never, Disk> =>
  syncMillis(directory).pipe(
    Effect.map((millis) => {
      const took = `${millis < 1 ? `${Math.round(millis * 1000)} µs` : Text.duration(millis)} for 4 KiB`
      if (millis < tooFastMillis) {
        return problem(
          "fsync",
          `${took}: no disk is so fast, so a power failure would take what was acknowledged`,
          "put the trail on a disk that waits; look for nobarrier, eatmydata or a file system in memory",
        )
      }
      return millis > slowMillis
        ? warning(
            "fsync",
            `${took}: a critical event waits at least so long`,
            "use a disk with a protected write cache",
          )
        : ok("fsync", took)
    }),
    Effect.catch((error) =>
      Effect.succeed(
        warning(
          "fsync",
          `could not be measured: ${error.message}`,
          "run the doctor as the user that records",
        ),
      ),
    ),
  )

// statfs(2): file systems that do not keep a trail.
const memoryTypes: ReadonlyMap<number, readonly [string, string]> = new Map([
  [0x01021994, ["tmpfs", "a restart of the machine takes it"]],
  [0x858458f6, ["ramfs", "a restart of the machine takes it"]],
  [0x794c7630, ["overlayfs", "it goes with the container"]],
  [0x6969, ["nfs", "fsync and the lease depend on another machine"]],
])
const freeBytesMin = 1024 ** 3
const freePartMin = 0.05

const space = (directory: string): Effect.Effect<ReadonlyArray<Finding>> =>
  Effect.promise(() => statfs(directory).catch(() => undefined)).pipe(
    Effect.map((found) => {
      if (found === undefined) return []
      const free = found.bavail * found.bsize
      const part = found.bavail / Math.max(found.blocks, 1)
      const text = `${Text.size(free)} free, ${Math.round(part * 100)} %`
      const room =
        free < freeBytesMin || part < freePartMin
          ? problem("space", text, "make room: when the disk is full, critical events are refused")
          : ok("space", text)
      const kind = memoryTypes.get(found.type)
      return kind === undefined
        ? [room]
        : [
            warning(
              "file system",
              `the trail lies on ${kind[0]}: ${kind[1]}`,
              "put it on a disk of this machine, or on a mounted volume",
            ),
            room,
          ]
    }),
  )

export const examineStorage = Effect.fnUntraced(function* (directory: string, now: number) {
  return [
    yield* access(directory),
    yield* leftovers(directory, now),
    ...(yield* deadLetters(directory)),
    yield* fsync(directory),
    ...(yield* space(directory)),
  ]
})
