/**
 * The refusal of a copybook, with every finding in it at once.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

const Finding = Schema.Struct({
  code: Schema.String,
  severity: Schema.Literals(["error", "warning"]),
  message: Schema.String,
  hint: Schema.String,
  span: Schema.Struct({
    line: Schema.Int,
    column: Schema.Int,
    offset: Schema.Int,
    length: Schema.Int,
    member: Schema.optionalKey(Schema.String),
  }),
})

/**
 * A finding in one line: place, code, what, and what to do.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatDiagnostic = ({ code, hint, message, severity, span }: typeof Finding.Type) =>
  `${span.member === undefined ? "" : `${span.member}:`}${span.line}:${span.column}: ${severity} ${code}: ${message}. ${hint}`

/**
 * A text that is no copybook: it has at least one error, and nothing was made of it.
 *
 * @category errors
 * @since 0.1.0
 */
export class CopybookInvalid extends Schema.TaggedError<CopybookInvalid>(
  "@countersign/copybook/CopybookInvalid",
)("CopybookInvalid", {
  code: Schema.tag("AUD-5001"),
  isRetryable: Schema.tag(false),
  /** Errors and warnings, in the order of the text. */
  diagnostics: Schema.NonEmptyArray(Finding),
}) {
  override get message(): string {
    return `${this.code}: the copybook is refused:\n${this.diagnostics.map((each) => `  ${formatDiagnostic(each)}`).join("\n")}`
  }
}
