/**
 * The refusal of a record's bytes.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const FaultShape = Schema.Struct({
  code: Schema.String,
  class: Schema.String,
  record: Schema.Int,
  path: Schema.String,
  offset: Schema.Int,
  fileOffset: Schema.Int,
  bytes: Schema.Uint8Array,
  message: Schema.String,
})

/**
 * A record's bytes hold faults that no policy allows. Its values were not used.
 *
 * @category errors
 * @since 0.1.0
 */
export class RecordInvalid extends Schema.TaggedError<RecordInvalid>(
  "@countersign/copybook/RecordInvalid",
)("RecordInvalid", {
  code: Schema.tag("AUD-5031"),
  isRetryable: Schema.tag(false),
  /** 0-based, in the file. */
  record: Schema.Int,
  faults: Schema.Array(FaultShape),
}) {
  override get message(): string {
    return `${this.code}: record ${this.record} can't be decoded: ${this.findings}`
  }

  /** The first faults, each with place and what to do. */
  get findings(): string {
    const shown = this.faults.slice(0, 5).map(({ message }) => message)
    const rest = this.faults.length - shown.length
    return rest > 0 ? `${shown.join("; ")}; and ${rest} more` : shown.join("; ")
  }
}
