/**
 * The refusal of rules, with every problem in it at once.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * One thing that is wrong with rules.
 *
 * @category schemas
 * @since 0.1.0
 */
export const RuleProblem = Schema.Struct({
  /** The file, or what else they are from. */
  source: Schema.String,
  /** Line in the file, from 1. */
  line: Schema.optionalKey(Schema.Int),
  /** Column in the line, from 1. */
  column: Schema.optionalKey(Schema.Int),
  /** Such as `rules[2].over`. Empty for the whole. */
  path: Schema.String,
  /** What is wrong, and what would be right. */
  detail: Schema.String,
})

/**
 * @category models
 * @since 0.1.0
 */
export type RuleProblem = typeof RuleProblem.Type

/**
 * A problem in one line.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatRuleProblem = ({ column, detail, line, path, source }: RuleProblem): string => {
  const place = [source, line, column].filter((part) => part !== undefined).join(":")
  return `${place}: ${path === "" ? "" : `${path}: `}${detail}`
}

/**
 * Rules of alerts that can't be used. Nothing was changed.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidAlertRules extends Schema.TaggedError<InvalidAlertRules>(
  "@countersign/monitor/InvalidAlertRules",
)("InvalidAlertRules", {
  code: Schema.tag("AUD-6201"),
  isRetryable: Schema.tag(false),
  problems: Schema.NonEmptyArray(RuleProblem),
}) {
  override get message(): string {
    return `${this.code}: the alert rules are refused:\n${this.problems.map((problem) => `  ${formatRuleProblem(problem)}`).join("\n")}`
  }
}
