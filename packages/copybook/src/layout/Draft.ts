/**
 * An item on the way to its place: named and sized, then placed, then counted.
 *
 * @since 0.1.0
 */
import type { Item } from "../syntax/Item.ts"
import type { Storage } from "./Layout.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Draft {
  readonly item: Item
  readonly name: string
  readonly path: string
  readonly parent?: Draft
  /** Filled while the tree is made. */
  readonly children: Array<Draft>
  /** Position in the order of the text; a draft comes before what is in it. */
  readonly order: number
  /** Of elementary items. */
  readonly storage?: Storage
  /** What its place must be a multiple of; 1 where it is not synchronized. Units: bytes. */
  readonly alignment: number
  /** The first of its chain of redefinitions, found before anything is placed. */
  target?: Draft
  /** The largest alignment in it. Units: bytes. */
  alignmentMax: number
  offset: number
  /** One occurrence, with the slack at its end. Units: bytes. */
  length: number
  lengthMin: number
  isShifted: boolean
  /** Whether a table in it depends on a counter; its own OCCURS is not meant. */
  isVariable: boolean
  counter?: Draft
}

/**
 * Its bytes with every occurrence, and with every table in it at its maximum.
 *
 * @category getters
 * @since 0.1.0
 */
export const totalLength = ({ item, length }: Draft): number => length * (item.occurs?.max ?? 1)

/**
 * Its bytes with every table at its minimum.
 *
 * @category getters
 * @since 0.1.0
 */
export const totalLengthMin = ({ item, lengthMin }: Draft): number =>
  lengthMin * (item.occurs?.min ?? 1)

/**
 * The draft and all that is in it, in the order of the text.
 *
 * @category getters
 * @since 0.1.0
 */
export const everyDraft = (draft: Draft): ReadonlyArray<Draft> => {
  const all: Array<Draft> = []
  const waiting = [draft]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    all.push(next)
    for (let index = next.children.length - 1; index >= 0; index -= 1) {
      const child = next.children[index]
      if (child !== undefined) waiting.push(child)
    }
  }
  return all
}

/**
 * What it is in, from the innermost out.
 *
 * @category getters
 * @since 0.1.0
 */
export const ancestorsOf = (draft: Draft): ReadonlyArray<Draft> => {
  const all: Array<Draft> = []
  for (let next = draft.parent; next !== undefined; next = next.parent) all.push(next)
  return all
}
