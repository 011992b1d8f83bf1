/**
 * Several copybooks that describe the records of one file.
 *
 * @since 0.1.0
 */
import type { Copybook, Item } from "../syntax/Item.ts"
import { itemOf } from "./DraftTree.ts"

const recordsOf = ({ items }: Copybook): ReadonlyArray<Item> =>
  items.every(({ level }) => level === 1 || level === 77) ? items : [itemOf("PART", items)]

/**
 * The records of all copybooks in one, in their order; a fragment without level 01 becomes one
 * record called PART. `layoutOf` makes views of them with `records: "redefine"`, or one long record with
 * `"concatenate"`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const mergeCopybooks = (copybooks: ReadonlyArray<Copybook>): Copybook => ({
  items: copybooks.flatMap(recordsOf),
  warnings: copybooks.flatMap(({ warnings }) => warnings),
})
