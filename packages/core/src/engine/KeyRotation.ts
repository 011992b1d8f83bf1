/**
 * Changes the key of a running engine, at an operator's word or with the day.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Semaphore from "effect/Semaphore"
import type { AuditEventInput } from "../event/AuditEvent.ts"
import { Disk, type DiskError } from "../platform/Disk.ts"
import type { Signer, SignerError } from "../signer/Signer.ts"
import { type OpenTrail, publishVerifierKey } from "../trail/OpenTrail.ts"
import { isSameKey, nameOfKey } from "../trail/Rotation.ts"
import { readRotations } from "../trail/RotationFiles.ts"
import { formatVerifierKey } from "../trail/SignedNote.ts"
import type { TrailFenced } from "../trail/TrailError.ts"
import { type TrailKeys, verifierKeyOf } from "../trail/TrailKeys.ts"
import { AuditUnavailable } from "./AuditError.ts"
import type { EngineOptions } from "./EngineOptions.ts"
import * as SystemRecord from "./SystemRecord.ts"

/**
 * A key that can't follow the one in force. Nothing was changed.
 *
 * @category errors
 * @since 0.1.0
 */
export class KeyRotationRefused extends Schema.TaggedError<KeyRotationRefused>(
  "@countersign/core/KeyRotationRefused",
)("KeyRotationRefused", {
  code: Schema.tag("AUD-3703"),
  isRetryable: Schema.tag(false),
  directory: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.directory}: the key was not changed: ${this.detail}`
  }
}

/**
 * A change of the key that is done.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeyRotated {
  /** Counted from 1, over the rotations of the trail. */
  readonly number: number
  /** The size that both keys have signed. */
  readonly size: number
  /** The verifier keys of both. */
  readonly before: string
  readonly after: string
}

/**
 * Why a key was not changed, or not yet.
 *
 * @category errors
 * @since 0.1.0
 */
export type RotateError =
  | AuditUnavailable
  | DiskError
  | KeyRotationRefused
  | SignerError
  | TrailFenced

/**
 * @category models
 * @since 0.1.0
 */
export interface KeyRotationOptions {
  readonly disk: Disk["Service"]
  readonly trail: Pick<OpenTrail, "keys" | "recovered">
  readonly engine: Pick<EngineOptions, "directory" | "origin" | "signer">
  /** Writes a record and resolves with its place when it is durable. */
  readonly recordSystem: (record: AuditEventInput) => Effect.Effect<number, AuditUnavailable>
  /** Resolves when a checkpoint over so many entries is published. */
  readonly publish: (
    size: number,
  ) => Effect.Effect<unknown, AuditUnavailable | DiskError | SignerError | TrailFenced>
  readonly nowMillis: () => number
}

/** What shall follow, from the record that announces it to the end of the key before. */
interface Change {
  readonly next: Signer["Service"]
  readonly sequence: number
  readonly before: string
}

const dayMillis = 86_400_000
const closeMillis = 5000

const closing = new AuditUnavailable({
  state: "closing",
  recorded: "no",
  detail: "its key is not changed any more",
})

/**
 * @category models
 * @since 0.1.0
 */
export class KeyRotation {
  private readonly options: KeyRotationOptions
  private readonly keys: TrailKeys
  private readonly directory: string
  private readonly origin: string
  private readonly one = Semaphore.makeUnsafe(1)
  private readonly openedMillis: number
  /** A change that is announced and not done, as after a full disk. */
  private change: Change | undefined
  private isClosed = false

  constructor(options: KeyRotationOptions) {
    this.options = options
    this.keys = options.trail.keys
    this.directory = options.engine.directory
    this.origin = options.engine.origin
    this.openedMillis = options.nowMillis()
  }

  /**
   * Brings another key into force. A change that an earlier call began is ended instead.
   *
   * - Errors: `KeyRotationRefused` where the key in force stays. After any other one the change
   *   may still come with a later checkpoint, or with the next opening.
   *
   * @param next a private key as PKCS #8 PEM text, for a key that lies in a file; default: one is
   *   made. A signer, for a key that lies elsewhere
   */
  rotate(next?: string | Signer["Service"]): Effect.Effect<KeyRotated, RotateError> {
    return this.one.withPermit(
      Effect.gen({ self: this }, function* () {
        // The lease is gone, or about to go: what lies at the key's place is another writer's.
        if (this.isClosed) return yield* closing
        this.change ??= yield* this.announce(yield* this.prepare(next))
        const { change } = this
        yield* this.options.publish(change.sequence + 1)
        const refusal = this.keys.refusalOf(change.next)
        return refusal === undefined
          ? yield* this.conclude(change.before)
          : yield* this.abandon(change.next, refusal)
      }),
    )
  }

  /** Ends what was begun, and changes a key of another day. */
  readonly step: Effect.Effect<void, DiskError | SignerError | TrailFenced> = Effect.suspend(() => {
    if (this.change === undefined && !this.isDue) return Effect.void
    return Effect.catchTags(Effect.asVoid(this.rotate()), {
      // The engine is being closed, or has failed and says so itself.
      AuditUnavailable: () => Effect.void,
      KeyRotationRefused: (error) => Effect.logError("countersign: key", error),
    })
  })

  /**
   * For the end: a change that a last checkpoint has brought is concluded, after one that is under
   * way and before another can begin. A disk that does not answer is not waited for: the next
   * opening settles the key.
   */
  readonly close: Effect.Effect<void, DiskError> = Effect.suspend(() => {
    this.isClosed = true
    return this.one.withPermit(
      Effect.suspend(() =>
        this.change !== undefined && this.change.next === this.keys.signer
          ? Effect.asVoid(this.settle)
          : Effect.void,
      ),
    )
  }).pipe(Effect.timeoutOption(closeMillis), Effect.asVoid)

  private get isDue(): boolean {
    const { engine, nowMillis, trail } = this.options
    if (engine.signer.epoch === "none") return false
    const isNewTrail = trail.recovered.nextSequence === 0
    const since = this.keys.sinceMillis ?? (isNewTrail ? this.openedMillis : undefined)
    const dayOf = (millis: number): number => Math.floor(millis / dayMillis)
    // A clock that was set back must not keep a key for a year.
    return since === undefined || dayOf(nowMillis()) !== dayOf(since)
  }

  private prepare(next: string | Signer["Service"] | undefined) {
    return Effect.gen({ self: this }, function* () {
      const { directory, keys, origin } = this
      const { place } = keys.signer
      const isGiven = typeof next === "object"
      if (isGiven === (place !== undefined)) {
        return yield* this.refuse(
          isGiven
            ? "its key lies in a file: give the next one as PEM text, or let it be made"
            : "its key lies outside of files: give the signer of the next one",
        )
      }
      const signer = isGiven ? next : place === undefined ? undefined : yield* place.prepare(next)
      if (signer === undefined) return yield* this.refuse("there is no key to follow")
      const key = verifierKeyOf(origin, signer)
      const { rotations } = yield* readRotations(directory).pipe(
        Effect.provideService(Disk, this.options.disk),
      )
      const used = [keys.key, ...rotations.flatMap(({ after, before }) => [before, after])]
      const problem = used.some((other) => isSameKey(other, key))
        ? `${nameOfKey(key)} has signed this trail before; make a new one`
        : yield* keys.trial(signer)
      if (problem === undefined) return signer
      if (place !== undefined) yield* place.discard
      return yield* this.refuse(problem)
    })
  }

  private announce(next: Signer["Service"]): Effect.Effect<Change, AuditUnavailable> {
    const { keys, origin } = this
    const { nowMillis, recordSystem } = this.options
    const before = keys.verifierKey
    const { name, publicKey } = verifierKeyOf(origin, next)
    const after = formatVerifierKey(name, publicKey)
    const record = SystemRecord.keyRotating({ number: keys.rotations + 1, before, after })
    return Effect.map(recordSystem(record), (sequence) => {
      keys.plan(next, sequence, nowMillis())
      return { next, sequence, before }
    })
  }

  /** The key that was announced refused to sign: the one in force goes on. */
  private abandon(next: Signer["Service"], detail: string) {
    return Effect.gen({ self: this }, function* () {
      const { keys, origin } = this
      this.change = undefined
      const after = nameOfKey(verifierKeyOf(origin, next))
      yield* Effect.ignore(this.options.recordSystem(SystemRecord.keyAbandoned(after)))
      if (keys.signer.place !== undefined) yield* keys.signer.place.discard
      return yield* this.refuse(detail)
    })
  }

  private conclude(before: string) {
    return Effect.gen({ self: this }, function* () {
      const { keys } = this
      const { recordSystem } = this.options
      yield* this.settle
      const { rotations: number, since: size, verifierKey: after } = keys
      // It says nothing that the note does not: without it the change holds all the same.
      yield* Effect.ignore(recordSystem(SystemRecord.keyRotated({ number, size, after })))
      const rotated: KeyRotated = { number, size, before, after }
      return rotated
    })
  }

  private readonly settle = Effect.suspend(() => {
    const { directory, keys } = this
    const { disk } = this.options
    return publishVerifierKey(directory, keys.verifierKey).pipe(
      Effect.provideService(Disk, disk),
      Effect.andThen(keys.signer.place?.promote(keys.signer.publicKey) ?? Effect.void),
      Effect.andThen(
        Effect.sync(() => {
          this.change = undefined
        }),
      ),
    )
  })

  private refuse(detail: string): KeyRotationRefused {
    return new KeyRotationRefused({ directory: this.directory, detail })
  }
}
