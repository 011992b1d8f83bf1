/** What a trail is put through, by name. */
import * as fs from "node:fs"
import * as path from "node:path"
import { type CycleOptions, type Ordeal, runCycles } from "./Cycles.ts"
import { FaultRoom, roomLack } from "./FaultRoom.ts"
import * as Ordeals from "./Ordeals.ts"
import type { Outcome } from "./Outcome.ts"
import { runSegmentLost } from "./SegmentLost.ts"

export interface Scenario {
  readonly name: string
  /** What it does to the process, for the report. */
  readonly harm: string
  /** More cycles show nothing new. */
  readonly cyclesMax: number
  /** Why it can't be run here. */
  readonly lack?: () => string | undefined
  readonly run: (options: CycleOptions) => Promise<Outcome>
}

const ofOrdeal =
  (ordeal: Ordeal) =>
  (options: CycleOptions): Promise<Outcome> =>
    runCycles(ordeal, options)

/** The kill has to come in the middle at least once: otherwise nothing was shown. */
const ofMoment =
  (ordealOf: (count: () => void) => Ordeal) =>
  async (options: CycleOptions): Promise<Outcome> => {
    let hits = 0
    const outcome = await runCycles(
      ordealOf(() => {
        hits += 1
      }),
      options,
    )
    if (hits === 0) outcome.problems.push("no kill came in the middle")
    return outcome
  }

const roomMebibytes = 96

const ofRoom =
  (ordealOf: (room: FaultRoom) => Ordeal) =>
  async (options: CycleOptions): Promise<Outcome> => {
    const mount = path.join(options.parent, "disk")
    fs.mkdirSync(mount, { recursive: true })
    const room = await FaultRoom.open(mount, roomMebibytes)
    try {
      const outcome = await runCycles(ordealOf(room), { ...options, parent: room.directory })
      return outcome
    } finally {
      await room.close()
    }
  }

const linux = (): string | undefined =>
  process.platform === "linux" ? undefined : "needs Linux's /proc, to see that it was stopped"

const posix = (): string | undefined =>
  process.platform === "win32" ? "needs a shell that limits the size of files" : undefined

/** In the order in which they run; the last takes what time is left. */
export const scenarios: ReadonlyArray<Scenario> = [
  {
    name: "kill-closing",
    harm: "kill -9 while it closes",
    cyclesMax: 8,
    run: ofMoment(Ordeals.killedClosing),
  },
  {
    name: "kill-recovering",
    harm: "kill -9, and again while it recovers",
    cyclesMax: 8,
    run: ofMoment(Ordeals.killedRecovering),
  },
  {
    name: "stop-and-continue",
    harm: "SIGSTOP for three seconds, then SIGCONT",
    cyclesMax: 1,
    lack: linux,
    run: ofOrdeal(Ordeals.stopAndContinue),
  },
  {
    name: "second-opener",
    harm: "another process opens the trail",
    cyclesMax: 2,
    run: ofOrdeal(Ordeals.secondOpener),
  },
  {
    name: "file-limit",
    harm: "no file may grow beyond 256 KiB (EFBIG)",
    cyclesMax: 1,
    lack: posix,
    run: ofOrdeal(Ordeals.fileLimit),
  },
  {
    name: "disk-full",
    harm: "the disk fills up (ENOSPC), then has room again",
    cyclesMax: 1,
    lack: roomLack,
    run: ofRoom(Ordeals.diskFull),
  },
  {
    name: "read-only",
    harm: "nothing new can be written (EROFS) for a while",
    cyclesMax: 1,
    lack: roomLack,
    run: ofRoom(Ordeals.readOnly),
  },
  {
    name: "segment-deleted",
    harm: "the log's open segment is deleted",
    cyclesMax: 2,
    run: ofOrdeal(Ordeals.segmentDeleted),
  },
  {
    name: "segment-renamed",
    harm: "the log's open segment is renamed",
    cyclesMax: 2,
    run: ofOrdeal(Ordeals.segmentRenamed),
  },
  {
    name: "segment-lost",
    harm: "the log's newest segment is deleted after the kill",
    cyclesMax: 2,
    run: runSegmentLost,
  },
  {
    name: "clock",
    harm: "the clock jumps an hour ahead, an hour back, and stands still",
    cyclesMax: 1,
    run: ofOrdeal(Ordeals.clockJumps),
  },
  {
    name: "blocked-loop",
    harm: "the event loop is blocked for two seconds",
    cyclesMax: 1,
    run: ofOrdeal(Ordeals.blockedLoop),
  },
  {
    name: "threads",
    harm: "both threads are ended with work in their hands",
    cyclesMax: 1,
    run: ofOrdeal(Ordeals.threadsEnded),
  },
  {
    name: "kill-nine",
    harm: "kill -9 under load",
    cyclesMax: Infinity,
    run: ofOrdeal(Ordeals.killNine),
  },
]
