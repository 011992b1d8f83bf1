/**
 * What is there in the end: the trail, the sinks' stores and the dead letters.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { DeadLetters } from "../engine/DeadLetters.ts"
import { Disk } from "../platform/Disk.ts"
import { checkLog } from "../trail/LogVerifier.ts"
import { leafHash } from "../trail/MerkleTree.ts"
import { entries } from "../trail/TrailReader.ts"
import { verify } from "../trail/Verifier.ts"
import type { VerifyReport } from "../trail/VerifyReport.ts"
import type { FoundRecord, FoundSink, History } from "./History.ts"
import type { ScriptedStore } from "./ScriptedSink.ts"
import { directory, engineOptions, simulationSigner, verifierKey } from "./SimulatedEngine.ts"
import { eventType, refusalMark } from "./SimulatedEvent.ts"

type Fields = Readonly<Record<string, unknown>>

// Records are objects, and so is the data of the engine's own and of the simulation's.
const fieldsOf = (value: unknown): Fields => (value ?? {}) as Fields

const digestOf = (bytes: Uint8Array): string => hash("sha256", bytes)

const recordOf = (bytes: Uint8Array): FoundRecord => {
  const event = fieldsOf(JSON.parse(Buffer.from(bytes).toString("utf8")))
  const data = fieldsOf(event["data"])
  const type = String(event["type"])
  const attempt = data["attempt"]
  return {
    id: String(event["id"]),
    type,
    outcome: String(event["outcome"]),
    ...(typeof attempt === "string" ? { attempt } : {}),
    ...(type === eventType ? {} : { data }),
    digest: digestOf(bytes),
    leaf: Buffer.from(leafHash(bytes)).toString("base64"),
  }
}

const verdictOf = (report: VerifyReport): string => {
  if (report.verdict === "verified") return "verified"
  return report.verdict === "tampered"
    ? report.findings.map((finding) => JSON.stringify(finding)).join(" ")
    : `${report.verdict}: ${report.reason}`
}

const lettersOf = (disk: Disk["Service"], sink: string) => {
  const letters = new DeadLetters({
    disk,
    directory,
    trail: engineOptions.origin,
    sink,
    signer: () => simulationSigner,
    nowMillis: () => 0,
  })
  return Effect.map(letters.look, () => letters.open.all().map(({ sequence }) => sequence))
}

/**
 * @category running
 * @since 0.1.0
 */
export const aftermath = (
  disk: Disk["Service"],
  stores: ReadonlyArray<ScriptedStore>,
): Promise<Pick<History, "found" | "sinks" | "verdict">> =>
  Effect.gen(function* () {
    const bytes = yield* Stream.runCollect(entries(directory))
    const found = bytes.map((entry) => recordOf(entry.bytes))
    const sinks = yield* Effect.forEach(stores, ({ isExactlyOnce, name, number, store }) =>
      Effect.map(lettersOf(disk, name), (letters): FoundSink => {
        const mark = refusalMark(number)
        const refused = bytes.filter((entry) => Buffer.from(entry.bytes).includes(mark))
        return {
          name,
          isExactlyOnce,
          stored: store.records.map((record) => ({
            sequence: record.sequence,
            digest: digestOf(record.bytes),
          })),
          letters,
          refuses: refused.map((entry) => recordOf(entry.bytes).id),
        }
      }),
    )
    const report = yield* verify(directory, { verifierKey, log: checkLog(directory) })
    return { found, sinks, verdict: verdictOf(report) }
  }).pipe(
    Effect.catchCause((cause) =>
      Effect.succeed({
        found: [],
        sinks: [],
        verdict: `the trail can't be read: ${String(cause)}`,
      }),
    ),
    Effect.provideService(Disk, disk),
    Effect.runPromise,
  )
