/**
 * Records that a sink has refused: they are no rows, and nobody deleted them.
 *
 * @since 0.1.0
 */
import { fileOf } from "@countersign/core/engine/DeadLetters"
import { Disk } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"

/**
 * Sequences of a trail that went to a sink's dead letters.
 *
 * - Memory: one number a letter, and the file once.
 *
 * @category running
 * @since 0.1.0
 */
export const readSetAside = Effect.fnUntraced(function* (
  directory: string,
  sink: string,
  origin: string,
) {
  const disk = yield* Disk
  const file = fileOf(directory, sink)
  const sequences = new Set<number>()
  if ((yield* disk.status(file)) === undefined) return sequences
  for (const line of Buffer.from(yield* disk.readFile(file))
    .toString("utf8")
    .split("\n")) {
    const letter = parsed(line)
    if (letter?.trail === origin) sequences.add(letter.sequence)
  }
  return sequences
})

/** A letter; `undefined` for a line that a crash has torn. */
const parsed = (line: string) => {
  try {
    return JSON.parse(line) as { readonly trail: string; readonly sequence: number }
  } catch {
    return undefined
  }
}
