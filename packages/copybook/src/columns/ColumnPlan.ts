/**
 * Which columns a record plan has, and how each of them is filled.
 *
 * @since 0.1.0
 */
import * as FieldCodec from "../field/FieldCodec.ts"
import type { ElementaryField } from "../layout/Layout.ts"
import type { RecordPlan } from "../record/RecordPlan.ts"
import type { Step } from "../record/Step.ts"
import * as FieldShape from "./FieldShape.ts"

/**
 * What a column's values are: text of one width in Latin-1 or of any in UTF-8, 64 or 128 bits,
 * doubles, bytes.
 *
 * @category models
 * @since 0.1.0
 */
export type ColumnForm = "latin" | "utf8" | "integer" | "decimal" | "float" | "bytes"

/**
 * @category models
 * @since 0.1.0
 */
export interface ColumnSource {
  readonly field: ElementaryField
  readonly step: Step
  /** From the root down to it. */
  readonly chain: ReadonlyArray<Step>
  readonly form: ColumnForm
  readonly scale: number
  /** What kernels read; absent where only the codec can. */
  readonly shape: FieldShape.FieldShape | undefined
  /** Gives decimals for numbers, strings for texts. */
  readonly codec: FieldCodec.FieldCodec
  /** Where each place's value begins, from the start of the record, tables at their maximum. */
  readonly offsets: ReadonlyArray<number>
  /** Of each place its index in every table, outermost first. */
  readonly indexes: ReadonlyArray<ReadonlyArray<number>>
  /** Whether a counter says how many places there are. */
  readonly isCounted: boolean
}

const integerDigitsMost = 18

const numberForm = (digits: number): ColumnForm =>
  digits > integerDigitsMost ? "decimal" : "integer"

const formOf = (
  field: ElementaryField,
  shape: FieldShape.FieldShape | undefined,
  as: string | undefined,
): ColumnForm => {
  const { storage } = field
  if (as !== undefined) return as === "text" ? "utf8" : "bytes"
  switch (storage.kind) {
    case "text": {
      const isFixed =
        shape?.kind === "text" &&
        shape.trim === 0 &&
        shape.page.isLatin &&
        shape.page.unassigned.length === 0 &&
        shape.page.double === undefined
      return isFixed ? "latin" : "utf8"
    }
    case "zoned":
    case "packed":
      return numberForm(storage.digits)
    case "binary": {
      // Eight bytes without a sign may hold more than 64 bits with one.
      const isWide = storage.bytes > 8 || (storage.bytes === 8 && !storage.isSigned)
      return isWide ? "decimal" : "integer"
    }
    case "float":
      return "float"
    case "edited":
      if (storage.picture.category === "external-float") return "float"
      return storage.isNumeric ? numberForm(storage.picture.digits) : "utf8"
    case "national":
    case "dbcs":
      return "utf8"
    case "opaque":
      return "bytes"
  }
}

const scaleOf = ({ picture, storage }: ElementaryField): number => {
  if ("scale" in storage) return storage.scale
  return storage.kind === "edited" ? (picture?.scale ?? 0) : 0
}

interface Place {
  readonly offset: number
  readonly indexes: ReadonlyArray<number>
}

const placesOf = (offset: number, tables: ReadonlyArray<Step>): ReadonlyArray<Place> => {
  let places: ReadonlyArray<Place> = [{ offset, indexes: [] }]
  for (const { table } of tables) {
    const { max = 1, stride = 0 } = table ?? {}
    places = places.flatMap((place) =>
      Array.from({ length: max }, (_, index) => ({
        offset: place.offset + index * stride,
        indexes: [...place.indexes, index],
      })),
    )
  }
  return places
}

const sourceOf = (
  plan: RecordPlan,
  chain: ReadonlyArray<Step>,
  step: Step,
  field: ElementaryField,
): ColumnSource => {
  const { layout, options, physicalSize } = plan
  const own = { ...options, ...options.fields?.[field.path] }
  const tables = chain.filter(({ kind }) => kind === "table")
  const isCounted = tables.some(({ counterSlot }) => counterSlot >= 0)
  const isMoved =
    physicalSize !== "maximum" &&
    (field.isShifted || tables.some(({ steps }) => steps.some(({ isVariable }) => isVariable)))
  const shape = isMoved ? undefined : FieldShape.make(field, layout.dialect, own)
  const form = formOf(field, shape, own.as)
  const places = placesOf(field.offset, tables)
  return {
    field,
    step,
    chain,
    form,
    scale: scaleOf(field),
    shape,
    codec: FieldCodec.make(field, layout.dialect, {
      ...own,
      numbers: form === "float" ? "native" : "decimal",
      bytes: "bytes",
      ...(form === "bytes" ? { as: "bytes" as const } : {}),
    }),
    offsets: places.map(({ offset }) => offset),
    indexes: places.map(({ indexes }) => indexes),
    isCounted,
  }
}

/**
 * The columns of all elementary fields that are shown, in the order of the layout.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (plan: RecordPlan): ReadonlyArray<ColumnSource> =>
  [...plan.chains.values()].flatMap((chain) => {
    const step = chain.at(-1)
    if (step?.field.kind !== "elementary" || chain.some(({ isShown }) => !isShown)) return []
    return [sourceOf(plan, chain, step, step.field)]
  })
