/**
 * Records that a sink has refused: they are no rows, and nobody deleted them.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import { type LetterNote, noteOf } from "@countersign/core/engine/DeadLetter"
import { directoryOf } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

const isSettling = ({ act }: LetterNote): boolean => act === "buried" || act === "replayed"

/**
 * Sequences that went to a sink's dead letters and were not taken since. A letter that somebody
 * dropped explains for good why there is no row.
 *
 * - Memory: what was noted when a letter was buried or replayed.
 *
 * @category running
 * @since 0.1.0
 */
export const readSetAside = Effect.fnUntraced(function* (directory: string, sink: string) {
  const disk = yield* Disk
  const letters = directoryOf(directory, sink)
  const setAside = new Set<number>()
  if ((yield* disk.status(letters)) === undefined) return setAside
  const notes: Array<ReadonlyArray<LetterNote>> = []
  for (const name of yield* disk.list(letters)) {
    // Beside each trail lies the key that verifies it.
    if (name.endsWith(".vkey")) continue
    const found: Array<LetterNote> = []
    yield* Stream.runForEach(entries(path.join(letters, name)), ({ bytes }) =>
      Effect.sync(() => {
        const note = noteOf(bytes)
        if (note !== undefined && isSettling(note)) found.push(note)
      }),
    )
    notes.push(found)
  }
  // One key follows the other, and so do their notes: the last one of a record says where it is.
  const beginOf = ([note]: ReadonlyArray<LetterNote>): string => note?.time ?? ""
  for (const { act, sequence } of notes
    .toSorted((a, b) => (beginOf(a) < beginOf(b) ? -1 : 1))
    .flat()) {
    if (sequence === undefined) continue
    if (act === "buried") setAside.add(sequence)
    else setAside.delete(sequence)
  }
  return setAside
})
