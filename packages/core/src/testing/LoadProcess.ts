/**
 * A program that loads a trail until it is killed, and says what was acknowledged.
 *
 * Run as `node LoadProcess.ts <directory> <cycle> [<orders as JSON>]`. Each line on standard
 * output is written by one synchronous call, so a killed process leaves no half-line but the last
 * one: `opening`, `ready <entries>`, `try <n>` before the event `<cycle>-<n>` is recorded,
 * `ack <sequence> <id>` with the word `published` where that was waited for, `late <message>`
 * where that was not reached in time, `ledger <missing>`, `abandoned <segments>`, `fault <step>`, `fail <message>`, `closing`, `closed`.
 *
 * @since 0.1.0
 */
import { writeSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import type { AuditConfigInput } from "../config/AuditConfig.ts"
import { openAudit } from "../NodeAudit.ts"
import { befall, type LoadFault } from "./LoadFaults.ts"

/**
 * What a load process is to do; without any it only loads.
 *
 * @category models
 * @since 0.1.0
 */
export interface LoadOrders {
  /** Default: a checkpoint every 20 ms, and the default profile. */
  readonly config?: AuditConfigInput
  readonly fault?: LoadFault
  /** Opens the trail and records nothing. */
  readonly isIdle?: boolean
  /** Closes in order so long after it has opened. */
  readonly closeAfterMillis?: number
  /** Events in each burst that nobody waits for. Default 200. */
  readonly burst?: number
}

const [, , directory = "", cycle = "0", text = "{}"] = process.argv
const orders = JSON.parse(text) as LoadOrders
const waitingMax = 64
const publishedMax = 8
const { burst = 200 } = orders

const say = (line: string): void => {
  let rest = Buffer.from(`${line}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (cause) {
      // The reader is behind: the pipe has room again in a moment.
      if (!(cause instanceof Error && "code" in cause && cause.code === "EAGAIN")) throw cause
    }
  }
}

const startFault = (): Promise<void> =>
  orders.fault === undefined ? Promise.resolve() : befall(orders.fault, say)
// Threads are watched from before the first one starts.
const faulted = orders.fault === "threads" ? startFault() : undefined

say("opening")
const audit = await openAudit(
  { checkpoint: { intervalMillis: 20 }, ...orders.config, directory, signals: false },
  // Orders are all that counts: a variable of the caller's must not point it at another trail.
  orders.config === undefined ? {} : { env: {} },
)
say(`ready ${audit.status().durableSize}`)

let next = 0
let isClosing = false
const record = async (until: "durable" | "published"): Promise<void> => {
  while (!isClosing) {
    const id = `${cycle}-${next}`
    say(`try ${next}`)
    next += 1
    try {
      const { level, sequence } = await audit.record(
        {
          id,
          type: "load.event.written",
          class: next % 2 === 0 ? "critical" : "compliance",
          actor: { id: "loader", type: "service" },
          outcome: "success",
          data: { filler: "x".repeat(next % 700) },
        },
        { until },
      )
      say(`ack ${sequence} ${id}${level === "published" ? " published" : ""}`)
    } catch (error) {
      if (isClosing) return
      // A checkpoint may take longer by configuration than a caller waits.
      const isLate = until === "published" && String(error).includes("AUD-1101")
      say(`${isLate ? "late" : "fail"} ${String(error).replaceAll("\n", " ")}`)
      await sleep(5)
    }
  }
}
let abandoned = 0
const flood = (): void => {
  if (isClosing) return
  for (let index = 0; index < burst; index += 1) {
    audit.recordUnsafe({
      type: "load.event.unacknowledged",
      class: index % 2 === 0 ? "standard" : "telemetry",
      actor: { id: "loader", type: "service" },
      outcome: "success",
    })
  }
  const { accounts, walAbandoned } = audit.status()
  say(`ledger ${accounts.reduce((sum, { missing }) => sum + Math.abs(missing), 0)}`)
  if (walAbandoned !== abandoned) say(`abandoned ${walAbandoned}`)
  abandoned = walAbandoned
  setTimeout(flood, 2)
}
const close = async (): Promise<void> => {
  say("closing")
  isClosing = true
  await audit.close()
  say("closed")
}
if (orders.closeAfterMillis !== undefined) setTimeout(() => void close(), orders.closeAfterMillis)
if (orders.isIdle === true) setInterval(() => undefined, 1_000)
else {
  flood()
  await Promise.all([
    ...Array.from({ length: waitingMax }, (_, at) =>
      record(at < publishedMax ? "published" : "durable"),
    ),
    faulted ?? startFault(),
  ])
}
