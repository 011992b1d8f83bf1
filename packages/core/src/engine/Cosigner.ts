/**
 * Has the newest checkpoint cosigned, at intervals and when the engine closes.
 *
 * It reads what was published and writes beside it: the publish stage never waits for a witness.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Semaphore from "effect/Semaphore"
import type { AuditEventInput } from "../event/AuditEvent.ts"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { CheckpointMalformed } from "../trail/Checkpoint.ts"
import type { NoteMalformed } from "../trail/SignedNote.ts"
import { TrailDamaged } from "../trail/TrailError.ts"
import { readCheckpoint } from "../trail/TrailReader.ts"
import { readCosigned, withCosignatures, writeCosigned } from "../witness/CosignedCheckpoint.ts"
import {
  askWitnesses,
  HistoryContradicted,
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
 * Fails where the witnesses have cosigned more than was found on the disk.
 *
 * @param size entries that were found
 * @category running
 * @since 0.1.0
 */
export const refuseRolledBack = Effect.fnUntraced(function* (
  directory: string,
  policy: WitnessPolicy,
  size: number,
) {
  // What can't be read says nothing; the next round replaces it.
  const cosigned = yield* Effect.result(readCosigned(directory))
  if (Result.isFailure(cosigned) || cosigned.success === undefined) return
  const { checkpoint, note } = cosigned.success
  const now = yield* Clock.currentTimeMillis
  if (checkpoint.size <= size || judge(policy, note, now / 1000).by.length === 0) return
  const detail = `witnesses have cosigned ${checkpoint.size} entries (checkpoint.cosigned), and only ${size} are left`
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
    const { directory, options, policy, post } = this.parts
    this.alarms = this.alarms.filter((alarm) => !this.parts.record(alarm))
    const newest = yield* readCheckpoint(directory)
    if (newest === undefined || newest.note.text === this.cosignedText) return
    this.seenSize ??= yield* startOf(directory)
    const { timeoutMillis } = options()
    const ask = { timeoutMillis, ...(post === undefined ? {} : { post }) }
    const round = yield* askWitnesses(directory, this.targets, ask, this.seenSize)
    if (round === undefined) return
    for (const answer of round.answers) yield* this.tell(answer)
    const note = withCosignatures(
      round.signed.note,
      round.answers.flatMap((answer) => ("error" in answer ? [] : [answer.signature])),
    )
    const now = yield* Clock.currentTimeMillis
    const { by, isMet } = judge(policy, note, now / 1000)
    if (by.length > 0) this.seenSize = round.signed.checkpoint.size
    if (isMet) yield* this.keep(round, note)
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
