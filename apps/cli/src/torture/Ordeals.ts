/** What happens to a process between the opened trail and the kill. */
import * as fs from "node:fs"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { openAudit } from "@countersign/core/NodeAudit"
import { wholeBelow } from "@countersign/core/testing/SeededRandom"
import { parseSegmentName } from "@countersign/core/trail/WriteAheadLog"
import type { Ordeal, Problem, Victim } from "./Cycles.ts"
import type { FaultRoom } from "./FaultRoom.ts"
import type { FoundEvent } from "./History.ts"
import { LoadChild } from "./LoadChild.ts"
import { signedSizeOf } from "./TrailCheck.ts"

const killWithinMillis = 120
const stopMillis = 3_000
const halfHour = 1_800_000
const pollMillis = 20
const saveMillisMax = 10_000

/** Goes on acknowledging, as it must when the harm is over. */
const goesOn = async ({ child }: Victim, after: string): Promise<Problem> =>
  (await child.next(/^ack /)) === undefined ? `acknowledges nothing ${after}` : undefined

export const killNine: Ordeal = {
  suffer: async ({ child, random }) => {
    // Mostly in the middle of the load, and now and then before anything was acknowledged.
    if (wholeBelow(random, 4) > 0) await child.next(/^ack /)
    await sleep(wholeBelow(random, killWithinMillis))
    return undefined
  },
}

export const stopAndContinue: Ordeal = {
  suffer: async (victim) => {
    const { child } = victim
    await sleep(60)
    child.send("SIGSTOP")
    await sleep(stopMillis)
    if (child.state !== "T") return "was not stopped"
    child.send("SIGCONT")
    return goesOn(victim, "after SIGCONT")
  },
}

export const secondOpener: Ordeal = {
  suffer: async ({ config, directory }) => {
    try {
      const audit = await openAudit({ ...config, directory, signals: false }, { env: {} })
      await audit.close()
      return "a second opener was let in"
    } catch (cause) {
      return String(cause).includes("AUD-3202") ? undefined : String(cause)
    }
  },
}

export const fileLimit: Ordeal = {
  fileKibibytesMax: 256,
  suffer: async ({ child }) => {
    if ((await child.until(/EFBIG/)) === undefined) return "the limit was not reached"
    await sleep(200)
    return undefined
  },
}

export const diskFull = (room: FaultRoom): Ordeal => ({
  suffer: async (victim) => {
    room.fill(4)
    if ((await victim.child.until(/ENOSPC/)) === undefined) return "the disk did not fill up"
    await sleep(200)
    room.empty()
    return goesOn(victim, "after there was room again")
  },
})

export const readOnly = (room: FaultRoom): Ordeal => ({
  // The open file stays writable, so the log must begin a new one.
  config: { wal: { segmentBytesMax: 2 ** 20 } },
  suffer: async (victim) => {
    // Without any directory yet, the engine hears that it can't make one, and not why.
    await sleep(400)
    await room.protect()
    const refusal = await victim.child.until(/EROFS/)
    await room.unprotect()
    return refusal === undefined
      ? "nothing was refused as read-only"
      : goesOn(victim, "after it could write again")
  },
})

const segmentsIn = (directory: string): ReadonlyArray<string> =>
  fs
    .readdirSync(path.join(directory, "wal"))
    .filter((name) => name.endsWith(".wal"))
    .toSorted()

/** What was in the log before its oldest segment is signed, so that the trail can be opened without. */
const isSaved = async (directory: string): Promise<boolean> => {
  for (const end = performance.now() + saveMillisMax; performance.now() < end;) {
    await sleep(pollMillis)
    const first = parseSegmentName(segmentsIn(directory)[0] ?? "")?.firstSequence ?? Infinity
    if ((await signedSizeOf(directory)) >= first) return true
  }
  return false
}

/** Takes the open segment away by deleting or renaming it. */
const segmentGone = (take: (file: string) => void): Ordeal => ({
  // So that the trail stands on its tiles soon; what is promised in between is `segmentLost`.
  config: { checkpoint: { intervalMillis: 20 } },
  suffer: async (victim) => {
    const { child, directory } = victim
    await sleep(100)
    const name = segmentsIn(directory).at(-1) ?? ""
    take(path.join(directory, "wal", name))
    if ((await child.until(/^abandoned [1-9]/)) === undefined) return "it did not notice"
    return (await isSaved(directory)) ? goesOn(victim, "in a new segment") : "the gap stays"
  },
})

export const segmentDeleted = segmentGone((file) => fs.rmSync(file))
export const segmentRenamed = segmentGone((file) => fs.renameSync(file, `${file}.moved`))

const spread = (events: ReadonlyArray<FoundEvent>): number => {
  let least = Infinity
  let most = -Infinity
  for (const { time } of events) {
    least = Math.min(least, time)
    most = Math.max(most, time)
  }
  return most - least
}

export const clockJumps: Ordeal = {
  orders: { fault: "clock" },
  suffer: async (victim) => {
    if ((await victim.child.until(/^fault over/)) === undefined) return "the clock did not jump"
    if (victim.child.refused > 0) return `${victim.child.refused} events were refused in time`
    return goesOn(victim, "after the clock's jumps")
  },
  evidence: (events) =>
    spread(events) > 3 * halfHour ? undefined : "no event bears the time of the jumped clock",
}

export const blockedLoop: Ordeal = {
  orders: { fault: "block" },
  suffer: async (victim) => {
    const said = await victim.child.until(/^fault blocked/)
    if (!(Number(said?.split(" ")[2]) >= 1_900)) return `the loop was not blocked: ${said}`
    return goesOn(victim, "after the loop was blocked")
  },
}

export const threadsEnded: Ordeal = {
  // Threads work only where there is much to do.
  orders: { fault: "threads", burst: 4_000 },
  suffer: async (victim) => {
    const isOver = (await victim.child.until(/^fault over/)) !== undefined
    if (!isOver) return "not both threads were ended at work"
    const problem = await goesOn(victim, "without its threads")
    await sleep(300)
    return problem
  },
}

/** Killed while it closes; `count` tells how often the kill came before the end. */
export const killedClosing = (count: () => void): Ordeal => ({
  orders: { closeAfterMillis: 150 },
  suffer: async ({ child, random }) => {
    if ((await child.until(/^closing/)) === undefined) return "it did not close"
    await sleep(wholeBelow(random, 8))
    await child.kill()
    if (child.signal === "SIGKILL" && !child.has(/^closed/)) count()
    return undefined
  },
})

/** Killed under load, and again while it recovers; `count` as above. */
export const killedRecovering = (count: () => void): Ordeal => ({
  suffer: async () => {
    await sleep(100)
    return undefined
  },
  aftermath: async ({ config, cycle, directory }, random) => {
    const child = new LoadChild({ directory, cycle, orders: { config, isIdle: true } })
    const isOpening = (await child.until(/^opening/)) !== undefined
    await sleep(wholeBelow(random, 25))
    await child.kill()
    if (isOpening && !child.has(/^ready/)) count()
    return undefined
  },
})
