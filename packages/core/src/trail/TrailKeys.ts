/**
 * The key that signs a trail, and how it gives way to the next one.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Disk, DiskError } from "../platform/Disk.ts"
import { type Signer, SignerError } from "../signer/Signer.ts"
import * as Checkpoint from "./Checkpoint.ts"
import * as Rotation from "./Rotation.ts"
import * as SignedNote from "./SignedNote.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface TrailKeysOptions {
  readonly disk: Disk["Service"]
  readonly directory: string
  readonly origin: string
  /** The key in force. */
  readonly signer: Signer["Service"]
  /** The rotation that brought it in; `undefined` where it is the first. */
  readonly newest: Rotation.Rotation | undefined
}

/** A key that shall follow with the next checkpoint. */
interface Plan {
  readonly next: Signer["Service"]
  /** The entry that announces it. */
  readonly sequence: number
  readonly atMillis: number
}

/** A note that both keys have signed, and that may lie on the disk already. */
interface Attempt {
  readonly plan: Plan
  readonly size: number
  readonly note: Uint8Array
}

/** A plan that was given up because its key did not sign. */
interface Refusal {
  readonly next: Signer["Service"]
  readonly detail: string
}

/** No note: nothing but this question can be asked with it. */
const challenge = "countersign: can this key sign?\n"

/**
 * The verifier key that belongs to a signer.
 *
 * @category constructors
 * @since 0.1.0
 */
export const verifierKeyOf = (
  origin: string,
  { publicKey }: Pick<Signer["Service"], "publicKey">,
): SignedNote.VerifierKey =>
  Result.getOrThrow(SignedNote.parseVerifierKey(SignedNote.formatVerifierKey(origin, publicKey)))

/**
 * Signs the checkpoints of one trail.
 *
 * @category models
 * @since 0.1.0
 */
export class TrailKeys {
  /** The key in force. */
  signer: Signer["Service"]
  key: SignedNote.VerifierKey
  /** Rotations so far. */
  rotations: number
  /** When the key in force was made, as far as the trail says. Milliseconds since 1970. */
  sinceMillis: number | undefined
  /** The size at which it began. */
  since: number
  private planned: Plan | undefined
  private attempt: Attempt | undefined
  private refused: Refusal | undefined
  private readonly options: TrailKeysOptions

  constructor(options: TrailKeysOptions) {
    const { newest, origin, signer } = options
    this.options = options
    this.signer = signer
    this.key = verifierKeyOf(origin, signer)
    this.rotations = newest?.number ?? 0
    this.since = newest?.checkpoint.size ?? 0
    this.sinceMillis = newest?.atMillis
  }

  /** Eight hexadecimal digits. */
  get keyId(): string {
    return this.key.keyId.toString(16).padStart(8, "0")
  }

  /** The verifier key, as `countersign key` prints it. */
  get verifierKey(): string {
    return SignedNote.formatVerifierKey(this.key.name, this.key.publicKey)
  }

  /** Lets the next checkpoint that covers an entry change the key. */
  plan(next: Signer["Service"], sequence: number, atMillis: number): void {
    this.planned = { next, sequence, atMillis }
    this.refused = undefined
  }

  /** Why a planned key did not come into force and will not, though it was its turn. */
  refusalOf(next: Signer["Service"]): string | undefined {
    return this.refused?.next === next ? this.refused.detail : undefined
  }

  /** What keeps a signer from being the next one: it fails, or signs with another key. */
  trial(next: Signer["Service"]): Effect.Effect<string | undefined> {
    const key = verifierKeyOf(this.options.origin, next)
    return Effect.match(this.signed(challenge, next), {
      onSuccess: (signature) =>
        SignedNote.verify({ text: challenge, signatures: [signature] }, key) === "valid"
          ? undefined
          : "it does not sign with the key that it says it has",
      onFailure: ({ message }) => message,
    })
  }

  /**
   * The signed checkpoint. Where a change of the key is due, the change is on the disk for good
   * before this returns.
   *
   * The caller sees to it that no two of these run at once, and that sizes never fall.
   */
  sign(size: number, root: Uint8Array): Effect.Effect<Uint8Array, SignerError | DiskError> {
    return Effect.suspend(() => {
      // What both have signed may lie there: it is that note or none, never another.
      if (this.attempt !== undefined) return this.resume(this.attempt, size, root)
      const { planned } = this
      return planned === undefined || size <= planned.sequence
        ? this.signAlone(size, root)
        : this.rotate(planned, size, root)
    })
  }

  private resume(
    attempt: Attempt,
    size: number,
    root: Uint8Array,
  ): Effect.Effect<Uint8Array, SignerError | DiskError> {
    return Effect.andThen(
      this.commit(attempt),
      Effect.suspend(() =>
        size === attempt.size ? Effect.succeed(attempt.note) : this.signAlone(size, root),
      ),
    )
  }

  private signAlone(size: number, root: Uint8Array): Effect.Effect<Uint8Array, SignerError> {
    const { origin } = this.options
    const extensions = this.rotations === 0 ? [] : [Rotation.formatSince(this.since)]
    const text = Checkpoint.format({ origin, size, root, extensions })
    return Effect.map(this.signed(text, this.signer), (signature) =>
      Buffer.from(SignedNote.format({ text, signatures: [signature] })),
    )
  }

  private signed(
    text: string,
    signer: Signer["Service"],
  ): Effect.Effect<SignedNote.NoteSignature, SignerError> {
    const { origin } = this.options
    return Effect.map(signer.sign(Buffer.from(text)), (bytes) => ({
      name: origin,
      keyId: SignedNote.keyIdOf(origin, signer.publicKey),
      bytes,
    }))
  }

  private rotate(
    plan: Plan,
    size: number,
    root: Uint8Array,
  ): Effect.Effect<Uint8Array, SignerError | DiskError> {
    const { origin } = this.options
    const line = Rotation.formatSuccession({
      number: this.rotations + 1,
      sequence: plan.sequence,
      atMillis: plan.atMillis,
      before: this.key,
      after: verifierKeyOf(origin, plan.next),
    })
    const text = Checkpoint.format({ origin, size, root, extensions: [line] })
    return Effect.gen({ self: this }, function* () {
      const before = yield* this.signed(text, this.signer)
      const after = yield* Effect.result(this.signed(text, plan.next))
      if (Result.isFailure(after)) {
        return yield* this.withdraw(plan, after.failure.message, size, root)
      }
      const signatures = [before, after.success]
      const note = Buffer.from(SignedNote.format({ text, signatures }))
      const problem = problemOf(note)
      if (problem === undefined) {
        const attempt = { plan, size, note }
        this.attempt = attempt
        return yield* Effect.as(this.commit(attempt), note)
      }
      if (SignedNote.verify({ text, signatures }, this.key) !== "valid") {
        return yield* new SignerError({ key: this.signer.key, isRetryable: false, detail: problem })
      }
      return yield* this.withdraw(plan, problem, size, root)
    })
  }

  /** No key that fails to sign once may keep the one in force from signing. */
  private withdraw(
    { next }: Plan,
    detail: string,
    size: number,
    root: Uint8Array,
  ): Effect.Effect<Uint8Array, SignerError> {
    return Effect.suspend(() => {
      this.planned = undefined
      this.refused = { next, detail }
      return this.signAlone(size, root)
    })
  }

  /** From here on the key after is in force, and signs alone. */
  private commit({ note, plan, size }: Attempt): Effect.Effect<void, DiskError> {
    const { directory, disk, origin } = this.options
    const rotations = path.join(directory, Rotation.rotationsDirectory)
    return disk.makeDirectory(rotations).pipe(
      Effect.andThen(disk.syncDirectory(directory)),
      Effect.andThen(disk.replaceFile(path.join(rotations, String(size)), [note])),
      Effect.map(() => {
        this.signer = plan.next
        this.key = verifierKeyOf(origin, plan.next)
        this.rotations += 1
        this.since = size
        this.sinceMillis = plan.atMillis
        this.planned = undefined
        this.attempt = undefined
      }),
    )
  }
}

/** What is wrong with a rotation note that is to decide who signs. */
const problemOf = (note: Uint8Array): string | undefined => {
  const parsed = Rotation.parse(note)
  return Result.isFailure(parsed)
    ? parsed.failure.message
    : Rotation.signatureProblem(parsed.success)
}
