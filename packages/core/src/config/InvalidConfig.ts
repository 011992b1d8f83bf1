/**
 * The refusal of a configuration, with every problem in it at once.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * One thing that is wrong.
 *
 * @category models
 * @since 0.1.0
 */
export const ConfigProblem = Schema.Struct({
  /** Who said it. */
  source: Schema.Literals(["program", "environment", "file", "profile"]),
  /** The file, for `file`. */
  file: Schema.optionalKey(Schema.String),
  /** Line in the file, from 1. */
  line: Schema.optionalKey(Schema.Int),
  /** Column in the line, from 1. */
  column: Schema.optionalKey(Schema.Int),
  /** The variable, for `environment`. */
  variable: Schema.optionalKey(Schema.String),
  /** Where in the configuration, such as `sampling.rate`. Empty for the whole. */
  path: Schema.String,
  /** What is there. */
  actual: Schema.String,
  /** What would be right. */
  expected: Schema.String,
  /** What to do, where that is known. */
  hint: Schema.optionalKey(Schema.String),
})

/**
 * @category models
 * @since 0.1.0
 */
export type ConfigProblem = typeof ConfigProblem.Type

const placeOf = (problem: ConfigProblem): string => {
  const { column, file, line, variable } = problem
  const at = [file, line, column].filter((part) => part !== undefined).join(":")
  const places = [at, variable, problem.path].filter((part) => part !== undefined && part !== "")
  return places.length === 0 ? "the configuration" : places.join(": ")
}

/**
 * A problem in one line: place, what is there, what would be right.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatProblem = (problem: ConfigProblem): string =>
  `${placeOf(problem)}: ${problem.actual}; expected ${problem.expected}${problem.hint === undefined ? "" : `; ${problem.hint}`}`

/**
 * A configuration that can't be used. The engine did not start, or goes on with the old one.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidConfig extends Schema.TaggedError<InvalidConfig>(
  "@countersign/core/InvalidConfig",
)("InvalidConfig", {
  code: Schema.tag("AUD-5201"),
  isRetryable: Schema.tag(false),
  problems: Schema.NonEmptyArray(ConfigProblem),
}) {
  override get message(): string {
    return `${this.code}: the configuration is refused:\n${this.problems.map((problem) => `  ${formatProblem(problem)}`).join("\n")}`
  }
}
