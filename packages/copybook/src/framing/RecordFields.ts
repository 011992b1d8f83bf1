/**
 * Reads the fields that framing depends on, out of bytes that are no record yet.
 *
 * Records end where their counters say: a table takes the place of the entries that it has.
 *
 * @since 0.1.0
 */
import * as FieldCodec from "../field/FieldCodec.ts"
import type { FieldOptions } from "../field/FieldOptions.ts"
import type { ElementaryField, Field, Layout } from "../layout/Layout.ts"
import { elementaryFields } from "../layout/LayoutTree.ts"
import type { FieldReader, LengthReader, TextReader } from "./Framing.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordFieldsOptions extends FieldOptions {
  /** By path: what differs for a field. */
  readonly fields?: Readonly<Record<string, Partial<FieldOptions>>>
  /** What texts of a counter stand for, by the path of the table. */
  readonly counterValues?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Whether a counter may be below the table's minimum, down to zero. Default `false`. */
  readonly allowsFewer?: boolean
}

/** What a walk over a record has come to. */
interface Walk {
  bytes: Uint8Array
  /** Behind the last byte that is there. */
  end: number
  /** The count of each table by its counter's path: a number, a text, or `undefined` where it is none. */
  readonly counts: Map<string, FieldCodec.FieldValue | undefined>
  /** Why the walk ended: bytes are missing, or a count is none. */
  trouble: "missing" | "invalid" | undefined
  readonly wanted: string | undefined
  /** Where the wanted field lies; −1 until the walk has come to it. */
  place: number
}

/**
 * How a name may be written: in any case, with `_` for `-`.
 *
 * @category conversions
 * @since 0.1.0
 */
const plain = (name: string): string => name.toUpperCase().replaceAll("_", "-")

/**
 * The field with a path, or the only one whose path ends so.
 *
 * @category getters
 * @since 0.1.0
 */
export const findField = (layout: Layout, path: string): ElementaryField | undefined => {
  const fields = elementaryFields(layout)
  const wanted = plain(path)
  const exact = fields.find((field) => plain(field.path) === wanted)
  if (exact !== undefined) return exact
  const ending = fields.filter((field) =>
    [`.${plain(field.path)}`, `.${plain(layout.root.name)}.${plain(field.path)}`].some((full) =>
      full.endsWith(`.${wanted}`),
    ),
  )
  return ending.length === 1 ? ending[0] : undefined
}

const countersOf = (field: Field): ReadonlyArray<string> => [
  ...(field.table?.counter === undefined ? [] : [field.table.counter]),
  ...(field.kind === "group" ? field.fields.flatMap(countersOf) : []),
]

class RecordWalker {
  readonly #layout: Layout
  readonly #options: RecordFieldsOptions
  readonly #codecs = new Map<string, FieldCodec.FieldCodec>()

  constructor(layout: Layout, options: RecordFieldsOptions) {
    this.#layout = layout
    this.#options = options
    const counters = new Set(countersOf(layout.root))
    for (const field of elementaryFields(layout)) {
      if (counters.has(field.path)) this.#codecs.set(field.path, this.codecOf(field))
    }
  }

  codecOf(field: ElementaryField): FieldCodec.FieldCodec {
    const { fields, ...options } = this.#options
    return FieldCodec.make(field, this.#layout.dialect, {
      ...options,
      ...fields?.[field.path],
      trim: "both",
      trimsControls: true,
      numbers: "native",
    })
  }

  /** Walks from `start` until `wanted`, or through the record, and says how far it came. */
  walk(
    bytes: Uint8Array,
    start: number,
    available: number,
    wanted?: string,
  ): Walk & { length: number } {
    const end = start + available
    const walk: Walk = { bytes, end, counts: new Map(), trouble: undefined, wanted, place: -1 }
    return Object.assign(walk, { length: this.#all(this.#layout.root, start, walk) })
  }

  /** All occurrences of a field. */
  #all(field: Field, at: number, walk: Walk): number {
    const times = field.table === undefined ? 1 : this.#count(field, walk)
    if (field.table !== undefined && !this.#isInteresting(field, walk)) return times * field.length
    let length = 0
    for (let index = 0; index < times && walk.trouble === undefined; index++) {
      length += this.#one(field, at + length, walk)
    }
    return length
  }

  #isInteresting(field: Field, { wanted }: Walk): boolean {
    return (
      field.lengthMin !== field.length ||
      [...this.#codecs.keys(), wanted].some(
        (path) => path === field.path || path?.startsWith(`${field.path}.`) === true,
      )
    )
  }

  #one(field: Field, at: number, walk: Walk): number {
    if (field.kind === "group") return this.#group(field.fields, at, walk)
    if (walk.place < 0 && field.path === walk.wanted) walk.place = at
    const codec = this.#codecs.get(field.path)
    if (codec !== undefined) {
      if (at + field.length > walk.end) walk.trouble = "missing"
      else walk.counts.set(field.path, codec.decode(walk.bytes, at))
    }
    return field.length
  }

  #group(fields: ReadonlyArray<Field>, from: number, walk: Walk): number {
    let at = from
    /** Of what can be redefined: where it begins. */
    let base = from
    for (const field of fields) {
      if (walk.trouble !== undefined) break
      if (field.redefines === undefined) {
        base = at
        at += this.#all(field, at, walk)
      } else {
        at = Math.max(at, base + this.#view(field, base, walk))
      }
      if (walk.place >= 0) break
    }
    return at - from
  }

  /** Another view of the same bytes: it need not be the valid one, so its counts prove nothing. */
  #view(field: Field, at: number, walk: Walk): number {
    const length = this.#all(field, at, walk)
    if (walk.trouble === "invalid") walk.trouble = undefined
    else if (field.length === field.lengthMin) return length
    return 0
  }

  #count(field: Field, walk: Walk): number {
    const { counter, max = 1, min = 1 } = field.table ?? {}
    if (counter === undefined) return max
    const value = walk.counts.get(counter)
    const values = this.#options.counterValues?.[field.path]
    const count =
      values === undefined ? numberOf(value) : (values[textOf(value) ?? ""] ?? Number.NaN)
    const least = this.#options.allowsFewer === true ? 0 : min
    if (Number.isInteger(count) && count >= least && count <= max) return count
    walk.trouble = "invalid"
    return 0
  }
}

const numberOf = (value: FieldCodec.FieldValue | undefined): number => {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number.NaN
  if (typeof value === "string") return /^[+-]?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  return Number.NaN
}

const textOf = (value: FieldCodec.FieldValue | undefined): string | undefined =>
  typeof value === "string" || typeof value === "number" ? String(value).trim() : undefined

/**
 * A reader of a layout's fields. A field in a table is that of its first entry.
 *
 * @category constructors
 * @since 0.1.0
 */
export const recordFields = (layout: Layout, options: RecordFieldsOptions): FieldReader => {
  const walker = new RecordWalker(layout, options)

  /** Where a field lies: −1 while bytes are missing, `NaN` where a count before it is none. */
  const placeOf =
    (field: ElementaryField): LengthReader =>
    (bytes, start, available) => {
      if (!field.isShifted) return start + field.offset
      const { place, trouble } = walker.walk(bytes, start, available, field.path)
      if (place >= 0) return place
      return trouble === "missing" ? -1 : Number.NaN
    }

  const reader = <A>(
    path: string,
    missing: A,
    invalid: A,
    convert: (value: FieldCodec.FieldValue | undefined) => A,
  ): ((bytes: Uint8Array, start: number, available: number) => A) | undefined => {
    const field = findField(layout, path)
    if (field === undefined) return undefined
    const codec = walker.codecOf(field)
    const place = placeOf(field)
    return (bytes, start, available) => {
      const at = place(bytes, start, available)
      if (Number.isNaN(at)) return invalid
      if (at === -1 || at + field.length > start + available) return missing
      return convert(codec.decode(bytes, at))
    }
  }

  return {
    numberOf: (path): LengthReader | undefined =>
      reader(path, -1, Number.NaN, (value) => {
        const number = numberOf(value)
        return number < 0 ? Number.NaN : number
      }),
    textOf: (path): TextReader | undefined =>
      reader<string | null | undefined>(path, null, undefined, textOf),
    isNumber: (path) => {
      const field = findField(layout, path)
      return field !== undefined && walker.codecOf(field).isNumeric
    },
    lengthOf: (bytes, start, available) => {
      const { length, trouble } = walker.walk(bytes, start, available)
      if (trouble !== undefined) return trouble === "missing" ? -1 : Number.NaN
      return length
    },
  }
}
