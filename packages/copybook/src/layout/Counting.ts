/**
 * Which field counts each table that depends on one, and what its count moves.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import { ancestorsOf, type Draft } from "./Draft.ts"
import { finding, type LayoutCode } from "./LayoutCode.ts"
import { NameIndex } from "./NameIndex.ts"

/** The last before the table, which is in its innermost groups; else the first behind it. */
const nearest = (table: Draft, candidates: ReadonlyArray<Draft>): Draft | undefined =>
  candidates.findLast(({ order }) => order < table.order) ?? candidates[0]

const isCount = ({ storage }: Draft): boolean => {
  switch (storage?.kind) {
    case "text":
      return true
    case "zoned":
    case "packed":
    case "binary":
      return storage.scale === 0
    case "national":
      return storage.decimal?.scale === 0
    case "edited":
      return storage.isNumeric && storage.picture.scale === 0
    default:
      return false
  }
}

const checkCounter = (
  table: Draft,
  counter: Draft,
  tell: (code: LayoutCode, what: string) => void,
) => {
  if (!isCount(counter)) tell("CPY-2033", "is neither an integer nor text")
  const around = new Set(ancestorsOf(table))
  const isOneOfMany = [counter, ...ancestorsOf(counter)].some(
    (draft) => draft.item.occurs !== undefined && !around.has(draft),
  )
  if (isOneOfMany) tell("CPY-2034", "lies in a table")
  else if (counter.order > table.order) tell("CPY-2032", "lies behind it")
}

/**
 * Gives each table its counter.
 *
 * @param drafts Every draft of the record, in the order of the text.
 * @category resolving
 * @since 0.1.0
 */
export const resolveCounters = (
  drafts: ReadonlyArray<Draft>,
  report: (diagnostic: Diagnostic) => void,
): void => {
  const names = new NameIndex(drafts)
  for (const table of drafts) {
    const { occurs } = table.item
    if (occurs?.dependingOn === undefined) continue
    const name = occurs.dependingOn
    const tell = (code: LayoutCode, what: string): void =>
      report(
        finding(
          code,
          occurs.span,
          `${table.item.name} depends on ${name.join(" OF ")}, which ${what}`,
        ),
      )
    const candidates = names.find(name)
    const counter = nearest(table, candidates)
    if (counter === undefined) {
      tell("CPY-2030", "is not in the record")
      continue
    }
    if (candidates.length > 1) tell("CPY-2031", `is the name of ${candidates.length} items`)
    checkCounter(table, counter, tell)
    table.counter = counter
    for (const group of ancestorsOf(table)) group.isVariable = true
  }
}

/**
 * Marks what a count may move: what lies behind a counted table, and what lies in a table whose
 * occurrences differ in length.
 *
 * @category resolving
 * @since 0.1.0
 */
export const markShifted = (root: Draft, report: (diagnostic: Diagnostic) => void): void => {
  /** Whether what follows the draft is shifted. */
  const walk = (draft: Draft, isBefore: boolean): boolean => {
    const isRepeated = (draft.item.occurs?.max ?? 1) > 1 && draft.isVariable
    draft.isShifted = isBefore || isRepeated
    let isAfter = isBefore || isRepeated
    for (const child of draft.children) {
      if (child.target === undefined) isAfter = walk(child, isAfter)
      else {
        const isView = walk(child, child.target.isShifted)
        isAfter ||= isView
        warnVariable(child, child.target, report)
      }
    }
    return isAfter || draft.counter !== undefined
  }
  walk(root, false)
}

const warnVariable = (
  draft: Draft,
  target: Draft,
  report: (diagnostic: Diagnostic) => void,
): void => {
  const isCounted = (one: Draft): boolean => one.counter !== undefined || one.isVariable
  // Nothing follows the views of a whole record.
  const isRecord = draft.item.level === 1 || draft.item.level === 77
  if (isRecord || (!isCounted(draft) && !isCounted(target))) return
  report(finding("CPY-2024", draft.item.span, `${draft.item.name} redefines ${target.item.name}`))
}
