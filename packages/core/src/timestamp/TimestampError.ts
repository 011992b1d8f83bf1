/**
 * What can be wrong with a timestamp, or with the way to one.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The authority can't be reached, answers too late, too much, or with another status than 200.
 *
 * @category errors
 * @since 0.1.0
 */
export class AuthorityUnavailable extends Schema.TaggedError<AuthorityUnavailable>(
  "@countersign/core/AuthorityUnavailable",
)("AuthorityUnavailable", {
  code: Schema.tag("AUD-3901"),
  isRetryable: Schema.tag(true),
  /** Without its query. */
  url: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: timestamp authority ${this.url}: ${this.detail}`
  }
}

/**
 * What a timestamp can fail at.
 *
 * - `form`: it is no timestamp response, or breaks the form that RFC 3161 asks for.
 * - `refusal`: the authority has refused, and said so.
 * - `imprint`: it is over other bytes.
 * - `nonce`: it answers another request.
 * - `signature`: the signature is not the authority's over what it says.
 * - `usage`: the certificate is not one for timestamps alone.
 * - `chain`: the trusted certificates do not vouch for the certificate at that time.
 * - `time`: it speaks of a time that has not come.
 *
 * @category models
 * @since 0.1.0
 */
export const TimestampFault = Schema.Literals([
  "form",
  "refusal",
  "imprint",
  "nonce",
  "signature",
  "usage",
  "chain",
  "time",
])

/**
 * A timestamp that proves nothing.
 *
 * @category errors
 * @since 0.1.0
 */
export class TimestampInvalid extends Schema.TaggedError<TimestampInvalid>(
  "@countersign/core/TimestampInvalid",
)("TimestampInvalid", {
  code: Schema.tag("AUD-3902"),
  isRetryable: Schema.tag(false),
  fault: TimestampFault,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the timestamp proves nothing (${this.fault}): ${this.detail}`
  }
}

/**
 * The packages that read timestamps are not installed.
 *
 * @category errors
 * @since 0.1.0
 */
export class TimestampsUnsupported extends Schema.TaggedError<TimestampsUnsupported>(
  "@countersign/core/TimestampsUnsupported",
)("TimestampsUnsupported", {
  code: Schema.tag("AUD-3903"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: timestamps need two packages more: npm install pkijs asn1js (${this.detail})`
  }
}

/**
 * The file with the certificates to trust has none, or what is in it is no certificate.
 *
 * @category errors
 * @since 0.1.0
 */
export class TrustAnchorsUnusable extends Schema.TaggedError<TrustAnchorsUnusable>(
  "@countersign/core/TrustAnchorsUnusable",
)("TrustAnchorsUnusable", {
  code: Schema.tag("AUD-3904"),
  isRetryable: Schema.tag(false),
  path: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.path}: ${this.detail}; certificates in PEM form are expected`
  }
}

/**
 * There is nothing to ask a timestamp for.
 *
 * @category errors
 * @since 0.1.0
 */
export class NothingToTimestamp extends Schema.TaggedError<NothingToTimestamp>(
  "@countersign/core/NothingToTimestamp",
)("NothingToTimestamp", {
  code: Schema.tag("AUD-3905"),
  isRetryable: Schema.tag(true),
  path: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.path}: the trail has no checkpoint yet, so there is nothing to timestamp`
  }
}
