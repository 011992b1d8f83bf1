/**
 * Which process this is, among all that have had and will have its number.
 *
 * Reads the system's own tables, never the trail, and so needs no fault plan.
 *
 * @since 0.1.0
 */
import { readFileSync } from "node:fs"

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
