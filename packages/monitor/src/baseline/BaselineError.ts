/**
 * Why a baseline is of no use.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A file that is no baseline, or one that contradicts itself.
 *
 * @category errors
 * @since 0.1.0
 */
export class BaselineMalformed extends Schema.TaggedError<BaselineMalformed>(
  "@countersign/monitor/BaselineMalformed",
)("BaselineMalformed", {
  code: Schema.tag("AUD-6121"),
  isRetryable: Schema.tag(false),
  path: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.path} is no baseline: ${this.detail}`
  }
}

/**
 * Figures of another machine: a comparison would say nothing about the program.
 *
 * @category errors
 * @since 0.1.0
 */
export class MachineDiffers extends Schema.TaggedError<MachineDiffers>(
  "@countersign/monitor/MachineDiffers",
)("MachineDiffers", {
  code: Schema.tag("AUD-6122"),
  isRetryable: Schema.tag(false),
  path: Schema.String,
  differences: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return `${this.code}: ${this.path} is of another machine (${this.differences.join("; ")}). Record a baseline for this one in a file of its own, or compare two programs in turns with countersign baseline pair`
  }
}
