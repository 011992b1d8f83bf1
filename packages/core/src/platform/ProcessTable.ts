/**
 * Who this process is, among all that have had and will have its number, and which others live.
 *
 * A reference and no plain call, so that a simulation can run many processes in one. The
 * system's own tables are read, never the trail, so this needs no fault plan.
 *
 * @since 0.1.0
 */
import { readFileSync } from "node:fs"
import * as os from "node:os"
import * as Context from "effect/Context"

const textOf = (file: string): string => {
  try {
    return readFileSync(file, "utf8").trim()
  } catch {
    return ""
  }
}

/**
 * When the process started, in ticks since boot; empty where the system does not say.
 *
 * Tells a process from a later one that was given the same number.
 *
 * - Source: proc_pid_stat(5), field 22.
 *
 * @category constructors
 * @since 0.1.0
 */
export const startOf = (pid: number): string => {
  // The second field may hold spaces, so fields are counted from behind its closing parenthesis.
  const stat = textOf(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}

/**
 * Names this start of the machine; empty where the system does not say.
 *
 * @category constructors
 * @since 0.1.0
 */
export const bootOf = (): string => textOf("/proc/sys/kernel/random/boot_id")

/**
 * Is there a process with this number, whoever owns it?
 *
 * @category predicates
 * @since 0.1.0
 */
export const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}

/**
 * What tells a process from all others, on any machine and after any restart.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProcessName {
  readonly pid: number
  /** What tells this process from a later one with the same number. */
  readonly started: string
  readonly host: string
  readonly boot: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Processes {
  readonly self: () => ProcessName
  /** A process on another machine can't be asked, so it counts as alive: safe, and its lease says where it is. */
  readonly isAlive: (name: ProcessName) => boolean
}

const ofSystem: Processes = {
  self: () => ({
    pid: process.pid,
    started: startOf(process.pid),
    host: os.hostname(),
    boot: bootOf(),
  }),
  isAlive: ({ boot, host, pid, started }) => {
    if (host !== os.hostname()) return true
    if (boot !== bootOf()) return false
    return isRunning(pid) && startOf(pid) === started
  },
}

/**
 * The system's processes, unless told otherwise.
 *
 * @category services
 * @since 0.1.0
 */
export const ProcessTable = Context.Reference<Processes>(
  "@countersign/core/platform/ProcessTable",
  { defaultValue: () => ofSystem },
)
