/**
 * Why a key in a PKCS#11 token can't be used.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The shared library of the token's maker, or what calls it, can't be loaded.
 *
 * @category errors
 * @since 0.1.0
 */
export class Pkcs11ModuleUnusable extends Schema.TaggedError<Pkcs11ModuleUnusable>(
  "@countersign/core/Pkcs11ModuleUnusable",
)("Pkcs11ModuleUnusable", {
  code: Schema.tag("AUD-3801"),
  isRetryable: Schema.tag(false),
  /** The path as it was configured. */
  module: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: PKCS#11 module ${this.module}: ${this.detail}`
  }
}

/**
 * No token, or more than one, has the label.
 *
 * @category errors
 * @since 0.1.0
 */
export class TokenNotFound extends Schema.TaggedError<TokenNotFound>(
  "@countersign/core/TokenNotFound",
)("TokenNotFound", {
  code: Schema.tag("AUD-3802"),
  isRetryable: Schema.tag(true),
  token: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: token "${this.token}": ${this.detail}`
  }
}

/**
 * There is no PIN to be had, the token refuses it, or a refusal would lock the token.
 *
 * @category errors
 * @since 0.1.0
 */
export class PinRefused extends Schema.TaggedError<PinRefused>("@countersign/core/PinRefused")(
  "PinRefused",
  {
    code: Schema.tag("AUD-3803"),
    isRetryable: Schema.tag(false),
    token: Schema.String,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: token "${this.token}": ${this.detail}. It is not tried again: a token locks itself after a few wrong PINs`
  }
}

/**
 * The token has no such key, more than one, or one that is no Ed25519 key.
 *
 * @category errors
 * @since 0.1.0
 */
export class TokenKeyUnfit extends Schema.TaggedError<TokenKeyUnfit>(
  "@countersign/core/TokenKeyUnfit",
)("TokenKeyUnfit", {
  code: Schema.tag("AUD-3804"),
  isRetryable: Schema.tag(false),
  token: Schema.String,
  key: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: key "${this.key}" in token "${this.token}": ${this.detail}`
  }
}

/**
 * A call failed, so the session is given up; the next signature opens another.
 *
 * @category errors
 * @since 0.1.0
 */
export class TokenSessionLost extends Schema.TaggedError<TokenSessionLost>(
  "@countersign/core/TokenSessionLost",
)("TokenSessionLost", {
  code: Schema.tag("AUD-3805"),
  isRetryable: Schema.tag(true),
  token: Schema.String,
  /** The function of PKCS#11, such as `C_Sign`. */
  call: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: token "${this.token}": ${this.call}: ${this.detail}. Look whether the token is there; the next signature opens a new session`
  }
}

/**
 * @category errors
 * @since 0.1.0
 */
export type Pkcs11Error =
  | Pkcs11ModuleUnusable
  | TokenNotFound
  | PinRefused
  | TokenKeyUnfit
  | TokenSessionLost
