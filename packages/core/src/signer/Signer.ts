/**
 * Who signs checkpoints.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { DiskError } from "../platform/Disk.ts"

/**
 * A key that can't be read, is not what it should be, or refuses to sign.
 *
 * @category errors
 * @since 0.1.0
 */
export class SignerError extends Schema.TaggedError<SignerError>("@countersign/core/SignerError")(
  "SignerError",
  {
    code: Schema.tag("AUD-3301"),
    isRetryable: Schema.Boolean,
    /** A path or the name of a variable; never the key. */
    key: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: signing key ${this.key}: ${this.detail}`
  }
}

/**
 * Signs with one Ed25519 key.
 *
 * @category services
 * @since 0.1.0
 */
export class Signer extends Context.Service<
  Signer,
  {
    readonly algorithm: "ed25519"
    /** The raw public key. Shape: 32 bytes. */
    readonly publicKey: Uint8Array
    /** Where the key is, for people: a path, a variable's name. Never the key. */
    readonly key: string
    /** `true`: the key was made just now, for development. */
    readonly isNew: boolean
    /** The signature over the bytes. Shape: 64 bytes. */
    readonly sign: (bytes: Uint8Array) => Effect.Effect<Uint8Array, SignerError>
    /** Where the key lies with room for the one after it. Absent: another key comes from outside. */
    readonly place?: KeyPlace
  }
>()("@countersign/core/signer/Signer") {}

/**
 * A place for the key in force and for the one that follows it.
 *
 * @category models
 * @since 0.1.0
 */
export interface KeyPlace {
  /** What lies there now. `current` is absent once it was destroyed for `next`. */
  readonly read: Effect.Effect<
    {
      readonly current: Signer["Service"] | undefined
      readonly next: Signer["Service"] | undefined
    },
    SignerError | DiskError
  >
  /** Makes a key that can follow, or takes this one; in place of one that never did; durable. */
  readonly prepare: (pem?: string) => Effect.Effect<Signer["Service"], SignerError | DiskError>
  /**
   * Puts the next key in its place, where it is the one in force, and destroys the key that was
   * there. Never touches the key in force; can be done again, and by two at once.
   *
   * @param inForce the raw public key
   */
  readonly promote: (inForce: Uint8Array) => Effect.Effect<void, DiskError>
  /** Destroys the next key. Can be done again. */
  readonly discard: Effect.Effect<void, DiskError>
}
