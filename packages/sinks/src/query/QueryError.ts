/**
 * Why a question got no answer.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The database gave no answer.
 *
 * - `timeout`: the statement took longer than it may.
 * - `unavailable`: no connection, or it broke.
 * - `refused`: the role has no right to it, or the tables are not there.
 * - `failed`: anything else, such as a row whose bytes are no JSON.
 *
 * @category errors
 * @since 0.1.0
 */
export class QueryFailed extends Schema.TaggedError<QueryFailed>("@countersign/sinks/QueryFailed")(
  "QueryFailed",
  {
    code: Schema.tag("AUD-4701"),
    reason: Schema.Literals(["timeout", "unavailable", "refused", "failed"]),
    /** In words of our own, with the SQLSTATE or the system's code: no address, no value of a row. */
    detail: Schema.String,
  },
) {
  get isRetryable(): boolean {
    return this.reason === "unavailable"
  }

  override get message(): string {
    const advice =
      this.reason === "timeout"
        ? ". Narrow the question by time, actor or type, or export it with a longer time limit"
        : ""
    return `${this.code}: the query got no answer (${this.reason}): ${this.detail}${advice}`
  }
}

/**
 * A filter, target or tenant that can't be asked of PostgreSQL. Nothing was searched.
 *
 * @category errors
 * @since 0.1.0
 */
export class FilterUnfit extends Schema.TaggedError<FilterUnfit>("@countersign/sinks/FilterUnfit")(
  "FilterUnfit",
  {
    code: Schema.tag("AUD-4702"),
    isRetryable: Schema.tag(false),
    /** The text that is concerned. */
    text: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: the query's text ${JSON.stringify(this.text)} holds U+0000 or half a surrogate pair, which no stored text has`
  }
}

/**
 * A query that asks for what can't be. Nothing was searched.
 *
 * @category errors
 * @since 0.1.0
 */
export class QueryInvalid extends Schema.TaggedError<QueryInvalid>(
  "@countersign/sinks/QueryInvalid",
)("QueryInvalid", {
  code: Schema.tag("AUD-4703"),
  isRetryable: Schema.tag(false),
  /** The part of the query that is concerned. */
  field: Schema.String,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the query's ${this.field} ${this.detail}`
  }
}

/**
 * A query as of a checkpoint that is not wholly in the database yet.
 *
 * @category errors
 * @since 0.1.0
 */
export class NotDelivered extends Schema.TaggedError<NotDelivered>(
  "@countersign/sinks/NotDelivered",
)("NotDelivered", {
  code: Schema.tag("AUD-4704"),
  isRetryable: Schema.tag(true),
  trail: Schema.String,
  /** Records that the query asks for. */
  asked: Schema.Number,
  /** Records that were delivered. */
  delivered: Schema.Number,
}) {
  override get message(): string {
    return `${this.code}: ${this.trail}: ${this.delivered} of the ${this.asked} records of this checkpoint have been delivered. Ask again when the sink has caught up`
  }
}
