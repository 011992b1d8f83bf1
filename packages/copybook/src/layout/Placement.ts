/**
 * Where each item lies: offsets, lengths, and the bytes that alignment leaves free.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { DialectRules } from "./Dialect.ts"
import { type Draft, totalLength, totalLengthMin } from "./Draft.ts"
import { finding } from "./LayoutCode.ts"

interface Placing {
  readonly rules: DialectRules
  readonly report: (diagnostic: Diagnostic) => void
  /** Lengths stop growing here, so that no product leaves the exact integers. Units: bytes. */
  readonly recordSizeMax: number
  /**
   * What GnuCOBOL aligns the next occurrence to: of the synchronized items since a group last began.
   * A group behind such an item, or below it, lets it forget. Units: bytes.
   */
  remembered?: number
}

/** What the occurrences of a table are aligned to. */
const alignmentBetween = (table: Draft, { remembered = 1, rules }: Placing): number =>
  rules.slack === "before-group"
    ? table.alignmentMax
    : table.item.occurs?.max === 1
      ? 1
      : remembered

const aligned = (offset: number, alignment: number): number =>
  alignment <= 1 ? offset : Math.ceil(offset / alignment) * alignment

/** The alignment of the first elementary item in it, or its own. */
const leading = (draft: Draft): number => {
  let next = draft
  for (let first = next.children[0]; first !== undefined; first = next.children[0]) next = first
  return next.alignment
}

/** What a child asks of its place before it is put there. */
const alignmentBefore = (draft: Draft, { rules }: Placing): number =>
  rules.slack === "before-group" ? leading(draft) : draft.alignment

const checkLonger = (draft: Draft, target: Draft, { report }: Placing): void => {
  const [own, other] = [totalLength(draft), totalLength(target)]
  // Records are views of one buffer, so that each may have a length of its own.
  if (own <= other || draft.item.level === 1 || draft.item.level === 77) return
  report(
    finding(
      "CPY-2023",
      draft.item.span,
      `${draft.item.name} has ${own} bytes and redefines ${target.item.name}, which has ${other}`,
    ),
  )
}

const placeChildren = (group: Draft, isPinned: boolean, placing: Placing): void => {
  let cursor = group.offset
  let lengthMin = 0
  // The end of the views on the last place, and their shortest length.
  let viewMin = 0
  let isFirst = true
  placing.remembered = 1
  for (const child of group.children) {
    if (child.target === undefined) {
      const isChildPinned = isPinned && isFirst
      const from = isChildPinned ? cursor : aligned(cursor, alignmentBefore(child, placing))
      lengthMin += viewMin + (from - cursor)
      place(child, from, isChildPinned, placing)
      viewMin = totalLengthMin(child)
      cursor = from + totalLength(child)
      placing.remembered = Math.max(placing.remembered, child.alignment)
    } else {
      const from = child.target.offset
      if (from % alignmentBefore(child, placing) !== 0) {
        placing.report(
          finding("CPY-2013", child.item.span, `${child.item.name} begins at byte ${from}`),
        )
      }
      place(child, from, true, placing)
      checkLonger(child, child.target, placing)
      viewMin = Math.max(viewMin, totalLengthMin(child))
      cursor = Math.max(cursor, from + totalLength(child))
    }
    isFirst = false
    cursor = Math.min(cursor, group.offset + placing.recordSizeMax + 1)
    group.alignmentMax = Math.max(group.alignmentMax, child.alignmentMax)
  }
  group.length = cursor - group.offset
  group.lengthMin = Math.min(lengthMin + viewMin, group.length)
}

/**
 * Places a draft and all that is in it.
 *
 * @param isPinned Whether it must begin exactly there: a redefinition leaves no bytes free before
 *   its first item.
 * @category placing
 * @since 0.1.0
 */
export const place = (draft: Draft, offset: number, isPinned: boolean, placing: Placing): void => {
  draft.offset = offset
  if (draft.children.length === 0) return
  placeChildren(draft, isPinned, placing)
  if (draft.item.occurs === undefined) return
  const slack = aligned(draft.length, alignmentBetween(draft, placing)) - draft.length
  draft.length += slack
  draft.lengthMin += slack
}
