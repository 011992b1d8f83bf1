/**
 * Why a request to a monitor was not answered as asked.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A request that was refused, and why.
 *
 * - `invalid`: what was asked is malformed, such as a filter.
 * - `not-found`: there is no such thing.
 * - `taken`: somebody else has it already, and keeps it.
 * - `not-here`: this server can't: it has no engine, or reading is all it was started for.
 * - `unreadable`: the trail can't be read.
 * - `unavailable`: the engine did not do it.
 * - `unrecorded`: it was done, and its outcome could not be recorded; do not ask again.
 * - `busy`: too much is under way for this connection; ask again when something has ended.
 *
 * @category errors
 * @since 0.1.0
 */
export class MonitorRefused extends Schema.TaggedError<MonitorRefused>(
  "@countersign/monitor/MonitorRefused",
)("MonitorRefused", {
  code: Schema.tag("AUD-6601"),
  reason: Schema.Literals([
    "invalid",
    "not-found",
    "taken",
    "not-here",
    "unreadable",
    "unavailable",
    "unrecorded",
    "busy",
  ]),
  detail: Schema.String,
}) {
  get isRetryable(): boolean {
    return this.reason === "unavailable" || this.reason === "busy"
  }

  override get message(): string {
    return `${this.code}: ${this.detail}`
  }
}
