/**
 * Why a load is not put on anything.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A text or a document that is no profile of a load, and why.
 *
 * @category errors
 * @since 0.1.0
 */
export class LoadProfileInvalid extends Schema.TaggedError<LoadProfileInvalid>(
  "@countersign/monitor/LoadProfileInvalid",
)("LoadProfileInvalid", {
  code: Schema.tag("AUD-6401"),
  isRetryable: Schema.tag(false),
  /** The part that is wrong. */
  segment: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the load "${this.segment}" ${this.detail}`
  }
}

/**
 * A target that no load is put on: an address that is none, or one of another machine that nobody
 * has allowed.
 *
 * @category errors
 * @since 0.1.0
 */
export class LoadTargetRefused extends Schema.TaggedError<LoadTargetRefused>(
  "@countersign/monitor/LoadTargetRefused",
)("LoadTargetRefused", {
  code: Schema.tag("AUD-6402"),
  isRetryable: Schema.tag(false),
  target: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: no load is put on ${this.target}: ${this.detail}`
  }
}

/**
 * The target broke while it was under load. What was measured before says nothing any more.
 *
 * @category errors
 * @since 0.1.0
 */
export class LoadBroken extends Schema.TaggedError<LoadBroken>("@countersign/monitor/LoadBroken")(
  "LoadBroken",
  {
    code: Schema.tag("AUD-6403"),
    isRetryable: Schema.tag(false),
    sent: Schema.Number,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: the target broke after ${this.sent} starts: ${this.detail}`
  }
}
