/**
 * Has the newest checkpoint cosigned, at intervals and when the engine closes.
 *
 * It reads what was published and writes beside it: the publish stage never waits for a witness.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Semaphore from "effect/Semaphore"
import type { AuditEventInput } from "../event/AuditEvent.ts"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { Checkpoint, CheckpointMalformed } from "../trail/Checkpoint.ts"
import type { NoteMalformed } from "../trail/SignedNote.ts"
import { TrailDamaged } from "../trail/TrailError.ts"
import { readCheckpoint } from "../trail/TrailReader.ts"
import { readCosigned, withCosignatures, writeCosigned } from "../witness/CosignedCheckpoint.ts"
import {
  type AskOptions,
  askWitnesses,
  consistencyFrom,
  HistoryContradicted,
  isAhead,
  type Post,
  type WitnessRound,
  type WitnessSaid,
} from "../witness/WitnessClient.ts"
import {
  isQuorum,
  judge,
  parse,
  PolicyMalformed,
  policyBytesMax,
  targetsOf,
  type WitnessPolicy,
  type WitnessTarget,
} from "../witness/WitnessPolicy.ts"
import { periodicService } from "./PeriodicService.ts"
import type { RestartPolicy } from "./RestartPolicy.ts"
import type { Actor } from "./Supervisor.ts"
import * as SystemRecord from "./SystemRecord.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface CosignerOptions {
  readonly disk: Disk["Service"]
  /** The trail's directory. */
  readonly directory: string
  readonly policy: WitnessPolicy
  /** Read at each step, so a change holds from the next one on. */
  readonly options: () => { readonly intervalMillis: number; readonly timeoutMillis: number }
  /** `false`: another process has taken the trail over, and this one writes nothing more. */
  readonly isHeld: () => boolean
  /** Entries that are durable, of which a checkpoint may speak of fewer after a power failure. */
  readonly durableSize: () => number
  /** Publishes a checkpoint over what is durable. */
  readonly publish: Effect.Effect<void>
  /** Writes a record into the trail; `false` where there is no room now. */
  readonly record: (record: AuditEventInput) => boolean
  /** Default: over HTTP. */
  readonly post?: Post
}

/**
 * Reads an engine's policy: the witnesses in it that have a URL must be a quorum.
 *
 * - Errors: `PolicyMalformed`, `DiskError`.
 *
 * @category running
 * @since 0.1.0
 */
export const readPolicy = Effect.fnUntraced(function* (file: string) {
  const disk = yield* Disk
  const policy = yield* Effect.fromResult(parse(yield* disk.readRange(file, 0, policyBytesMax + 1)))
  const names = new Set(targetsOf(policy).map(({ name }) => name))
  if (isQuorum(policy, names)) return policy
  const detail = "its witnesses with a URL are no quorum, so no checkpoint could ever meet it"
  return yield* new PolicyMalformed({ line: 0, detail })
})

/**
 * The checkpoint that witnesses have cosigned, for the trail to be held against before anything is
 * written; `undefined` where there is none that counts.
 *
 * - Errors: `TrailDamaged` where the newest checkpoint does not continue it; `DiskError`.
 *
 * @category running
 * @since 0.1.0
 */
export const readWitnessed = Effect.fnUntraced(function* (
  directory: string,
  origin: string,
  policy: WitnessPolicy,
): Effect.fn.Return<Checkpoint | undefined, DiskError | TrailDamaged, Disk> {
  // What can't be read says nothing; the next round replaces it.
  const cosigned = yield* Effect.orElseSucceed(readCosigned(directory), () => undefined)
  if (cosigned === undefined || cosigned.checkpoint.origin !== origin) return undefined
  const now = yield* Clock.currentTimeMillis
  if (judge(policy, cosigned.note, now / 1000).by.length === 0) return undefined
  const { checkpoint } = cosigned
  const newest = yield* Effect.orElseSucceed(readCheckpoint(directory), () => undefined)
  if (newest === undefined || newest.checkpoint.size < checkpoint.size) return checkpoint
  const { size } = checkpoint
  const found = yield* consistencyFrom(directory, newest.checkpoint, size).pipe(
    // Tiles that a crash has cut are mended later, and witnesses asked.
    Effect.catchTag("TrailDamaged", () => Effect.succeed(undefined)),
  )
  if (found === undefined || Buffer.compare(found.oldRoot, checkpoint.root) === 0) return checkpoint
  const detail = `its first ${size} entries are not those that witnesses have cosigned (checkpoint.cosigned)`
  return yield* new TrailDamaged({ path: directory, detail })
})

/** How long the last attempt may take; a second for what is not waiting. */
const closingMillis = (timeoutMillis: number): number => timeoutMillis + 1000

/**
 * @category models
 * @since 0.1.0
 */
export class Cosigner {
  private readonly parts: CosignerOptions
  private readonly one = Semaphore.makeUnsafe(1)
  private readonly targets: ReadonlyArray<WitnessTarget>
  /** What the witnesses have probably seen last. */
  private seenSize: number | undefined
  /** The text that a quorum has cosigned. */
  private cosignedText = ""
  /** What was said of each witness last, so that it is said once. */
  private readonly told = new Map<string, string>()
  private alarms: Array<AuditEventInput> = []

  constructor(parts: CosignerOptions) {
    this.parts = parts
    this.targets = targetsOf(parts.policy)
  }

  /** The actor that asks: at once, so that a rollback is found at the start, and then at intervals. */
  actor(restart: RestartPolicy): Actor {
    const { options } = this.parts
    let isFirst = true
    const every = (): number => {
      const millis = isFirst ? 0 : options().intervalMillis
      isFirst = false
      return millis
    }
    return periodicService("witnesses", restart, every, this.step)
  }

  /** The last attempt, bounded: the trail is complete, and the next run asks again. */
  readonly close: Effect.Effect<void> = Effect.suspend(() =>
    Effect.ignore(Effect.timeout(this.step, closingMillis(this.parts.options().timeoutMillis)), {
      log: "Warn",
    }),
  )

  /** Asks about the newest checkpoint, unless a quorum has cosigned it already. */
  readonly step: Effect.Effect<void, DiskError | NoteMalformed | CheckpointMalformed> =
    Effect.suspend(() =>
      this.one.withPermit(Effect.provideService(this.round, Disk, this.parts.disk)),
    )

  private readonly round = Effect.gen({ self: this }, function* () {
    const { directory } = this.parts
    this.alarms = this.alarms.filter((alarm) => !this.parts.record(alarm))
    const newest = yield* readCheckpoint(directory)
    if (newest === undefined || newest.note.text === this.cosignedText) return
    this.seenSize ??= yield* startOf(directory)
    const round = yield* this.ask
    if (round === undefined) return
    for (const answer of round.answers) yield* this.tell(answer)
    const { by } = yield* this.keepIfMet(round)
    if (by.length > 0) this.seenSize = round.signed.checkpoint.size
  })

  private readonly ask = Effect.gen({ self: this }, function* () {
    const { directory, durableSize, options, post, publish } = this.parts
    const ask: AskOptions = {
      timeoutMillis: options().timeoutMillis,
      ...(post === undefined ? {} : { post }),
      heard: (soFar) => Effect.asVoid(this.keepIfMet(soFar)),
    }
    const asking = askWitnesses(directory, this.targets, ask, this.seenSize ?? 0)
    const round = yield* asking
    // After a power failure the log may hold what the checkpoint that was cosigned spoke of.
    if (round?.answers.some((answer) => isAhead(answer, durableSize())) !== true) return round
    yield* publish
    return yield* asking
  })

  /** Keeps what is cosigned so far, if a quorum has, without waiting for the others. */
  private readonly keepIfMet = Effect.fnUntraced({ self: this }, function* (round: WitnessRound) {
    const note = withCosignatures(
      round.signed.note,
      round.answers.flatMap((answer) => ("error" in answer ? [] : [answer.signature])),
    )
    const now = yield* Clock.currentTimeMillis
    const judged = judge(this.parts.policy, note, now / 1000)
    if (judged.isMet) yield* this.keep(round, note)
    return judged
  })

  private readonly keep = Effect.fnUntraced(
    { self: this },
    function* (round: WitnessRound, note: WitnessRound["signed"]["note"]) {
      const { directory, isHeld } = this.parts
      if (!isHeld()) return
      yield* writeCosigned(directory, note)
      this.cosignedText = round.signed.note.text
    },
  )

  /** Says what is wrong with a witness, or with the trail, once. */
  private tell(answer: WitnessSaid): Effect.Effect<void> {
    return Effect.suspend(() => {
      const { name } = answer
      if (!("error" in answer)) {
        this.told.delete(name)
        return Effect.void
      }
      const { error } = answer
      const isAlarm = error instanceof HistoryContradicted
      // The trail grows: only what the witness has seen tells one contradiction from another.
      const key = isAlarm ? `${error.kind} ${error.knownSize}` : error.message
      if (this.told.get(name) === key) return Effect.void
      this.told.set(name, key)
      if (!isAlarm) return Effect.logWarning(`countersign: ${error.message}`)
      const { kind, knownSize, size, url, witness } = error
      const alarm = SystemRecord.contradicted({ witness, url, kind, size, knownSize })
      if (!this.parts.record(alarm)) this.alarms.push(alarm)
      return Effect.logError(`countersign: ${error.message}`)
    })
  }
}

/** What was cosigned in an earlier run. */
const startOf = (directory: string): Effect.Effect<number, never, Disk> =>
  readCosigned(directory).pipe(
    Effect.map((cosigned) => cosigned?.checkpoint.size ?? 0),
    // Any size does: the witness answers with its own.
    Effect.orElseSucceed(() => 0),
  )
