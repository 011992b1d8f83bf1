/**
 * A program that loads a trail until it is killed, and says what was acknowledged.
 *
 * Run as `node LoadProcess.ts <directory> <cycle>`. Each line on standard output is written
 * by one synchronous call, so a killed process leaves no half-line but the last one:
 * `ready <entries>`, `ack <sequence> <id>`, `ledger <missing>`, `fail <message>`.
 *
 * @since 0.1.0
 */
import { writeSync } from "node:fs"
import { openAudit } from "../NodeAudit.ts"

const [, , directory = "", cycle = "0"] = process.argv
const waitingMax = 64

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

const audit = await openAudit({ directory, checkpoint: { intervalMillis: 20 }, signals: false })
say(`ready ${audit.status().durableSize}`)

let next = 0
const record = async (): Promise<void> => {
  for (;;) {
    const id = `${cycle}-${next}`
    next += 1
    const receipt = await audit.record({
      id,
      type: "load.event.written",
      class: next % 2 === 0 ? "critical" : "compliance",
      actor: { id: "loader", type: "service" },
      outcome: "success",
      data: { filler: "x".repeat(next % 700) },
    })
    say(`ack ${receipt.sequence} ${receipt.id}`)
  }
}
const flood = (): void => {
  for (let index = 0; index < 200; index += 1) {
    audit.recordUnsafe({
      type: "load.event.unacknowledged",
      class: index % 2 === 0 ? "standard" : "telemetry",
      actor: { id: "loader", type: "service" },
      outcome: "success",
    })
  }
  say(`ledger ${audit.status().accounts.reduce((sum, { missing }) => sum + Math.abs(missing), 0)}`)
  setTimeout(flood, 2)
}
flood()
try {
  await Promise.all(Array.from({ length: waitingMax }, record))
} catch (error) {
  say(`fail ${String(error)}`)
  process.exitCode = 1
}
