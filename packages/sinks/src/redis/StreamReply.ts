/**
 * The answers of Redis that hold entries of a stream.
 *
 * @since 0.1.0
 */
import type { CollectedRecord } from "./CollectedEvent.ts"

/**
 * An entry as a group hands it out.
 *
 * @category models
 * @since 0.1.0
 */
export interface StreamEntry {
  readonly id: string
  /** `undefined` where the entry is none of a sink's. */
  readonly record: CollectedRecord | undefined
}

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [])

const names = {
  trail: Buffer.from("trail"),
  sequence: Buffer.from("sequence"),
  event: Buffer.from("event"),
}

const recordOf = (fields: unknown, isRepeated: boolean): CollectedRecord | undefined => {
  let trail: string | undefined
  let sequence: number | undefined
  let bytes: Buffer | undefined
  const list = listOf(fields)
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = list[index]
    const value = list[index + 1]
    if (!Buffer.isBuffer(name) || !Buffer.isBuffer(value)) return undefined
    if (names.trail.equals(name)) trail = value.toString("utf8")
    else if (names.sequence.equals(name)) sequence = Number(value.toString("latin1"))
    else if (names.event.equals(name)) bytes = value
  }
  if (trail === undefined || bytes === undefined) return undefined
  if (sequence === undefined || !Number.isSafeInteger(sequence) || sequence < 0) return undefined
  return { trail, sequence, bytes, isRepeated }
}

/**
 * The entries of a list of identifiers and fields. Entries that were trimmed meanwhile are left
 * out of `XAUTOCLAIM`, and have no fields in `XREADGROUP`.
 *
 * @category encoding
 * @since 0.1.0
 */
const entriesOf = (list: unknown, isRepeated: boolean): ReadonlyArray<StreamEntry> =>
  listOf(list).flatMap((pair) => {
    const [id, fields] = listOf(pair)
    return Buffer.isBuffer(id)
      ? [{ id: id.toString("latin1"), record: recordOf(fields, isRepeated) }]
      : []
  })

/**
 * The entries that `XREADGROUP` answers for its only stream.
 *
 * @category encoding
 * @since 0.1.0
 */
export const readEntriesOf = (reply: unknown, isRepeated: boolean): ReadonlyArray<StreamEntry> =>
  entriesOf(listOf(listOf(reply)[0])[1], isRepeated)

/**
 * What `XAUTOCLAIM` answers: where to go on, and the entries.
 *
 * @category encoding
 * @since 0.1.0
 */
export const claimedEntriesOf = (
  reply: unknown,
): { readonly next: string; readonly entries: ReadonlyArray<StreamEntry> } => {
  const [next, entries] = listOf(reply)
  return {
    next: Buffer.isBuffer(next) ? next.toString("latin1") : "0-0",
    entries: entriesOf(entries, true),
  }
}
