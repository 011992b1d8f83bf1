/**
 * The refusal of a copybook whose items have no layout, with every finding at once.
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
 * The items of a copybook make no layout. Nothing was decoded or encoded.
 *
 * @category errors
 * @since 0.1.0
 */
export class LayoutInvalid extends Schema.TaggedError<LayoutInvalid>(
  "@countersign/copybook/LayoutInvalid",
)("LayoutInvalid", {
  code: Schema.tag("AUD-5010"),
  isRetryable: Schema.tag(false),
  /** Errors and warnings, in the order of the text. At least one is an error. */
  diagnostics: Schema.Array(Finding),
}) {
  override get message(): string {
    return `${this.code}: the copybook has no layout: ${this.findings}`
  }

  /** Each error in a line: code, place, what is wrong, what to do. */
  get findings(): string {
    return this.diagnostics
      .filter(({ severity }) => severity === "error")
      .map(
        ({ code, hint, message, span }) =>
          `${code} (line ${span.line}, column ${span.column}): ${message}. ${hint}`,
      )
      .join("\n")
  }
}
