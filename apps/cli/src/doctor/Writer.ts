/** Who writes the trail, whether it gets on, and how its last run ended. */
import { hostname } from "node:os"
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import { bootOf, isRunning, startOf } from "@countersign/core/platform/ProcessTable"
import { readCheckpoint, readEntry } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Text from "../terminal/Text.ts"
import * as EventLine from "../trail/EventLine.ts"
import { type Finding, ok, problem, warning } from "./Finding.ts"

const Holder = Schema.fromJsonString(
  Schema.Struct({
    pid: Schema.Int,
    started: Schema.String,
    host: Schema.String,
    boot: Schema.String,
  }),
)
const decodeHolder = Schema.decodeUnknownOption(Holder)

interface Writer {
  readonly state: "none" | "alive" | "gone" | "elsewhere"
  readonly name: string
}

const writerOf = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const leases = (yield* disk.list(directory)).filter((name) => name.startsWith("lease."))
  const newest = leases.at(-1)
  const nobody: Writer = { state: "none", name: "" }
  if (newest === undefined) return nobody
  const text = Buffer.from(yield* disk.readFile(path.join(directory, newest))).toString("utf8")
  const holder = decodeHolder(text)
  // An emptied lease was given back.
  if (Option.isNone(holder)) return nobody
  const { boot, host, pid, started } = holder.value
  const name = `process ${pid} on ${Text.printable(host)}`
  if (host !== hostname()) return { state: "elsewhere", name } satisfies Writer
  const isAlive = boot === bootOf() && isRunning(pid) && startOf(pid) === started
  return { state: isAlive ? "alive" : "gone", name } satisfies Writer
})

const lease = ({ name, state }: Writer): Finding => {
  switch (state) {
    case "none":
      return ok("writer", "nobody writes this trail now")
    case "alive":
      return ok("writer", name)
    case "elsewhere":
      return warning(
        "writer",
        `${name}, which can't be asked from here`,
        "if that machine is gone for good, delete the lease file; otherwise run the doctor there",
      )
    case "gone":
      return warning(
        "writer",
        `${name} held the trail and is gone`,
        "nothing has to be done: the next process that opens the trail recovers it",
      )
  }
}

// A checkpoint follows every second by default, a heartbeat every hour.
const lagMillisMax = 15_000
const silenceMillisMax = 2 * 3_600_000
const skewMillisMax = 2000

/** When the newest segment of the log was written; 0 where there is none. */
const loggedMillis = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const [newest] = (yield* disk.list(path.join(directory, "wal"))).slice(-1)
  if (newest === undefined) return 0
  const status = yield* disk.status(path.join(directory, "wal", newest))
  return status?.modifiedMillis ?? 0
})

const checkpointAge = (
  writer: Writer,
  signedMillis: number,
  logged: number,
  now: number,
): Finding => {
  const age = `the newest is ${Text.duration(Math.max(now - signedMillis, 0))} old`
  if (writer.state !== "alive") return ok("checkpoint", age)
  if (logged - signedMillis > lagMillisMax) {
    return problem(
      "checkpoint",
      `${age}, while the log has gone on: nothing is being signed`,
      "look at the engine's log for the signer's and the disk's errors",
    )
  }
  return now - signedMillis > silenceMillisMax
    ? problem(
        "checkpoint",
        `${age}, and the writer gives no sign of life`,
        "look whether the process hangs",
      )
    : ok("checkpoint", age)
}

const clock = (signedMillis: number, lastTime: string, now: number): Finding => {
  const ahead = Math.max(signedMillis, Date.parse(lastTime) || 0) - now
  return ahead > skewMillisMax
    ? problem(
        "clock",
        `the trail is ${Text.duration(ahead)} ahead of this machine's clock`,
        "set the clock, and keep it with NTP (chrony or systemd-timesyncd)",
      )
    : ok("clock", "not behind the trail")
}

const ending = (writer: Writer, type: string): Finding => {
  if (writer.state === "alive" || writer.state === "elsewhere") {
    return ok("last run", "has not ended")
  }
  return type === "audit.closed"
    ? ok("last run", "closed in order")
    : warning(
        "last run",
        `ended without closing; the last published record is ${type === "" ? "unreadable" : Text.printable(type)}`,
        "call close() on SIGTERM; the next opening recovers what was durable and says so in the trail",
      )
}

export const examineWriter = Effect.fnUntraced(function* (directory: string, now: number) {
  const disk = yield* Disk
  const writer = yield* writerOf(directory)
  const signed = yield* readCheckpoint(directory)
  if (signed === undefined) {
    return [
      lease(writer),
      problem(
        "checkpoint",
        "there is none, so nothing is proven yet",
        "let an engine open and close the trail",
      ),
    ]
  }
  const status = yield* disk.status(path.join(directory, "checkpoint"))
  const signedMillis = status?.modifiedMillis ?? 0
  const last = yield* readEntry(directory, signed.checkpoint.size - 1)
  const value = last === undefined ? undefined : EventLine.parse(last).value
  return [
    lease(writer),
    checkpointAge(writer, signedMillis, yield* loggedMillis(directory), now),
    clock(signedMillis, EventLine.textOf(value, "time"), now),
    ending(writer, EventLine.textOf(value, "type")),
  ]
})
