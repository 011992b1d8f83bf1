/** `npm run mainframe`: a day of bank records, decoded, reconciled, and proven. */
import { generateKeyPairSync } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { sensitiveFields } from "@countersign/copybook/audit/SensitiveFields"
import { Audit } from "@countersign/core/Audit"
import type { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Effect from "effect/Effect"
import { dayPlan, tablePlan, tables } from "./bankDay.ts"
import { type Balance, balance, dayFile, dayFiles, examine, trailName } from "./checkDay.ts"
import { decodeTable } from "./decodeTable.ts"
import { generateDay } from "./generateDay.ts"
import * as story from "./story.ts"

const actor = { id: "mainframe-batch", type: "service" } as const
const usage = `npm run mainframe -- [--records N] [--seed N] [--workers N] [--directory NEW]
  npm run mainframe -- --check DIRECTORY`

const paint = story.paintOf(
  process.stdout.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
)
const say = (lines: ReadonlyArray<string>): void => {
  process.stdout.write(`${lines.join("\n")}\n`)
}

/** What can't go on, in words for a person. */
class Unable extends Error {
  override readonly name = "Unable"
}

const run = <A, E>(effect: Effect.Effect<A, E, Disk>): Promise<A> =>
  Effect.runPromise(Effect.provide(effect, NodeDisk.layer))

const numberIn = (flag: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new Unable(`--${flag} is ${text}, and takes a whole number from ${least} to ${most}`)
}

const optionsOf = (args: ReadonlyArray<string>) => {
  const parsed = (() => {
    try {
      return parseArgs({
        args: [...args],
        options: {
          records: { type: "string", default: "200000" },
          seed: { type: "string", default: "1" },
          workers: { type: "string", default: "1" },
          directory: { type: "string" },
          check: { type: "string" },
        },
      }).values
    } catch (cause) {
      throw new Unable(`${cause instanceof Error ? cause.message : String(cause)}\n  ${usage}`)
    }
  })()
  return {
    records: numberIn("records", parsed.records, 10, 2_000_000),
    seed: numberIn("seed", parsed.seed, 0, 2 ** 31 - 1),
    workers: numberIn("workers", parsed.workers, 1, 64),
    directory: parsed.directory,
    check: parsed.check,
  }
}

/** Makes a directory that is the sample's alone, and keys for its trail. */
const openDirectory = (given: string | undefined): string => {
  const directory =
    given === undefined
      ? fs.mkdtempSync(path.join(os.tmpdir(), "countersign-mainframe-"))
      : path.resolve(given)
  try {
    fs.mkdirSync(directory, { recursive: true })
    if (fs.readdirSync(directory).length > 0) {
      throw new Unable(`${directory} is not empty: give --directory a new one.`)
    }
    const { privateKey } = generateKeyPairSync("ed25519")
    fs.writeFileSync(
      path.join(directory, `${trailName}.key`),
      privateKey.export({ format: "pem", type: "pkcs8" }),
      { mode: 0o600 },
    )
  } catch (cause) {
    if (cause instanceof Unable || !(cause instanceof Error)) throw cause
    throw new Unable(`${directory} can't be written to: ${cause.message}`, { cause })
  }
  return directory
}

/** Decodes each table, and has the trail say how the day reconciles. */
const decodeDay = Effect.fnUntraced(function* (directory: string, workers: number) {
  const audit = yield* Audit
  const written = []
  for (const table of tables) {
    const { file } = table
    const plan = tablePlan(table)
    const data = path.join(directory, dayFile)
    const output = path.join(directory, file)
    written.push({ file, ...(yield* decodeTable({ data, plan, output, workers, actor })) })
  }
  say(story.decoded(written, paint))
  const found = yield* balance(directory)
  yield* audit.record({
    type: "bank.day.reconciled",
    class: "compliance",
    actor,
    target: [{ id: path.join(directory, dayFile), type: "RecordFile" }],
    outcome: found.problems.length === 0 ? "success" : "failure",
    data: {
      sha256: found.day.sha256,
      lines: found.lines.map(({ measure, records, tables: read, trailer, verdict }) => ({
        measure: measure.name,
        trailer: String(trailer),
        tables: String(read),
        records: String(records),
        verdict,
      })),
    },
  })
  return found
})

/** What the directory holds, against each other and against the trail. */
const judge = async (directory: string, found: Balance): Promise<boolean> => {
  say(story.rejected(found.day.rejected, sensitiveFields(dayPlan.layout), paint))
  say(story.reconciled(found, paint))
  const proof = await run(examine(directory, found))
  say(story.evidence(proof, paint))
  const problems = [...found.problems, ...proof.problems]
  if (problems.length > 0) say(story.problems(problems, paint))
  return problems.length === 0
}

const check = async (directory: string): Promise<boolean> => {
  const missing = dayFiles.filter((file) => !fs.existsSync(path.join(directory, file)))
  if (missing.length > 0) {
    throw new Unable(`${directory} is no day of this sample: it has no ${missing.join(", ")}`)
  }
  return judge(directory, await run(balance(directory)))
}

/** Removes the directory with the process, whatever ends it. */
const removeAtExit = (directory: string): void => {
  process.once("exit", () => fs.rmSync(directory, { recursive: true, force: true }))
  process.once("SIGINT", () => process.exit(130))
  process.once("SIGTERM", () => process.exit(143))
}

const make = async (options: ReturnType<typeof optionsOf>): Promise<boolean> => {
  const { records, seed, workers } = options
  const directory = openDirectory(options.directory)
  if (options.directory === undefined) removeAtExit(directory)
  const file = path.join(directory, dayFile)
  generateDay(file, records, seed)
  const shown = options.directory === undefined ? `a temporary ${dayFile}` : file
  say(story.generated({ file: shown, records, seed, bytes: fs.statSync(file).size }, paint))
  const trail = path.join(directory, trailName)
  const layer = Audit.layer({ directory: trail, origin: "countersign.local/mainframe-batch" })
  const found = await run(Effect.provide(decodeDay(directory, workers), layer))
  const isGood = await judge(directory, found)
  say(story.next(options.directory, paint))
  return isGood
}

// A reader that has seen enough closes the pipe; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1)
})

/** Errors with a tag say what is wrong and what to do; others are not expected. */
const textOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause instanceof Unable || "_tag" in cause ? cause.message : (cause.stack ?? cause.message)
}

try {
  const options = optionsOf(process.argv.slice(2))
  say(story.opening(paint))
  const isGood = await (options.check === undefined ? make(options) : check(options.check))
  if (!isGood) process.exitCode = 1
} catch (cause) {
  process.stderr.write(`\n  ${textOf(cause)}\n\n`)
  process.exitCode = 1
}
