/** A trail to look into: a hospital's yesterday, an engine that goes on, and one record changed. */
import { generateKeyPairSync } from "node:crypto"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import { type DeliveredBatch, type Sink, SinkError } from "@countersign/core/engine/Sink"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { dayMillis, hospitalOf, ordinaryDay } from "@countersign/monitor/detect/SyntheticHospital"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

const staff = 100
const seed = 7
const eventsMax = 3000
/** Entries of a bundle, which no longer changes once it is full. */
const bundleWidth = 256
const lengthBytes = 2

const demoYaml = `# What the hospital's engine reads when it begins, and when it is told to read again.
# The share of telemetry that is kept.
sampling:
  rate: 1
`

/** What was done to the trail behind the engine's back. */
export interface Tampered {
  readonly sequence: number
  readonly before: string
  readonly after: string
}

/** A place on the disk that is gone when the scope ends. */
export const demoDirectory = Effect.map(
  Effect.acquireRelease(
    Effect.promise(() => mkdtemp(path.join(tmpdir(), "countersign-demo-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true, force: true })),
  ),
  (made) => path.join(made, "hospital"),
)

/** A file beside the trail, which says little, for whoever tries how a configuration is changed. */
export const demoConfiguration = (directory: string) =>
  Effect.as(
    Effect.promise(() => writeFile(`${directory}.yaml`, demoYaml, { mode: 0o600 })),
    `${directory}.yaml`,
  )

/** Yesterday's work, in order. Machines talk much, so some of what they say may be sampled out. */
const plannedEvents = (nowMillis: number): ReadonlyArray<AuditEventInput> => {
  const midnight = Math.floor(nowMillis / dayMillis - 1) * dayMillis
  return ordinaryDay(hospitalOf(staff), midnight, seed)
    .filter(({ type }, index) => type !== "interface.message.receive" || index % 20 === 0)
    .toSorted((left, right) => left.atMillis - right.atMillis)
    .slice(0, eventsMax)
    .map(
      ({ actor, atMillis, members, type }, index) =>
        // What the hospital does are events, made as unknown members for detection's sake.
        ({
          type,
          actor,
          ...members,
          time: new Date(atMillis).toISOString(),
          ...(index % 97 === 41 ? { outcome: "denied", reason: "not on this ward" } : {}),
        }) as unknown as AuditEventInput,
    )
}

/** Takes what was done; what somebody only tried waits for a person to decide. */
const registerSink: Sink = {
  name: "register",
  position: () => Effect.succeed(undefined),
  deliver: ({ entries }: DeliveredBatch) =>
    entries.some((entry) => Buffer.from(entry).includes('"outcome":"denied"'))
      ? Effect.fail(
          new SinkError({
            sink: "register",
            reason: "rejected",
            detail: "the register takes no access that was denied",
          }),
        )
      : Effect.void,
  close: Effect.void,
}

const sinks: ReadonlyArray<Sink> = [
  {
    name: "archive",
    position: () => Effect.succeed(undefined),
    deliver: () => Effect.void,
    close: Effect.void,
  },
  registerSink,
]

const keyVariable = "COUNTERSIGN_DEMO_KEY"

/** An engine whose key is nowhere but in its memory; what the file says beside that counts. */
export const demoAudit = (directory: string, file: string) => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })
  return Audit.layer(
    {
      directory,
      origin: "countersign.example/hospital",
      signer: { kind: "environment", variable: keyVariable },
      sinks,
    },
    { env: { [keyVariable]: pem }, file },
  )
}

/** Records yesterday. Gives what goes on happening, a few times a second, until it is interrupted. */
export const playDemo = Effect.gen(function* () {
  const audit = yield* Audit
  const events = plannedEvents(yield* Clock.currentTimeMillis)
  for (const event of events) yield* audit.record(event)
  yield* audit.publish
  let next = 0
  const step = Effect.suspend(() => {
    const { time: _time, ...event } = events[next % events.length] ?? {
      type: "",
      actor: { id: "" },
    }
    next += 1
    // Yesterday's events have all that an event needs.
    return audit.record(event as AuditEventInput)
  })
  return step.pipe(Effect.ignore, Effect.repeat(Schedule.spaced("250 millis")))
})

/** Another actor of the same length: the file keeps its form, and nothing but the proof tells. */
const changed = (entry: string): string | undefined => {
  const [whole, job, number] = /"id":"(nurse|doctor)-(\d\d)"/.exec(entry) ?? []
  if (whole === undefined || !entry.includes('"patient.record.read"')) return undefined
  return entry.replace(whole, `"id":"${job}-${number === "21" ? "22" : "21"}"`)
}

/** Changes who read a patient's record, in a bundle that is full and so is never written again. */
export const tamper = async (directory: string): Promise<Tampered> => {
  const bundle = 4
  const file = path.join(directory, "tile/entries", String(bundle).padStart(3, "0"))
  const bytes = await readFile(file)
  for (let at = 0, index = 0; at < bytes.length; index += 1) {
    const start = at + lengthBytes
    const end = start + bytes.readUInt16BE(at)
    const before = bytes.toString("utf8", start, end)
    const after = index < bundleWidth / 4 ? undefined : changed(before)
    if (after !== undefined && after.length === before.length) {
      bytes.write(after, start, "utf8")
      await writeFile(file, bytes)
      return { sequence: bundle * bundleWidth + index, before, after }
    }
    at = end
  }
  throw new Error(`${file} has no record to change`)
}

/** Who it was, in a line of JSON. */
export const actorIn = (entry: string): string =>
  /"id":"((?:nurse|doctor)-\d+)"/.exec(entry)?.[1] ?? "somebody"
