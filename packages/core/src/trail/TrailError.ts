/**
 * Why a trail can't be opened or written.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * What lies on the disk contradicts itself or what was signed. Nothing was changed.
 *
 * @category errors
 * @since 0.1.0
 */
export class TrailDamaged extends Schema.TaggedError<TrailDamaged>(
  "@countersign/core/TrailDamaged",
)("TrailDamaged", {
  code: Schema.tag("AUD-3201"),
  isRetryable: Schema.tag(false),
  path: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.path}: ${this.detail}. Nothing was changed. Run \`countersign verify\` on it, keep a copy, and open a new trail`
  }
}

/**
 * Another process writes this trail.
 *
 * @category errors
 * @since 0.1.0
 */
export class TrailLocked extends Schema.TaggedError<TrailLocked>("@countersign/core/TrailLocked")(
  "TrailLocked",
  {
    code: Schema.tag("AUD-3202"),
    isRetryable: Schema.tag(true),
    path: Schema.String,
    holder: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: ${this.path}: the trail is being written by ${this.holder}. A trail has one writer: give this process a directory of its own. If that writer is gone for good (a container under another host name), empty its lease file; never delete it, since its number must not be given out again`
  }
}

/**
 * Another process took this trail over; what this one had not yet acknowledged is not in it.
 *
 * @category errors
 * @since 0.1.0
 */
export class TrailFenced extends Schema.TaggedError<TrailFenced>("@countersign/core/TrailFenced")(
  "TrailFenced",
  {
    code: Schema.tag("AUD-3203"),
    isRetryable: Schema.tag(false),
    path: Schema.String,
    fence: Schema.Number,
  },
) {
  override get message(): string {
    return `${this.code}: ${this.path}: another process took the trail over from fencing number ${this.fence}. This engine stops writing`
  }
}
