/**
 * Which item each REDEFINES takes the place of.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { DialectRules } from "./Dialect.ts"
import type { Draft } from "./Draft.ts"
import { finding } from "./LayoutCode.ts"

/**
 * Gives each redefinition among siblings the first of its chain as its target.
 *
 * @category resolving
 * @since 0.1.0
 */
export const resolveRedefinitions = (
  siblings: ReadonlyArray<Draft>,
  rules: DialectRules,
  report: (diagnostic: Diagnostic) => void,
): void => {
  // The last item that has a place of its own: only that may be redefined.
  let owner: Draft | undefined
  const before = new Map<string, Draft>()
  for (const draft of siblings) {
    const name = draft.item.redefines
    const named = name === undefined ? undefined : before.get(name.toUpperCase())
    if (!draft.item.isFiller) before.set(draft.item.name.toUpperCase(), draft)
    if (name === undefined) {
      owner = draft
      continue
    }
    if (named === undefined) {
      report(
        finding(
          "CPY-2020",
          draft.item.span,
          `${draft.item.name} redefines ${name}, which is not before it`,
        ),
      )
      continue
    }
    const target = named.target ?? named
    if (target !== owner) {
      report(
        finding(
          "CPY-2021",
          draft.item.span,
          `${draft.item.name} redefines ${name}, and ${owner?.item.name ?? "another item"} lies between`,
        ),
      )
      continue
    }
    if (named.item.occurs !== undefined && !rules.hasRedefinedTables) {
      report(
        finding(
          "CPY-2022",
          draft.item.span,
          `${draft.item.name} redefines ${name}, which is a table`,
        ),
      )
    }
    draft.target = target
  }
}
