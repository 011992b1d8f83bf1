/** Where fields stand in the copybook's text. */
import { everyField } from "@countersign/copybook/layout/LayoutTree"
import type { Field, Layout } from "@countersign/copybook/layout/Layout"

export interface SourcePlace {
  readonly path: string
  /** From the level number to the end of the entry's last line. Units: UTF-16 units. */
  readonly from: number
  readonly to: number
}

const lineStart = (text: string, at: number): number => text.lastIndexOf("\n", at - 1) + 1

/** The level number stands before the name, perhaps on the line before. */
const entryStart = (text: string, { level, span }: Field): number => {
  const before = text.slice(
    lineStart(text, Math.max(0, lineStart(text, span.offset) - 1)),
    span.offset,
  )
  const found = [...before.matchAll(/(?<![\w-])\d{1,2}(?=\s*$)/g)].at(-1)
  if (found === undefined || Number(found[0]) !== level) return span.offset
  return span.offset - before.length + found.index
}

/** In the order of the text; what comes out of a copied member has no place in it. */
export const sourcePlaces = (layout: Layout, text: string): ReadonlyArray<SourcePlace> => {
  const fields = everyField(layout)
    .filter(({ path, span }) => span.member === undefined && span.length > 0 && path !== "")
    .toSorted((one, other) => one.span.offset - other.span.offset)
  const starts = fields.map((field) => entryStart(text, field))
  return fields.map(({ path, span }, index) => {
    const next = starts[index + 1] ?? text.length
    const body = text.slice(span.offset, next)
    // The entry ends with a period that is no decimal point; names of its values come behind it.
    const end = /\.(?=\s|$)/.exec(body)
    return {
      path,
      from: starts[index] ?? 0,
      to: span.offset + (end?.index ?? body.trimEnd().length) + 1,
    }
  })
}

/** The field whose entry, or whose level 88 or 66 behind it, holds the place. */
export const placeAt = (places: ReadonlyArray<SourcePlace>, at: number): SourcePlace | undefined =>
  places.findLast(({ from }) => from <= at)
