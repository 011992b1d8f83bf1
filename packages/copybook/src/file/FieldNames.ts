/**
 * Paths of a layout as people write them: any case, `_` for `-`, and only as much as is needed.
 *
 * @since 0.1.0
 */
import type { Layout } from "../layout/Layout.ts"
import { everyField } from "../layout/LayoutTree.ts"

const plain = (name: string): string => name.toUpperCase().replaceAll("_", "-")

/**
 * Resolves names to paths: one that is written out, else the only one that ends so. A name of no
 * field, or of several, stays what it is, so that whoever looks it up refuses it by the name that
 * was given.
 *
 * @category constructors
 * @since 0.1.0
 */
export const pathResolver = (layout: Layout): ((name: string) => string) => {
  const paths = everyField(layout).map(({ path }) => path)
  const byPath = new Map(paths.toReversed().map((path) => [plain(path), path]))
  return (name) => {
    const wanted = plain(name)
    const exact = byPath.get(wanted)
    if (exact !== undefined) return exact
    const ending = new Set(
      paths.filter((path) => `.${plain(layout.name)}.${plain(path)}`.endsWith(`.${wanted}`)),
    )
    const [only, ...others] = ending
    return only !== undefined && others.length === 0 ? only : name
  }
}
