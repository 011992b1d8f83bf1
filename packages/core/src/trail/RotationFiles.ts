/**
 * Reads a trail's rotation notes.
 *
 * @since 0.1.0
 */
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import type { Checkpoint } from "./Checkpoint.ts"
import * as Rotation from "./Rotation.ts"
import { TrailDamaged } from "./TrailError.ts"

/**
 * Most rotations of a trail: a key a day for a century. Units: notes.
 *
 * @category constants
 * @since 0.1.0
 */
export const rotationsMax = 36_600

/** A note holds two keys and two signatures, in less than a kilobyte. */
const rotationBytesMax = 4096

const tooMany = (count: number): string =>
  `${count} notes are there, and ${rotationsMax} are the most that are read`

const read = Effect.fnUntraced(function* (directory: string, size: number) {
  const disk = yield* Disk
  const name = path.join(directory, Rotation.rotationsDirectory, String(size))
  const bytes = yield* disk.readRange(name, 0, rotationBytesMax + 1)
  if (bytes.byteLength > rotationBytesMax) {
    const detail = `it has more than ${rotationBytesMax} bytes`
    return Result.fail(new Rotation.RotationMalformed({ detail }))
  }
  const parsed = Rotation.parse(bytes)
  return Result.isSuccess(parsed) && parsed.success.checkpoint.size !== size
    ? Result.fail(
        new Rotation.RotationMalformed({
          detail: `it speaks of size ${parsed.success.checkpoint.size}, and lies at size ${size}`,
        }),
      )
    : parsed
})

/** The sizes that a trail has rotation notes for, ascending. Other files there mean nothing. */
const listRotations = Effect.fnUntraced(function* (directory: string) {
  const disk = yield* Disk
  const names = yield* disk.list(path.join(directory, Rotation.rotationsDirectory))
  return names
    .map((name) => Rotation.sizeOfName(name))
    .filter((size) => size !== undefined)
    .toSorted((left, right) => left - right)
})

/**
 * What lies under `rotations/`, ascending by size. Too many notes are one malformed note, at size
 * 0: none of them is read.
 *
 * @category running
 * @since 0.1.0
 */
export const readRotations = Effect.fnUntraced(function* (directory: string) {
  const sizes = yield* listRotations(directory)
  if (sizes.length > rotationsMax) {
    const error = new Rotation.RotationMalformed({ detail: tooMany(sizes.length) })
    return { rotations: [], malformed: [{ size: 0, error }] }
  }
  const notes = yield* Effect.forEach(sizes, (size) =>
    Effect.map(read(directory, size), (parsed) => ({ size, parsed })),
  )
  return {
    rotations: notes.flatMap(({ parsed }) => (Result.isSuccess(parsed) ? [parsed.success] : [])),
    malformed: notes.flatMap(({ parsed, size }) =>
      Result.isFailure(parsed) ? [{ size, error: parsed.failure }] : [],
    ),
  }
})

/**
 * The newest rotation, signed by both of its keys; `undefined` where there was none.
 *
 * - Errors: `TrailDamaged` where the note is none or lacks a signature; `DiskError`.
 *
 * @category running
 * @since 0.1.0
 */
export const newestRotation = Effect.fnUntraced(function* (directory: string) {
  const sizes = yield* listRotations(directory)
  const size = sizes.at(-1)
  if (size === undefined) return undefined
  if (sizes.length > rotationsMax) {
    const notes = path.join(directory, Rotation.rotationsDirectory)
    return yield* new TrailDamaged({ path: notes, detail: tooMany(sizes.length) })
  }
  const parsed = yield* read(directory, size)
  const detail = Result.isFailure(parsed)
    ? parsed.failure.message
    : Rotation.signatureProblem(parsed.success)
  if (Result.isSuccess(parsed) && detail === undefined) return parsed.success
  const file = path.join(directory, Rotation.rotationsDirectory, String(size))
  return yield* new TrailDamaged({ path: file, detail: detail ?? "is no rotation" })
})

/**
 * What is wrong where a checkpoint rests on a rotation whose note is gone; `undefined` where none
 * is. Whoever signs on without the notes of the keys before removes what they prove.
 *
 * @param newest the newest rotation that is there
 * @category running
 * @since 0.1.0
 */
export const lostRotation = Effect.fnUntraced(function* (
  directory: string,
  checkpoint: Checkpoint,
  newest: Rotation.Rotation | undefined,
) {
  const disk = yield* Disk
  const { rotationsDirectory } = Rotation
  const size = newest?.checkpoint.size ?? 0
  const rests = Rotation.isRotation(checkpoint)
    ? checkpoint.size
    : (Rotation.sinceOf(checkpoint) ?? 0)
  const note = path.join(directory, rotationsDirectory, String(rests))
  const isLost =
    checkpoint.size < size ? rests > 0 && (yield* disk.status(note)) === undefined : rests !== size
  if (!isLost) return undefined
  return rests === 0
    ? `knows of no change of the key, but one is noted at size ${size}`
    : `rests on the rotation of the key at size ${rests}, which is not the newest one under ${rotationsDirectory}/, or is missing there; put it back from a copy`
})
