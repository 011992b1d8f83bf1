/**
 * The items of a record by their names, qualified or not.
 *
 * @since 0.1.0
 */
import type { QualifiedName } from "../syntax/Item.ts"
import { ancestorsOf, type Draft } from "./Draft.ts"

/** Whether the item lies in the groups that qualify its name, from the inside out. */
const isWithin = (draft: Draft, qualifiers: ReadonlyArray<string>): boolean => {
  let rest = ancestorsOf(draft)
  for (const qualifier of qualifiers) {
    const at = rest.findIndex(({ item }) => item.name.toUpperCase() === qualifier)
    if (at < 0) return false
    rest = rest.slice(at + 1)
  }
  return true
}

/**
 * @category models
 * @since 0.1.0
 */
export class NameIndex {
  readonly #byName: ReadonlyMap<string, ReadonlyArray<Draft>>
  // Hundreds of tables may ask for one name.
  readonly #found = new Map<string, ReadonlyArray<Draft>>()

  /** @param drafts In the order of the text. */
  constructor(drafts: ReadonlyArray<Draft>) {
    this.#byName = Map.groupBy(
      drafts.filter(({ item }) => !item.isFiller),
      ({ item }) => item.name.toUpperCase(),
    )
  }

  /** All that the name fits, in the order of the text. */
  find(name: QualifiedName): ReadonlyArray<Draft> {
    const [own = "", ...qualifiers] = name.map((word) => word.toUpperCase())
    const key = [own, ...qualifiers].join(" ")
    const known = this.#found.get(key)
    if (known !== undefined) return known
    const found = (this.#byName.get(own) ?? []).filter((draft) => isWithin(draft, qualifiers))
    this.#found.set(key, found)
    return found
  }
}
