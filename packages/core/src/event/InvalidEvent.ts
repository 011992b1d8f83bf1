/**
 * The refusal of an event that breaks the schema or a limit.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * An event was refused before anything was copied.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidEvent extends Schema.TaggedError<InvalidEvent>(
  "@countersign/core/InvalidEvent",
)("InvalidEvent", {
  code: Schema.tag("AUD-1001"),
  isRetryable: Schema.tag(false),
  /** Where in the event, such as `target[0].id`. Empty for the event itself. */
  path: Schema.String,
  /** What is wrong there. */
  problem: Schema.String,
  /** What would be right. */
  expected: Schema.String,
}) {
  override get message(): string {
    const where = this.path === "" ? "the event" : this.path
    return `${this.code}: ${where}: ${this.problem}; expected ${this.expected}`
  }
}

/**
 * How a refusal travels up from a nested value; each level adds its step of the path.
 *
 * Thrown, because a result object per nested value would cost every good event an allocation.
 *
 * @category errors
 * @since 0.1.0
 */
export class Refusal {
  readonly problem: string
  readonly expected: string
  path: string

  constructor(problem: string, expected: string, path = "") {
    this.problem = problem
    this.expected = expected
    this.path = path
  }

  /** The same refusal, seen from one level up. */
  within(step: string): Refusal {
    const isIndexed = this.path === "" || this.path.startsWith("[")
    this.path = isIndexed ? `${step}${this.path}` : `${step}.${this.path}`
    return this
  }

  toInvalidEvent(): InvalidEvent {
    return new InvalidEvent({ path: this.path, problem: this.problem, expected: this.expected })
  }
}
