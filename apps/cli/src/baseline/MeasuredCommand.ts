/** One run of a command, and the figures that it leaves. */
import { type ChildProcess, execFile, spawn } from "node:child_process"
import { type Figure, figuresOf, type WantedFigure } from "@countersign/monitor/baseline/Figures"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A command that can't be measured: it did not run, failed, or left no figure. */
export class CommandUnmeasured extends Schema.TaggedError<CommandUnmeasured>(
  "@countersign/cli/CommandUnmeasured",
)("CommandUnmeasured", {
  code: Schema.tag("AUD-6123"),
  isRetryable: Schema.tag(false),
  command: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.command}: ${this.detail}`
  }
}

/** A program with its arguments, or a line for the shell. */
export type Command = ReadonlyArray<string> | string

export const shownCommand = (command: Command): string =>
  typeof command === "string" ? command : command.join(" ")

/** A line that has the shell run a program with these arguments, letter for letter. */
export const shellLine = (words: ReadonlyArray<string>): string =>
  words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(" ")

/** Of what a command prints, the end is kept: the figures are on its last line. */
const keptBytesMax = 4 * 1024 * 1024

interface Ended {
  readonly millis: number
  readonly stdout: string
}

const launch = (command: Command): readonly [string, ReadonlyArray<string>] => {
  if (typeof command === "string") return ["/bin/sh", ["-c", command]]
  const [program = "", ...rest] = command
  return [program, rest]
}

/** Ends a program with all that it started. */
const endGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid)
  } catch {
    // They ended by themselves.
  }
}

const runOnce = (command: Command): Effect.Effect<Ended, CommandUnmeasured> =>
  Effect.callback((resume) => {
    const [program, args] = launch(command)
    const failed = (detail: string) =>
      resume(Effect.fail(new CommandUnmeasured({ command: shownCommand(command), detail })))
    const from = performance.now()
    // In a group of its own, since a shell does not hand on the signal that ends it.
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true })
    let stdout = ""
    child.stdout.setEncoding("utf8")
    child.stdout.on("data", (piece: string) => {
      stdout = (stdout + piece).slice(-keptBytesMax)
    })
    child.on("error", (error) => failed(error.message))
    child.on("close", (code, signal) => {
      const millis = performance.now() - from
      if (code === 0) resume(Effect.succeed({ millis, stdout }))
      else failed(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`)
    })
    return Effect.sync(() => endGroup(child))
  })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** All that was printed as one document, or the last line. */
const documentIn = (stdout: string): unknown =>
  parsed(stdout) ?? parsed(stdout.trimEnd().split("\n").at(-1) ?? "")

/** Runs it once: the time from start to end, or the figures that are asked for in what it prints. */
export const measureOnce = Effect.fnUntraced(function* (
  command: Command,
  picks: ReadonlyArray<WantedFigure>,
) {
  const { millis, stdout } = yield* runOnce(command)
  if (picks.length === 0) {
    const wall: Figure = { name: "wall", better: "lower", unit: "ms", value: millis }
    return [wall]
  }
  const figures = figuresOf(documentIn(stdout), picks)
  const missing = picks.find(({ name }) => figures.every((figure) => figure.name !== name))
  if (missing !== undefined) {
    const detail = `it printed no JSON with a number at ${missing.name}`
    return yield* new CommandUnmeasured({ command: shownCommand(command), detail })
  }
  return figures
})

const git = (...args: ReadonlyArray<string>): Promise<string | undefined> =>
  new Promise((resolve) => {
    execFile("git", args, (error, stdout) => resolve(error === null ? stdout.trim() : undefined))
  })

/** The commit in the working directory, with a mark when files differ from it. */
export const readCommit = Effect.promise(async () => {
  const head = await git("rev-parse", "HEAD")
  if (head === undefined) return "unknown"
  return (await git("status", "--porcelain")) === "" ? head : `${head} and changes`
})
