/**
 * The refusal of a record's values.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { type EncodeFaultCode, encodeFaults } from "../field/FaultCode.ts"

/**
 * One value that its field can't hold.
 *
 * @category models
 * @since 0.1.0
 */
export const EncodeFault = Schema.Struct({
  /** Stable, such as `CPY-5002`; the table is in `FaultCode`. */
  code: Schema.String,
  /** With indexes: `ORDER.LINES[2].PRICE`. */
  path: Schema.String,
  /** Where the field lies in the record. Units: bytes. */
  offset: Schema.Int,
  message: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type EncodeFault = typeof EncodeFault.Type

/**
 * @category constructors
 * @since 0.1.0
 */
export const encodeFault = (code: EncodeFaultCode, path: string, offset: number): EncodeFault => {
  const { hint, summary } = encodeFaults[code]
  return { code, path, offset, message: `${code}: ${path}: ${summary}; ${hint}` }
}

/**
 * A record's values have no place in its layout. No bytes were made.
 *
 * @category errors
 * @since 0.1.0
 */
export class RecordUnencodable extends Schema.TaggedError<RecordUnencodable>(
  "@countersign/copybook/RecordUnencodable",
)("RecordUnencodable", {
  code: Schema.tag("AUD-5032"),
  isRetryable: Schema.tag(false),
  layout: Schema.String,
  faults: Schema.Array(EncodeFault),
}) {
  override get message(): string {
    return `${this.code}: a record of ${this.layout} can't be encoded: ${this.findings}`
  }

  /** The first faults, each with place and what to do. */
  get findings(): string {
    const shown = this.faults.slice(0, 5).map(({ message }) => message)
    const rest = this.faults.length - shown.length
    return rest > 0 ? `${shown.join("; ")}; and ${rest} more` : shown.join("; ")
  }
}
