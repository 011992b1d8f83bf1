/**
 * Records that a sink has refused: they are no rows, and nobody deleted them.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { noteOf } from "@countersign/core/engine/DeadLetter"
import { directoryOf } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

/**
 * Sequences that went to a sink's dead letters and were not taken since. A letter that somebody
 * dropped explains for good why there is no row.
 *
 * - Memory: one number a letter.
 *
 * @category running
 * @since 0.1.0
 */
export const readSetAside = Effect.fnUntraced(function* (directory: string, sink: string) {
  const disk = yield* Disk
  const letters = directoryOf(directory, sink)
  const buried = new Set<number>()
  const replayed = new Set<number>()
  if ((yield* disk.status(letters)) === undefined) return buried
  for (const name of yield* disk.list(letters)) {
    // Beside each trail lies the key that verifies it.
    if (name.endsWith(".vkey")) continue
    yield* Stream.runForEach(entries(path.join(letters, name)), ({ bytes }) =>
      Effect.sync(() => {
        const note = noteOf(bytes)
        if (note?.sequence === undefined) return
        if (note.act === "buried") buried.add(note.sequence)
        if (note.act === "replayed") replayed.add(note.sequence)
      }),
    )
  }
  return buried.difference(replayed)
})
