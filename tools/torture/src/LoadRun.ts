/** One load process, started and killed, and what it said before. */
import { spawn } from "node:child_process"
import { fileURLToPath } from "node:url"

export interface Acknowledged {
  readonly sequence: number
  readonly id: string
}

export interface LoadRun {
  readonly acknowledged: ReadonlyArray<Acknowledged>
  /** What must not be: a failed record, a ledger that does not balance, an end by itself. */
  readonly problems: ReadonlyArray<string>
}

const program = fileURLToPath(import.meta.resolve("@countersign/core/testing/LoadProcess"))

/** Records that the load process has in hand at most. */
export const inHandMax = 64

const runOf = (text: string, signal: NodeJS.Signals | null, errors: string): LoadRun => {
  // The last piece is a line that the kill cut, or nothing.
  const lines = text.split("\n").slice(0, -1)
  const problems = lines.filter((line) => line.startsWith("fail") || /^ledger (?!0$)/.test(line))
  if (signal !== "SIGKILL") problems.push(`ended by itself: ${errors.slice(-500)}`)
  const acknowledged = lines.flatMap((line) => {
    const [word, sequence, id] = line.split(" ")
    return word === "ack" && id !== undefined ? [{ sequence: Number(sequence), id }] : []
  })
  return { acknowledged, problems }
}

export interface Moments {
  /** From the opened trail to the kill, in milliseconds. */
  readonly killAfterMillis: number
  /** Stops the process for so many milliseconds at half of that time. */
  readonly stopMillis?: number
  /** No file grows beyond so many KiB: writing fails with EFBIG, as on a full disk with ENOSPC. */
  readonly fileKibibytesMax?: number
  /** Done between the opened trail and the kill; what it returns is a problem. */
  readonly during?: (directory: string) => Promise<string | undefined>
}

/** Loads the trail in `directory` under the name `cycle` until the kill. */
export const loadUntilKilled = (
  directory: string,
  cycle: number,
  { during, fileKibibytesMax, killAfterMillis, stopMillis }: Moments,
): Promise<LoadRun> =>
  new Promise((resolve, reject) => {
    const limit = fileKibibytesMax ?? "unlimited"
    // The shell becomes the process, so that the kill reaches it and no other.
    const script = `ulimit -f ${limit} && exec "$0" "$@"`
    const load = ["--conditions=@countersign/source", program, directory, String(cycle)]
    const child = spawn("bash", ["-c", script, process.execPath, ...load], {
      stdio: ["ignore", "pipe", "pipe"],
    })
    const duringProblems: Array<string> = []
    let text = ""
    let errors = ""
    let isArmed = false
    const arm = (): void => {
      if (stopMillis === undefined) {
        setTimeout(() => child.kill("SIGKILL"), killAfterMillis)
        return
      }
      setTimeout(() => {
        child.kill("SIGSTOP")
        setTimeout(() => {
          child.kill("SIGCONT")
          setTimeout(() => child.kill("SIGKILL"), killAfterMillis / 2)
        }, stopMillis)
      }, killAfterMillis / 2)
    }
    child.on("error", reject)
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk
    })
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      if (isArmed || !text.includes("ready")) return
      isArmed = true
      void (during?.(directory) ?? Promise.resolve(undefined))
        .then(
          (problem) => {
            if (problem !== undefined) duringProblems.push(problem)
          },
          (cause: unknown) => {
            duringProblems.push(String(cause))
          },
        )
        .finally(arm)
    })
    child.on("close", (_code, signal) => {
      const run = runOf(text, signal, errors)
      resolve({ ...run, problems: [...run.problems, ...duringProblems] })
    })
  })
