/**
 * The keys of a trail one after the other: each change is a checkpoint that the key before and the
 * key after have both signed (docs/decisions/0006-key-rotation.md).
 */
import {
  type Checkpoint,
  isSameKey,
  isUnreadable,
  judgeSignature,
  nameOfKey,
  type Note,
  type NoteKey,
  parseCheckpoint,
  parseKey,
  parseNote,
} from "./Note.ts"

export interface KeyRange {
  readonly key: NoteKey
  readonly from: number
  /** `undefined`: the key is in force. */
  readonly to: number | undefined
}

export interface Succession {
  readonly ranges: ReadonlyArray<KeyRange>
  /** The signed root at each change. */
  readonly roots: ReadonlyArray<{ readonly size: number; readonly root: Uint8Array }>
  /** What is wrong with the notes; with any of it no range is to be believed. */
  readonly problems: ReadonlyArray<string>
  /** Notes that a checkpoint of this size does not reach. */
  readonly beyond: number
}

interface Rotation {
  readonly checkpoint: Checkpoint
  readonly note: Note
  readonly number: number
  readonly before: NoteKey
  readonly after: NoteKey
}

const rotationWord = "countersign/key-rotation"
const sinceWord = "countersign/key-since"

const naturalOf = (text: string | undefined): number | undefined => {
  const value = Number(text)
  return text !== undefined && /^(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(value)
    ? value
    : undefined
}

const parseRotation = (text: string): Rotation | string => {
  const note = parseNote(text)
  if (isUnreadable(note)) return note.problem
  const checkpoint = parseCheckpoint(note.text)
  if (isUnreadable(checkpoint)) return checkpoint.problem
  const [line = "", ...others] = checkpoint.extensions
  const [word, numberText, sequenceText, atText, beforeText = "", afterText = "", ...rest] =
    line.split(" ")
  const number = naturalOf(numberText)
  const sequence = naturalOf(sequenceText)
  const isRotation = word === rotationWord && rest.length === 0 && others.length === 0
  if (!isRotation || number === undefined || number === 0 || naturalOf(atText) === undefined)
    return "it is no note of a change of the key"
  if (sequence === undefined || sequence >= checkpoint.size)
    return "the entry that announces it is not under it"
  const [before, after] = [parseKey(beforeText), parseKey(afterText)]
  if (isUnreadable(before)) return `the key before: ${before.problem}`
  if (isUnreadable(after)) return `the key after: ${after.problem}`
  return { checkpoint, note, number, before, after }
}

const problemOf = (
  rotation: Rotation,
  previous: Rotation | undefined,
  origin: string,
): string | undefined => {
  const { after, before, checkpoint, note, number } = rotation
  if (checkpoint.origin !== origin) return `it speaks of the trail ${checkpoint.origin}`
  if (before.name !== origin || after.name !== origin) return "its keys are of another trail"
  if (isSameKey(before, after)) return "both of its keys are one"
  if (number !== (previous?.number ?? 0) + 1) return `it is number ${number}, and one is missing`
  if (previous !== undefined && !isSameKey(previous.after, before))
    return `its key before is ${nameOfKey(before)}, and ${nameOfKey(previous.after)} was in force`
  for (const key of [before, after]) {
    const judged = judgeSignature(note, key)
    if (judged !== "valid")
      return judged === "absent"
        ? `${nameOfKey(key)} has not signed it`
        : `the signature of ${nameOfKey(key)} is not over its text`
  }
  return undefined
}

/**
 * @param notes ascending by the size that each lies at
 */
export const succeed = (
  origin: string,
  size: number,
  notes: ReadonlyArray<{ readonly size: number; readonly note: string }>,
): Succession => {
  const problems: Array<string> = []
  const rotations: Array<Rotation> = []
  const gone: Array<NoteKey> = []
  const reached = notes.filter((note) => note.size <= size)
  for (const { note, size: at } of reached) {
    const rotation = parseRotation(note)
    const add = (detail: string) => problems.push(`rotations/${at}: ${detail}`)
    if (typeof rotation === "string") {
      add(rotation)
      continue
    }
    if (rotation.checkpoint.size !== at) add(`it speaks of size ${rotation.checkpoint.size}`)
    const problem = problemOf(rotation, rotations.at(-1), origin)
    if (problem !== undefined) add(problem)
    gone.push(rotation.before)
    if (gone.some((key) => isSameKey(key, rotation.after)))
      add(`${nameOfKey(rotation.after)} comes back after it has ended`)
    rotations.push(rotation)
  }
  const [first] = rotations
  const ranges: Array<KeyRange> =
    first === undefined ? [] : [{ key: first.before, from: 0, to: first.checkpoint.size }]
  for (const [index, { after, checkpoint }] of rotations.entries())
    ranges.push({ key: after, from: checkpoint.size, to: rotations[index + 1]?.checkpoint.size })
  const roots = rotations.map(({ checkpoint: { root, size: at } }) => ({ size: at, root }))
  return { ranges, roots, problems, beyond: notes.length - reached.length }
}

/**
 * What is wrong between a checkpoint and the ranges: it says at which size its key began, and no
 * note may be kept back from who reads it.
 */
export const sinceProblem = (
  { extensions, size }: Checkpoint,
  ranges: ReadonlyArray<KeyRange>,
): string | undefined => {
  const newest = ranges.at(-1)?.from ?? 0
  const line = extensions.find((extension) => extension.startsWith(`${sinceWord} `))
  const since = naturalOf(line?.slice(sinceWord.length + 1))
  if (since !== undefined && since !== newest)
    return `the checkpoint rests on a change of the key at size ${since}, and the newest note shown is of size ${newest}`
  const isRotation = extensions.some((extension) => extension.startsWith(`${rotationWord} `))
  return isRotation && newest !== size
    ? "the checkpoint is a change of the key, and its note is not among those shown"
    : undefined
}
