/**
 * Bugs on purpose, each in what surrounds the engine: a suite that doesn't find them finds nothing.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { type Disk, DiskError, type DiskFile } from "../platform/Disk.ts"
import { type DeliveredBatch, type Sink, slice } from "../engine/Sink.ts"
import { decodeFrame, frameHeaderBytes } from "../trail/WalFrame.ts"
import type { CheckerName } from "./Checkers.ts"
import type { Canary } from "./Simulation.ts"

/** Says of the log's groups that they were synced when they were written. */
const acknowledgesUnsynced = (disk: Disk["Service"]): Disk["Service"] => {
  const unsynced = (file: DiskFile): DiskFile => ({
    ...file,
    writeDurable: file.write,
    datasync: Effect.void,
  })
  return {
    ...disk,
    open: (path, how) =>
      Effect.map(disk.open(path, how), (file) => (how === "log" ? unsynced(file) : file)),
  }
}

const withoutLastFrame = (bytes: Uint8Array): Uint8Array => {
  const log = Buffer.from(bytes)
  let last = 0
  for (let at = 0; ;) {
    const frame = decodeFrame(log, at)
    if (typeof frame === "string") return bytes.subarray(0, last)
    last = at
    at += frameHeaderBytes + frame.payloadBytes
  }
}

/** Reads each segment of the log as if its last frame were not there. */
const ignoresLastFrame = (disk: Disk["Service"]): Disk["Service"] => ({
  ...disk,
  readFile: (path) =>
    Effect.map(disk.readFile(path), (bytes) =>
      path.endsWith(".wal") ? withoutLastFrame(bytes) : bytes,
    ),
})

/** Says of the log's segments that they were deleted. */
const keepsLog = (disk: Disk["Service"]): Disk["Service"] => ({
  ...disk,
  remove: (path) => (path.endsWith(".wal") ? Effect.void : disk.remove(path)),
})

/** Says of a lease that it is held whoever has it. */
const forgetsFence = (disk: Disk["Service"]): Disk["Service"] => ({
  ...disk,
  open: (path, how) =>
    Effect.map(disk.open(path, how), (file) =>
      path.includes("/lease.")
        ? { ...file, statusUnsafe: () => ({ ...file.statusUnsafe(), links: 1 }) }
        : file,
    ),
})

/** In its last moments a process that has no segment open can begin none. */
const beginsNoLastSegment = (disk: Disk["Service"]): Disk["Service"] => ({
  ...disk,
  openLogUnsafe: (path) => {
    throw new DiskError({ call: "open", path, errno: "EBADF", detail: "no segment is open" })
  },
})

/** Says of each batch that it is delivered, and delivers it when the next one comes, or at the end. */
const movesCursorFirst = (sink: Sink): Sink => {
  let held: DeliveredBatch | undefined
  return {
    ...sink,
    close: Effect.suspend(() =>
      Effect.andThen(
        held === undefined ? Effect.void : Effect.ignore(sink.deliver(held)),
        sink.close ?? Effect.void,
      ),
    ),
    deliver: (batch) =>
      Effect.suspend(() => {
        const before = held
        held = { ...batch, entries: batch.entries.map((entry) => Uint8Array.from(entry)) }
        return before === undefined ? Effect.void : sink.deliver(before)
      }),
  }
}

/** After a failure, delivers the smaller batch that follows without its last record. */
const dropsInBisect = (sink: Sink): Sink => {
  let failed: { readonly sequence: number; readonly count: number } | undefined
  return {
    ...sink,
    deliver: (batch) =>
      Effect.suspend(() => {
        const count = batch.entries.length
        const isPart = failed?.sequence === batch.firstSequence && count < failed.count
        failed = { sequence: batch.firstSequence, count }
        return sink.deliver(isPart && count > 1 ? slice(batch, 0, count - 1) : batch)
      }),
  }
}

/**
 * A bug, and the checker that has to find it.
 *
 * @category models
 * @since 0.1.0
 */
export interface PlantedBug extends Canary {
  readonly foundBy: CheckerName
}

/**
 * The bugs by name.
 *
 * @category constants
 * @since 0.1.0
 */
export const canaries: Readonly<Record<string, PlantedBug>> = {
  "acknowledges-unsynced": { disk: acknowledgesUnsynced, foundBy: "receiptsAreHonest" },
  "ignores-last-frame": { disk: ignoresLastFrame, foundBy: "acknowledgedIsFound" },
  "forgets-fence": { disk: forgetsFence, foundBy: "acknowledgedIsFound" },
  "begins-no-last-segment": { disk: beginsNoLastSegment, foundBy: "trailStaysGood" },
  "keeps-log": { disk: keepsLog, foundBy: "limitsHold" },
  "moves-cursor-first": { sink: movesCursorFirst, foundBy: "sinksAreComplete" },
  "drops-in-bisect": { sink: dropsInBisect, foundBy: "sinksAreComplete" },
}
