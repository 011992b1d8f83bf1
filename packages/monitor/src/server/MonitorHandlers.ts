/**
 * The answers to what viewers ask and want.
 *
 * @since 0.1.0
 */
import type { Audit } from "@countersign/core/Audit"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import { livePaths } from "@countersign/core/config/ConfigChange"
import { Disk } from "@countersign/core/platform/Disk"
import type { RecordInput } from "@countersign/core/Receipt"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import { MonitorRefused } from "../protocol/MonitorError.ts"
import {
  type Intent,
  MonitorRead,
  MonitorWrite,
  protocolVersion,
} from "../protocol/MonitorProtocol.ts"
import { provenEvent } from "./EventProof.ts"
import { configurationText, draftOf, writeConfiguration } from "./ConfigurationQuestions.ts"
import { findLetters, letterHistory, settleLetters } from "./DeadLetterQuestions.ts"
import { listFiles, readFileBytes } from "./FileQuestions.ts"
import * as Frames from "./Frames.ts"
import { askCopies } from "./SecondCopy.ts"
import { aboutOf, type MonitorSource, type RunningEngine } from "./MonitorSource.ts"
import type { Views } from "./MonitorViews.ts"
import { readBundles } from "./TrailBytes.ts"
import { entriesAt, find } from "./TrailFind.ts"
import { readKeys, readNewest } from "./TrailKeys.ts"
import { deadLetters, query, unreadable } from "./TrailQuestions.ts"
import { tail } from "./TrailTail.ts"
import { verifying } from "./Verification.ts"

const noEngine = new MonitorRefused({
  reason: "not-here",
  detail: "this server reads a trail's files; only the process that runs the engine can say",
})

/** Questions to the files that are answered at once, of all viewers: others wait for their turn. */
const questionsMax = 4
/** Parts of searches through whole trails, the same way. */
const findsMax = 2
/** Questions to other stores, the same way. */
const copiesMax = 2

const engineOf = (source: MonitorSource): Effect.Effect<RunningEngine, MonitorRefused> =>
  source.engine === undefined ? Effect.fail(noEngine) : Effect.succeed(source.engine)

/** Runs a stream while it holds the permit; refused at once where somebody else does. */
const alone = <A, R>(
  permit: Semaphore.Semaphore,
  stream: Stream.Stream<A, MonitorRefused, R>,
): Stream.Stream<A, MonitorRefused, R> =>
  Stream.unwrap(
    Effect.map(
      Effect.acquireRelease(permit.takeIfAvailable(1), (isTaken) =>
        isTaken ? permit.release(1) : Effect.void,
      ),
      (isTaken) =>
        isTaken
          ? stream
          : Stream.fail(
              new MonitorRefused({ reason: "busy", detail: "a verification is under way" }),
            ),
    ),
  )

/**
 * What every viewer may ask.
 *
 * @category layers
 * @since 0.1.0
 */
export const readLayer = (source: MonitorSource, isWritable: boolean) =>
  MonitorRead.toLayer(
    Effect.gen(function* () {
      const disk = yield* Disk
      const verification = yield* Semaphore.make(1)
      const questions = yield* Semaphore.make(questionsMax)
      const copying = yield* Semaphore.make(copiesMax)
      const finding = {
        permits: yield* Semaphore.make(findsMax),
        isResting: source.engine !== undefined,
      }
      const { directory } = source
      const reading = Effect.provideService(Disk, disk)
      const asked = <A>(answer: Effect.Effect<A, MonitorRefused, Disk>) =>
        questions.withPermit(reading(answer))
      // Beside an engine one thread is enough: its own work comes first.
      const options = source.engine === undefined ? {} : { workers: 1 }
      return MonitorRead.of({
        About: () =>
          source.origin.pipe(
            Effect.map((origin) => aboutOf(source, origin, isWritable, protocolVersion)),
            // A trail that can't be read is said by whoever reads it; who answers is no secret.
            Effect.orElseSucceed(() => aboutOf(source, "", isWritable, protocolVersion)),
            reading,
          ),
        Watch: () =>
          Stream.unwrap(Effect.map(engineOf(source), ({ frames }) => Frames.watch(frames))),
        History: ({ fromMillis = 0, toMillis = Infinity }) =>
          Stream.unwrap(
            Effect.map(engineOf(source), ({ frames }) =>
              Frames.replay(frames.between(fromMillis, toMillis)),
            ),
          ),
        Tail: (options) => Stream.provideService(tail(directory, options), Disk, disk),
        Query: (question) => asked(query(directory, question)),
        Find: (search) => Stream.provideService(find(directory, search, finding), Disk, disk),
        Entries: ({ sequences }) => asked(entriesAt(directory, sequences)),
        Event: (name) => asked(provenEvent(directory, name)),
        Verify: () =>
          alone(
            verification,
            Stream.provideService(verifying(directory, source.verifierKey(), options), Disk, disk),
          ),
        Checkpoint: ({ seen, size }) =>
          asked(Effect.mapError(readNewest(directory, seen, size), unreadable)),
        Keys: ({ after }) =>
          asked(Effect.mapError(readKeys(directory, source.verifierKey(), after), unreadable)),
        Bundles: (which) => asked(Effect.mapError(readBundles(directory, which), unreadable)),
        Copies: ({ sequence }) => askCopies(source.copies, sequence, copying),
        Files: () => asked(listFiles(source.files)),
        FileBytes: (range) => asked(readFileBytes(source.files, range)),
        DeadLetters: () => asked(deadLetters(directory)),
        Letters: ({ filter }) => asked(findLetters(directory, filter)),
        LetterHistory: (name) => asked(letterHistory(directory, name)),
        Configuration: () => Effect.map(engineOf(source), ({ configuration }) => configuration()),
        Alerts: () =>
          Effect.map(engineOf(source), ({ views }) => ({
            active: views.alerts(),
            past: views.pastAlerts(),
          })),
        AlertRules: () =>
          Effect.map(engineOf(source), ({ views }) => views.alertRules?.() ?? { rules: [] }),
      })
    }),
  )

/** The record of what a viewer wants: an attempt, and then its outcome. */
const intended = (
  act: string,
  { actor, reason }: Intent,
  data: Readonly<Record<string, string>> = {},
): Omit<RecordInput, "outcome"> => ({
  type: `countersign.monitor.${act}`,
  class: "compliance",
  actor: { id: actor, type: "user" },
  reason,
  data,
})

const unavailable = (error: { readonly message: string }): MonitorRefused =>
  error instanceof MonitorRefused
    ? error
    : new MonitorRefused({ reason: "unavailable", detail: error.message })

/**
 * Does something between the record of the attempt and that of its outcome. Where the second alone
 * fails, it says that it was done: asked again it would be done twice.
 */
const recordedAround =
  (audit: Pick<Audit["Service"], "around">, event: Omit<RecordInput, "outcome">) =>
  <A, E extends { readonly message: string }, R>(
    effect: Effect.Effect<A, E, R>,
  ): Effect.Effect<A, MonitorRefused, R> =>
    Effect.suspend(() => {
      let isDone = false
      return effect.pipe(
        Effect.tap(() =>
          Effect.sync(() => {
            isDone = true
          }),
        ),
        audit.around(event),
        Effect.mapError((error) =>
          isDone
            ? new MonitorRefused({
                reason: "unrecorded",
                detail: `it was done, and the record of its outcome failed: ${error.message}`,
              })
            : unavailable(error),
        ),
      )
    })

const acknowledged = Effect.fnUntraced(function* (
  { acknowledge }: Views,
  alert: string,
  { actor, reason }: Intent,
) {
  const taken =
    acknowledge === undefined
      ? undefined
      : yield* Effect.mapError(
          acknowledge(alert, actor, reason),
          ({ message }) => new MonitorRefused({ reason: "taken", detail: message }),
        )
  if (taken !== undefined) return taken
  return yield* new MonitorRefused({
    reason: "not-found",
    detail: `no alert ${alert} that can be taken`,
  })
})

const listLengthMax = 2000

const cut = (text: string): string =>
  text.length > listLengthMax ? `${text.slice(0, listLengthMax)}…` : text

/** `3, 5-9`: places for the record of a decision about them. */
const placesText = (places: ReadonlyArray<number>): string => {
  const runs: Array<[number, number]> = []
  for (const place of places) {
    const run = runs.at(-1)
    if (run !== undefined && run[1] + 1 === place) run[1] = place
    else runs.push([place, place])
  }
  return cut(runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", "))
}

/** One field as an input; `adjust` judges the value. */
const inputOf = (path: string, value: string | number | boolean): AuditConfigInput =>
  // Made of a path that the schema has; the compiler knows paths as texts alone.
  path
    .split(".")
    .reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as AuditConfigInput

/** The record of a look at the configuration's file, of which no viewer says who looks. */
const handedOut = (file: string): Omit<RecordInput, "outcome"> => ({
  type: "countersign.monitor.configuration-file",
  class: "compliance",
  actor: { id: "viewer", type: "anonymous" },
  data: { file },
})

/** Writes the file around the record of what is written. */
const configured = Effect.fnUntraced(function* (
  audit: Audit["Service"],
  configurationFile: string | undefined,
  directory: string,
  { intent, ...draft }: { intent: Intent; yaml: string; expectedHash: string },
) {
  const { expectedHash, hash, paths } = yield* draftOf(configurationFile, draft)
  return yield* writeConfiguration(audit, configurationFile, directory, draft).pipe(
    recordedAround(
      audit,
      intended("configuration", intent, {
        file: configurationFile ?? "",
        expectedHash,
        hash,
        paths: cut(paths.join(", ")),
      }),
    ),
  )
})

/**
 * What changes something. Nothing is done that was not recorded before.
 *
 * @category layers
 * @since 0.1.0
 */
export const writeLayer = (
  { audit, views }: RunningEngine,
  directory: string,
  configurationFile: string | undefined,
) =>
  MonitorWrite.toLayer(
    Effect.gen(function* () {
      const disk = yield* Disk
      const writing = yield* Semaphore.make(1)
      return MonitorWrite.of({
        Acknowledge: ({ alert, intent }) =>
          acknowledged(views, alert, intent).pipe(
            recordedAround(audit, intended("acknowledge", intent, { alert })),
          ),
        Publish: ({ intent }) =>
          audit.publish.pipe(recordedAround(audit, intended("publish", intent))),
        Reload: ({ intent }) =>
          audit.reload().pipe(recordedAround(audit, intended("reload", intent))),
        Configure: ({ intent, path, value }) =>
          livePaths.has(path)
            ? audit
                .adjust(inputOf(path, value), { by: intent.actor, reason: intent.reason })
                .pipe(
                  recordedAround(
                    audit,
                    intended("configure", intent, { path, value: String(value) }),
                  ),
                )
            : Effect.fail(
                new MonitorRefused({
                  reason: "invalid",
                  detail: `${path.slice(0, 64)} is no field that can change while the engine runs`,
                }),
              ),
        SettleLetters: (settling) =>
          settleLetters(audit, directory, settling, (decided, places) =>
            decided.pipe(
              recordedAround(
                audit,
                intended("letters", settling.intent, {
                  sink: settling.sink,
                  act: settling.act,
                  sequences: placesText(places),
                }),
              ),
            ),
          ).pipe(Effect.provideService(Disk, disk)),
        ConfigurationFile: () =>
          configurationText(configurationFile).pipe(
            Effect.provideService(Disk, disk),
            audit.around(handedOut(configurationFile ?? "")),
            Effect.mapError(unavailable),
          ),
        WriteConfiguration: (wanted) =>
          writing.withPermit(
            configured(audit, configurationFile, directory, wanted).pipe(
              Effect.provideService(Disk, disk),
            ),
          ),
      })
    }),
  )
