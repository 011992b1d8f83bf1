/** `npm start`: this repository's history as an audit trail, verified, proven and tampered with. */
import * as fs from "node:fs"
import * as path from "node:path"
import { parseArgs } from "node:util"
import { openAudit } from "@countersign/core"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { type Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { prove } from "@countersign/core/trail/Prover"
import { parseVerifierKey } from "@countersign/core/trail/SignedNote"
import * as TlogProof from "@countersign/core/trail/TlogProof"
import { checkpointName, readEntry } from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type Fact, factOf } from "./fileEvent.ts"
import { readHistory } from "./history.ts"
import { copyTrail, type Home, HomeUnfit, measure, openHome } from "./home.ts"
import * as story from "./story.ts"
import { backdate } from "./tampering.ts"
import { readTree } from "./tree.ts"

const root = path.join(import.meta.dirname, "../../..")
const newestShown = 5

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

/** The history of the directory, or its files where it has none. */
const read = (
  directory: string,
): { readonly events: ReadonlyArray<AuditEventInput>; readonly source: story.Source } => {
  const place = directory === root ? "this repository" : directory
  const history = readHistory(directory)
  if (!("reason" in history)) {
    const { authors, commits, events, isCut, isShallow } = history
    const kind = { _tag: "History", commits, authors } as const
    return { events, source: { place, events: events.length, kind, isShallow, isCut } }
  }
  const { events, isCut } = readTree(directory)
  const kind = { _tag: "Tree", reason: history.reason } as const
  return { events, source: { place, events: events.length, kind, isShallow: false, isCut } }
}

/** Records everything, the last event with a receipt, and closes. */
const record = async (trail: string, events: ReadonlyArray<AuditEventInput>) => {
  const last = events.at(-1)
  if (last === undefined) throw new Unable("There is nothing here to record: not one file.")
  const audit = await openAudit({ directory: trail, origin: "countersign.local/quickstart" })
  const from = performance.now()
  let refused = 0
  for (const event of events.slice(0, -1)) {
    let verdict = audit.recordUnsafe(event)
    while (verdict._tag === "Refused" && verdict.error._tag === "AuditRefused") {
      await audit.room("standard")
      verdict = audit.recordUnsafe(event)
    }
    if (verdict._tag === "Refused") refused += 1
  }
  const receipt = await audit.record(last, { until: "durable" })
  const millis = performance.now() - from
  await audit.close()
  const { verifierKey } = audit.status()
  const recording = { events: events.length - refused, millis, refused, receipt }
  return { recording, key: Result.getOrThrow(parseVerifierKey(verifierKey)) }
}

/** The nearest events before an entry, oldest first: the engine's own records lie between. */
const factsBefore = async (trail: string, end: number, count: number) => {
  const facts: Array<{ readonly sequence: number; readonly fact: Fact }> = []
  for (let sequence = end - 1; sequence >= 0 && facts.length < count; sequence -= 1) {
    const fact = factOf((await run(readEntry(trail, sequence)))?.bytes ?? new Uint8Array())
    if (fact !== undefined) facts.unshift({ sequence, fact })
  }
  return facts
}

type Key = Awaited<ReturnType<typeof record>>["key"]

/** Verifies the trail and proves one event. */
const trust = async (home: Home, id: string, key: Key): Promise<void> => {
  const from = performance.now()
  const report = await run(verify(home.trail, { verifierKey: key }))
  say(story.verified(report, performance.now() - from, paint))
  if (report.verdict !== "verified")
    throw new Unable("The trail that was just written must verify.")

  const text = await run(prove(home.trail, id))
  fs.writeFileSync(home.proof, text)
  const proof = Result.getOrThrow(TlogProof.parse(fs.readFileSync(home.proof)))
  const { entry, index } = Result.getOrThrow(TlogProof.check(proof, key))
  const fact = factOf(entry)
  if (fact?.id !== id) throw new Unable(`The proof of ${id} must carry that event.`)
  const facts = { index, bytes: Buffer.byteLength(text), hashes: proof.hashes.length }
  say(story.proven(facts, fact, paint))
}

/** Alters one byte of a copy, and lets the verifier find it. */
const tamper = async (home: Home, size: number, key: Key): Promise<void> => {
  copyTrail(home)
  // From the middle: neither the first nor the last is where one would look.
  const half = Math.ceil(size / 2)
  const [victim] = [
    ...(await factsBefore(home.trail, half, 1)),
    ...(await factsBefore(home.trail, size, 1)),
  ]
  if (victim === undefined) throw new Unable("The trail must hold the events that were recorded.")
  const { fact, sequence } = victim
  const altered = backdate(home.tampered, sequence, size)
  const [forged] = await factsBefore(home.tampered, sequence + 1, 1)
  const report = await run(verify(home.tampered, { verifierKey: key }))
  say(story.tampered({ ...altered, sequence }, fact, forged?.fact.time ?? "", report, paint))
  if (report.verdict !== "tampered" || report.firstBad.index !== sequence) {
    throw new Unable(`The verifier must name entry ${sequence}.`)
  }
}

const optionsOf = (args: ReadonlyArray<string>) => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        repository: { type: "string", default: root },
        home: { type: "string", default: path.join(root, "apps/quickstart/.trail") },
      },
    })
    return values
  } catch (cause) {
    const usage = "npm start -- [--repository DIRECTORY] [--home DIRECTORY]"
    throw new Unable(`${cause instanceof Error ? cause.message : String(cause)}\n  ${usage}`)
  }
}

const main = async (): Promise<void> => {
  const values = optionsOf(process.argv.slice(2))
  const repository = path.resolve(values.repository)
  if (!fs.existsSync(repository)) throw new Unable(`${repository} is not there.`)
  const home = openHome(path.resolve(values.home))

  say(story.opening(paint))
  const { events, source } = read(repository)
  say(story.found(source, paint))
  const { key, recording } = await record(home.trail, events)

  const checkpoint = fs.readFileSync(path.join(home.trail, checkpointName), "utf8")
  const size = Number(checkpoint.split("\n")[1])
  const newest = await factsBefore(home.trail, size, newestShown)
  say(
    story.recorded(
      recording,
      newest.map(({ fact }) => fact),
      paint,
    ),
  )
  say(story.signed({ ...measure(home.trail), checkpoint }, paint))

  const { id } = recording.receipt
  await trust(home, id, key)
  await tamper(home, size, key)
  const shown = (file: string): string => {
    const relative = path.relative(root, file)
    return relative.startsWith("..") ? file : relative
  }
  say(story.next({ trail: shown(home.trail), tampered: shown(home.tampered) }, id, paint))
}

// A reader that has seen enough closes the pipe; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1)
})

const textOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  const isExpected = cause instanceof Unable || cause instanceof HomeUnfit
  return isExpected ? cause.message : (cause.stack ?? cause.message)
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`\n  ${textOf(cause)}\n\n`)
  process.exitCode = 1
}
