/**
 * Which of some events are in a trail already.
 *
 * @since 0.1.0
 */
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

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
