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
}

/** Loads the trail in `directory` under the name `cycle` until the kill. */
export const loadUntilKilled = (
  directory: string,
  cycle: number,
  { killAfterMillis, stopMillis }: Moments,
): Promise<LoadRun> =>
  new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--conditions=@countersign/source", program, directory, String(cycle)],
      { stdio: ["ignore", "pipe", "pipe"] },
    )
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
      arm()
    })
    child.on("close", (_code, signal) => resolve(runOf(text, signal, errors)))
  })
