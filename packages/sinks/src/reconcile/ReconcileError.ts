/**
 * Why rows could not be compared with their trail.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * Nothing was judged, or not to the end. What was repaired before stays repaired.
 *
 * @category errors
 * @since 0.1.0
 */
export class ReconcileFailed extends Schema.TaggedError<ReconcileFailed>(
  "@countersign/sinks/ReconcileFailed",
)("ReconcileFailed", {
  code: Schema.tag("AUD-4321"),
  /**
   * `database`: it can't be reached, or refused. `unknown-trail`: it holds none of this name.
   * `unsigned`: the trail has no checkpoint. `untrusted`: the trail did not verify, so nothing
   * is compared with it, nor restored from it. `row-security`: the role is not shown all rows.
   */
  reason: Schema.Literals(["database", "unknown-trail", "unsigned", "untrusted", "row-security"]),
  detail: Schema.String,
}) {
  get isRetryable(): boolean {
    return this.reason === "database"
  }

  override get message(): string {
    return `${this.code}: the rows could not be reconciled (${this.reason}): ${this.detail}`
  }
}
