/** The command line as a person runs it: a process of its own, from source. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../main.ts", import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd: string
  readonly input?: string | Iterable<string>
  readonly env?: Readonly<Record<string, string>>
}

/** Starts it, with stdin open. */
export const start = (
  args: ReadonlyArray<string>,
  { cwd, env = {} }: RunOptions,
): ChildProcessWithoutNullStreams => {
  const { FORCE_COLOR: _force, NO_COLOR: _no, ...inherited } = process.env
  return spawn(process.execPath, ["--conditions=@countersign/source", main, ...args], {
    cwd,
    env: { ...inherited, ...env },
  })
}

/** Runs it to its end. */
export const run = async (args: ReadonlyArray<string>, options: RunOptions): Promise<Ended> => {
  const child = start(args, options)
  const ended = once(child, "close")
  const [stdout, stderr] = [text(child.stdout), text(child.stderr)]
  const { input = "" } = options
  child.stdin.on("error", () => undefined)
  for (const piece of typeof input === "string" ? [input] : input) {
    if (!child.stdin.write(piece)) await once(child.stdin, "drain")
  }
  child.stdin.end()
  await ended
  return { code: child.exitCode, stdout: await stdout, stderr: await stderr }
}

/** Events as JSON lines, numbered in `data.line` from 0. */
export const eventLines = function* (count: number): Iterable<string> {
  const types = ["patient.record.read", "patient.record.write", "billing.invoice.sent"]
  for (let from = 0; from < count; from += 1000) {
    const lines = Array.from({ length: Math.min(1000, count - from) }, (_, offset) => {
      const line = from + offset
      return JSON.stringify({
        type: types[line % types.length],
        actor: { id: `u-${line % 7}` },
        target: [{ id: `p-${line % 50}`, type: "Patient" }],
        outcome: line % 10 === 0 ? "denied" : "success",
        data: { line },
      })
    })
    yield `${lines.join("\n")}\n`
  }
}
