/**
 * Where a trail keeps its timestamps: `timestamps/<size>.tsr`, the authority's answer, and
 * `timestamps/<size>.note`, the checkpoint's bytes that it is over.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { noteBytesMax } from "../trail/SignedNote.ts"
import { responseBytesMax } from "./TimestampToken.ts"

const directoryName = "timestamps"
const answerForm = /^(0|[1-9]\d{0,15})\.tsr$/

/**
 * The directory in which a trail keeps its timestamps.
 *
 * @category encoding
 * @since 0.1.0
 */
export const placeOf = (directory: string): string => path.join(directory, directoryName)

/**
 * The file of the answer over a checkpoint of a size, from the trail's directory.
 *
 * @category encoding
 * @since 0.1.0
 */
export const answerFile = (size: number): string => `${directoryName}/${size}.tsr`

const noteFile = (size: number): string => `${directoryName}/${size}.note`

/**
 * @category models
 * @since 0.1.0
 */
export interface StoredTimestamp {
  readonly response: Uint8Array
  /** `undefined`: the file is missing. */
  readonly note: Uint8Array | undefined
}

/**
 * The sizes of the checkpoints that have a timestamp, ascending.
 *
 * @category running
 * @since 0.1.0
 */
export const list = (directory: string): Effect.Effect<ReadonlyArray<number>, DiskError, Disk> =>
  listIn(placeOf(directory))

/**
 * The same of a directory that holds timestamps, such as a copy of a trail's.
 *
 * @category running
 * @since 0.1.0
 */
export const listIn = (place: string): Effect.Effect<ReadonlyArray<number>, DiskError, Disk> =>
  Effect.flatMap(Disk, (disk) =>
    Effect.map(disk.list(place), (names) =>
      names
        .map((name) => Number(answerForm.exec(name)?.[1]))
        .filter((size) => Number.isSafeInteger(size))
        .sort((left, right) => left - right),
    ),
  )

/**
 * Reads a timestamp that was listed. At most one byte more is read than each may have.
 *
 * @category running
 * @since 0.1.0
 */
export const read = (directory: string, size: number) => readIn(placeOf(directory), size)

/**
 * The same of a directory that holds timestamps, such as a copy of a trail's.
 *
 * @category running
 * @since 0.1.0
 */
export const readIn = Effect.fnUntraced(function* (place: string, size: number) {
  const disk = yield* Disk
  const response = yield* disk.readRange(path.join(place, `${size}.tsr`), 0, responseBytesMax + 1)
  const file = path.join(place, `${size}.note`)
  const hasNote = (yield* disk.status(file)) !== undefined
  const note = hasNote ? yield* disk.readRange(file, 0, noteBytesMax + 1) : undefined
  const stored: StoredTimestamp = { response, note }
  return stored
})

/**
 * When the newest timestamp was stored; `undefined` where there is none. Units: milliseconds.
 *
 * @category running
 * @since 0.1.0
 */
export const newestMillis = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const size = (yield* list(directory)).at(-1)
  if (size === undefined) return undefined
  return (yield* disk.status(path.join(directory, answerFile(size))))?.modifiedMillis
})

/**
 * Stores a timestamp: the note first, so that an answer without its note is no crash's doing.
 *
 * @category running
 * @since 0.1.0
 */
export const store = Effect.fnUntraced(function* (
  directory: string,
  size: number,
  note: Uint8Array,
  response: Uint8Array,
) {
  const disk = yield* Disk
  yield* disk.makeDirectory(path.join(directory, directoryName))
  yield* disk.syncDirectory(directory)
  yield* disk.replaceFile(path.join(directory, noteFile(size)), [note])
  yield* disk.replaceFile(path.join(directory, answerFile(size)), [response])
})
