/** One load process: started, listened to, hit with signals. */
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { LoadOrders } from "@countersign/core/testing/LoadProcess"
import { hearLines } from "./Lines.ts"

export interface Acknowledged {
  readonly sequence: number
  readonly id: string
}

// An export condition, such as the one that runs from source, holds for the child as well.
const conditions = process.execArgv.flatMap((argument, index, all) => {
  if (argument.startsWith("--conditions=")) return [argument]
  const isNamed = argument === "--conditions" || argument === "-C"
  return isNamed ? [`--conditions=${all[index + 1] ?? ""}`] : []
})
const linesKept = 400

export interface LoadSpec {
  readonly directory: string
  /** Its events are named `<cycle>-<n>`. */
  readonly cycle: number
  readonly orders: LoadOrders
  /** No file grows beyond so many KiB: writing fails with EFBIG. */
  readonly fileKibibytesMax?: number | undefined
}

interface Waiter {
  readonly pattern: RegExp
  readonly done: (line: string | undefined) => void
}

export class LoadChild {
  readonly acknowledged: Array<Acknowledged> = []
  /** Sequences of those that were acknowledged as published. */
  readonly published: Array<number> = []
  /** Events that it has begun to record and waits for, or waited for until it was killed. */
  issued = 0
  /** Events whose recording failed with a typed error. */
  refused = 0
  /** What must not be: an untyped failure, a ledger that does not balance, an end by itself. */
  readonly problems: Array<string> = []
  /** The last lines that are no acknowledgement. */
  readonly lines: Array<string> = []
  signal: NodeJS.Signals | null = null
  readonly ended: Promise<void>
  private readonly child: ChildProcess
  private waiters: ReadonlyArray<Waiter> = []
  private isEnded = false

  constructor({ cycle, directory, fileKibibytesMax, orders }: LoadSpec) {
    const program = fileURLToPath(import.meta.resolve("@countersign/core/testing/LoadProcess"))
    const load = [...conditions, program, directory, String(cycle), JSON.stringify(orders)]
    // The shell becomes the process, so that the kill reaches it and no other.
    const script = `ulimit -f ${fileKibibytesMax ?? "unlimited"} && exec "$0" "$@"`
    const [command, ...args] =
      fileKibibytesMax === undefined
        ? [process.execPath, ...load]
        : ["bash", "-c", script, process.execPath, ...load]
    this.child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] })
    hearLines([this.child.stdout, this.child.stderr], (line) => this.take(line))
    this.ended = new Promise((resolve) => {
      const end = (detail: string): void => {
        this.isEnded = true
        if (detail !== "") this.problems.push(detail)
        for (const { done } of this.waiters) done(undefined)
        resolve()
      }
      this.child.on("error", (error) => end(String(error)))
      this.child.on("close", (code, signal) => {
        this.signal = signal
        const said = this.lines.slice(-5).join(" | ").slice(-500)
        end(signal === "SIGKILL" ? "" : `ended by itself (${signal ?? code}): ${said}`)
      })
    })
  }

  /** The first line from now on that fits, or one that was heard before; `undefined` if none in time. */
  until(pattern: RegExp, millis = 20_000): Promise<string | undefined> {
    const heard = this.lines.find((line) => pattern.test(line))
    if (heard !== undefined || this.isEnded) return Promise.resolve(heard)
    return this.next(pattern, millis)
  }

  /** The first line from now on that fits; `undefined` if none came in time. */
  next(pattern: RegExp, millis = 20_000): Promise<string | undefined> {
    if (this.isEnded) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const done = (line: string | undefined): void => {
        clearTimeout(timer)
        this.waiters = this.waiters.filter((other) => other !== waiter)
        resolve(line)
      }
      const waiter = { pattern, done }
      const timer = setTimeout(done, millis, undefined)
      this.waiters = [...this.waiters, waiter]
    })
  }

  has(pattern: RegExp): boolean {
    return this.lines.some((line) => pattern.test(line))
  }

  send(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  /** `kill -9`, and the end of it. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL")
    await this.ended
  }

  /** The state as Linux names it, such as `T` for stopped. */
  get state(): string {
    const text = readFileSync(`/proc/${this.child.pid}/stat`, "utf8")
    return text.slice(text.lastIndexOf(")") + 2).slice(0, 1)
  }

  private take(line: string): void {
    const [word, sequence, id, level] = line.split(" ", 4)
    if (word === "ack" && id !== undefined) {
      if (level === "published") this.published.push(Number(sequence))
      this.acknowledged.push({ sequence: Number(sequence), id })
    } else if (word === "try") {
      this.issued = Number(sequence) + 1
    } else if (word === "ledger") {
      if (sequence !== "0") this.problems.push(`the ledger misses ${sequence}`)
    } else {
      if (word === "fail") {
        this.refused += 1
        if (!line.includes("AUD-")) this.problems.push(line)
      }
      this.lines.push(line)
      if (this.lines.length > linesKept) this.lines.splice(1, 1)
    }
    for (const { done, pattern } of this.waiters) if (pattern.test(line)) done(line)
  }
}
