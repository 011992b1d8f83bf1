/**
 * Files whose records are of several kinds: which record is which, by one or several of its fields.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FieldReader, TextReader } from "./Framing.ts"
import { FramingInvalid } from "./FramingInvalid.ts"
import { numberOf, offsetOf, type RecordBatch } from "./RecordBatch.ts"
import { asRead } from "./WrittenNumber.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SegmentOptions {
  /** Paths of the fields that tell segments apart. Their values, joined by `|`, are a segment's id. */
  readonly fields: ReadonlyArray<string>
  /** Path of the group that a segment is read by (a REDEFINES) to the ids that it stands for. */
  readonly views: Readonly<Record<string, ReadonlyArray<string>>>
  /** Only records of these ids are kept. Default: all. */
  readonly select?: ReadonlyArray<string>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Segments {
  /** A record's id; `undefined` where a field of it can't be read. */
  readonly idOf: (bytes: Uint8Array, start: number, length: number) => string | undefined
  /** An id that somebody wrote, as records have it: the zeros before a number are left out. */
  readonly idFor: (written: string) => string
  /** The view that an id, as read or as written, is read by; `undefined` where none was given. */
  readonly viewOf: (id: string) => string | undefined
  /** Whether records of an id are selected. */
  readonly isSelected: (id: string) => boolean
  /** Paths of all views, in the order given. */
  readonly views: ReadonlyArray<string>
}

const separator = "|"

const invalid = (option: string, detail: string): Result.Result<never, FramingInvalid> =>
  Result.fail(new FramingInvalid({ option, detail }))

/**
 * - Errors: `FramingInvalid` where a field is not in the layout, or an id has two views.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeSegments = (
  options: SegmentOptions,
  fields: FieldReader,
): Result.Result<Segments, FramingInvalid> => {
  const readers: Array<TextReader> = []
  for (const path of options.fields) {
    const reader = fields.textOf(path)
    if (reader === undefined) return invalid("segment field", `is not in the layout: ${path}`)
    readers.push(reader)
  }
  if (readers.length === 0) return invalid("segment fields", "are none")
  const forms = options.fields.map((path) => asRead(fields, path))
  const idFor = (written: string): string => {
    const parts = forms.length === 1 ? [written] : written.split(separator)
    return parts.map((part, index) => forms[index]?.(part) ?? part).join(separator)
  }
  const views = new Map<string, string>()
  for (const [view, ids] of Object.entries(options.views)) {
    for (const id of ids.map(idFor)) {
      const other = views.get(id)
      if (other !== undefined && other !== view) {
        return invalid("segment id", `${id} has two views, ${other} and ${view}`)
      }
      views.set(id, view)
    }
  }
  const selected = options.select === undefined ? undefined : new Set(options.select.map(idFor))
  return Result.succeed({
    idOf: (bytes, start, length) => {
      let id: string | undefined
      for (const reader of readers) {
        const text = reader(bytes, start, length)
        if (typeof text !== "string") return undefined
        id = id === undefined ? text : id + separator + text
      }
      return id
    },
    idFor,
    viewOf: (id) => views.get(id) ?? views.get(idFor(id)),
    isSelected: (id) => selected?.has(id) ?? true,
    views: Object.keys(options.views),
  })
}

/** Collects some of a batch's records. */
class Part {
  readonly #starts: Array<number> = []
  readonly #lengths: Array<number> = []
  readonly #numbers: Array<number> = []
  readonly #offsets: Array<number> = []

  add(batch: RecordBatch, index: number): void {
    this.#starts.push(batch.starts[index] ?? 0)
    this.#lengths.push(batch.lengths[index] ?? 0)
    this.#numbers.push(numberOf(batch, index))
    this.#offsets.push(offsetOf(batch, index))
  }

  batchOf({ bytes, fileOffset, firstRecord, offsets }: RecordBatch): RecordBatch {
    return {
      bytes,
      fileOffset,
      firstRecord: this.#numbers[0] ?? firstRecord,
      count: this.#starts.length,
      starts: Int32Array.from(this.#starts),
      lengths: Int32Array.from(this.#lengths),
      numbers: Float64Array.from(this.#numbers),
      ...(offsets === undefined ? {} : { offsets: Float64Array.from(this.#offsets) }),
    }
  }
}

/**
 * A batch taken apart by segment: the selected records of each id in their order, without a copy
 * of their bytes, and the indexes of those whose id can't be read.
 *
 * @category filtering
 * @since 0.1.0
 */
export const bySegment = (
  batch: RecordBatch,
  segments: Segments,
): { readonly parts: ReadonlyMap<string, RecordBatch>; readonly unread: ReadonlyArray<number> } => {
  const parts = new Map<string, Part>()
  const unread: Array<number> = []
  for (let index = 0; index < batch.count; index += 1) {
    const id = segments.idOf(batch.bytes, batch.starts[index] ?? 0, batch.lengths[index] ?? 0)
    if (id === undefined) {
      unread.push(index)
      continue
    }
    if (!segments.isSelected(id)) continue
    const part = parts.get(id) ?? new Part()
    parts.set(id, part)
    part.add(batch, index)
  }
  return { parts: new Map([...parts].map(([id, part]) => [id, part.batchOf(batch)])), unread }
}

/**
 * The selected records of a batch, in their order, and the indexes of those whose id can't be read.
 *
 * @category filtering
 * @since 0.1.0
 */
export const selectSegments = (
  batch: RecordBatch,
  segments: Segments,
): { readonly batch: RecordBatch; readonly unread: ReadonlyArray<number> } => {
  const part = new Part()
  const unread: Array<number> = []
  for (let index = 0; index < batch.count; index += 1) {
    const id = segments.idOf(batch.bytes, batch.starts[index] ?? 0, batch.lengths[index] ?? 0)
    if (id === undefined) unread.push(index)
    else if (segments.isSelected(id)) part.add(batch, index)
  }
  return { batch: part.batchOf(batch), unread }
}
