import * as Schema from "effect/Schema"

/** A line that is no record. */
export class LineRefused extends Schema.TaggedError<LineRefused>("@countersign/cli/LineRefused")(
  "LineRefused",
  {
    code: Schema.tag("AUD-6111"),
    isRetryable: Schema.tag(false),
    /** Counted from 1. */
    line: Schema.Int,
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: line ${this.line} was not encoded: ${this.detail}`
  }
}
