/**
 * Who this process is, and which others are alive.
 *
 * A reference and no plain call, so that a simulation can run many processes in one.
 *
 * @since 0.1.0
 */
import * as os from "node:os"
import * as Context from "effect/Context"
import { bootOf, isRunning, startOf } from "./ProcessIdentity.ts"

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
