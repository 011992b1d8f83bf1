/**
 * The places of level 66 entries.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { QualifiedName, Renames } from "../syntax/Item.ts"
import { ancestorsOf, type Draft, everyDraft } from "./Draft.ts"
import type { Alias } from "./Layout.ts"
import { finding, type LayoutCode } from "./LayoutCode.ts"
import { NameIndex } from "./NameIndex.ts"

const isInTable = (draft: Draft): boolean =>
  [draft, ...ancestorsOf(draft)].some(({ item }) => item.occurs !== undefined)

/**
 * The aliases of a record; one that has no place is reported.
 *
 * @param drafts Every draft of the record that the entries follow.
 * @category resolving
 * @since 0.1.0
 */
export const aliasesOf = (
  renames: ReadonlyArray<Renames>,
  drafts: ReadonlyArray<Draft>,
  report: (diagnostic: Diagnostic) => void,
): ReadonlyArray<Alias> => {
  const names = new NameIndex(renames.length === 0 ? [] : drafts)
  return renames.flatMap((entry) => {
    const tell = (code: LayoutCode, message: string): void =>
      report(finding(code, entry.span, `${entry.name} renames ${message}`))
    const find = (name: QualifiedName): Draft | undefined => {
      const found = names.find(name)
      const [only] = found
      if (found.length === 1 && only !== undefined) return only
      const count = found.length === 0 ? "no item" : `${found.length} items`
      tell("CPY-2040", `${name.join(" OF ")}, which names ${count} of the record`)
      return undefined
    }
    const from = find(entry.from)
    const through = entry.through === undefined ? from : find(entry.through)
    if (from === undefined || through === undefined) return []
    const table = [from, through].find(isInTable)
    if (table !== undefined) {
      tell("CPY-2042", `${table.item.name}, which is in a table`)
      return []
    }
    const length = through.offset + through.length - from.offset
    const last = through === from ? from : (everyDraft(through).at(-1) ?? through)
    const counted = drafts.find(
      ({ item, order }) =>
        item.occurs?.dependingOn !== undefined && order >= from.order && order <= last.order,
    )
    if (counted !== undefined) {
      tell("CPY-2042", `over ${counted.item.name}, which depends on a counter`)
      return []
    }
    const isOne = through === from
    if (through.offset < from.offset || (length <= from.length && !isOne)) {
      tell(
        "CPY-2041",
        `${from.item.name} through ${through.item.name}, which does not end behind it`,
      )
      return []
    }
    return [
      { name: entry.name, offset: from.offset, length, from: from.path, through: through.path },
    ]
  })
}
