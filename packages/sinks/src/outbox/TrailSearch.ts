/**
 * Which of some events are in a trail already, and whether it is the engine's trail that is asked.
 *
 * @since 0.1.0
 */
import { parseVerifierKey, verify } from "@countersign/core/trail/SignedNote"
import { entries, readCheckpoint } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/**
 * The directory does not hold the trail that the engine writes, so a search of it proves nothing.
 *
 * @category errors
 * @since 0.1.0
 */
export class OutboxTrailMismatch extends Schema.TaggedError<OutboxTrailMismatch>(
  "@countersign/sinks/OutboxTrailMismatch",
)("OutboxTrailMismatch", {
  code: Schema.tag("AUD-4803"),
  isRetryable: Schema.tag(false),
  directory: Schema.String,
  /** What is there. */
  problem: Schema.String,
  /** What the engine has just signed. */
  expected: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.directory} ${this.problem}; expected ${this.expected}. Nothing is drained: give the drainer the directory that the engine has, best as an absolute path`
  }
}

/**
 * What an engine has signed.
 *
 * @category models
 * @since 0.1.0
 */
export interface SignedTrail {
  readonly origin: string
  /** Of the key that signed. */
  readonly verifierKey: string
  readonly size: number
}

/**
 * Makes sure that a directory holds what an engine has signed: its name, its key, and at least as
 * many entries.
 *
 * - Errors: `OutboxTrailMismatch`, also where the directory or its checkpoint is missing.
 *
 * @category running
 * @since 0.1.0
 */
export const requireTrail = Effect.fnUntraced(function* (directory: string, trail: SignedTrail) {
  const signed = yield* readCheckpoint(directory)
  const problem = ((): string | undefined => {
    if (signed === undefined) return "holds no checkpoint"
    const { checkpoint, note } = signed
    if (checkpoint.origin !== trail.origin) return `holds the trail ${checkpoint.origin}`
    if (checkpoint.size < trail.size) return `holds ${checkpoint.size} entries of it`
    const key = parseVerifierKey(trail.verifierKey)
    return Result.isSuccess(key) && verify(note, key.success) === "valid"
      ? undefined
      : "holds a trail of that name which another key signed"
  })()
  if (problem === undefined) return
  const expected = `the trail ${trail.origin} with at least ${trail.size} entries, signed by ${trail.verifierKey}`
  return yield* new OutboxTrailMismatch({ directory, problem, expected })
})

/**
 * The ids that published entries have, out of `ids`, from a sequence on.
 *
 * - Cost: reads from `from` to the end of the trail. - Memory: one bundle.
 *
 * @category running
 * @since 0.1.0
 */
export const findIds = Effect.fnUntraced(function* (
  directory: string,
  from: number,
  ids: ReadonlySet<string>,
) {
  const found = new Set<string>()
  yield* entries(directory, { from }).pipe(
    Stream.runForEach(({ bytes }) =>
      Effect.sync(() => {
        const { id } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { readonly id: string }
        if (ids.has(id)) found.add(id)
      }),
    ),
  )
  return found
})
