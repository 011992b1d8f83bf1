/**
 * The end of a file whose records were given to threads.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * A thread that decodes records ended, or could not be started. Nothing of its batch was handed
 * on; what came before is whole.
 *
 * @category errors
 * @since 0.1.0
 */
export class WorkerFailed extends Schema.TaggedError<WorkerFailed>(
  "@countersign/copybook/WorkerFailed",
)("WorkerFailed", {
  code: Schema.tag("AUD-5060"),
  isRetryable: Schema.tag(true),
  /** The first record of the batch; −1 where no batch was under way. */
  firstRecord: Schema.Int,
  /** What the thread, or the system, said. */
  detail: Schema.String,
}) {
  override get message(): string {
    const where =
      this.firstRecord < 0
        ? "could not be started"
        : `ended in the batch that begins with record ${this.firstRecord}`
    return `${this.code}: a thread that decodes records ${where}: ${this.detail}; decode again, with fewer workers where memory is short`
  }
}
