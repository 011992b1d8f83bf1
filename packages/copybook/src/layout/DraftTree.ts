/**
 * Named and sized drafts of a record's items, with what they have from their groups.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { Item } from "../syntax/Item.ts"
import type { DialectRules } from "./Dialect.ts"
import type { Draft } from "./Draft.ts"
import { type Inherited, itemStorage } from "./ItemStorage.ts"
import { finding } from "./LayoutCode.ts"
import { resolveRedefinitions } from "./Redefinition.ts"
import { checkValue } from "./ValueCheck.ts"

interface Making {
  readonly rules: DialectRules
  readonly report: (diagnostic: Diagnostic) => void
  order: number
}

/** Names of one group, each given once: the second `A` is `A_2`. */
const distinctNames = (items: ReadonlyArray<Item>): ReadonlyArray<string> => {
  const written = new Set(items.map(({ name }) => name.toUpperCase()))
  const given = new Set<string>()
  const counts = new Map<string, number>()
  return items.map(({ name }) => {
    const key = name.toUpperCase()
    if (!given.has(key)) {
      given.add(key)
      return name
    }
    let count = counts.get(key) ?? 1
    let distinct: string
    do {
      count += 1
      distinct = `${name}_${count}`
    } while (written.has(distinct.toUpperCase()) || given.has(distinct.toUpperCase()))
    counts.set(key, count)
    given.add(distinct.toUpperCase())
    return distinct
  })
}

const inheritedBy = (item: Item, inherited: Inherited): Inherited => {
  const usage = item.usage ?? inherited.usage
  const sign = item.sign ?? inherited.sign
  return {
    ...(usage === undefined ? {} : { usage }),
    ...(sign === undefined ? {} : { sign }),
    isSynchronized: item.isSynchronized || inherited.isSynchronized,
  }
}

const checkGroup = (item: Item, report: (diagnostic: Diagnostic) => void): void => {
  const clauses = [
    ...(item.picture === undefined ? [] : ["PICTURE"]),
    ...(item.isJustified ? ["JUSTIFIED"] : []),
    ...(item.isBlankWhenZero ? ["BLANK WHEN ZERO"] : []),
  ]
  if (clauses.length > 0) {
    report(
      finding("CPY-2002", item.span, `${item.name} has items of its own and ${clauses.join(", ")}`),
    )
  }
  if (item.isSynchronized && item.level !== 1) {
    report(finding("CPY-2012", item.span, `${item.name} is SYNCHRONIZED`))
  }
}

const checkTable = (item: Item, report: (diagnostic: Diagnostic) => void): void => {
  if (item.occurs === undefined) return
  const { max, min, span } = item.occurs
  if (max < 1 || min > max) {
    report(finding("CPY-2036", span, `${item.name} occurs ${min} to ${max} times`))
  }
  if (item.level === 1 || item.level === 77) {
    report(finding("CPY-2035", span, `${item.name} has level ${item.level} and OCCURS`))
  }
}

const made = (
  item: Item,
  place: Pick<Draft, "name" | "path" | "parent">,
  inherited: Inherited,
  making: Making,
): Draft => {
  const { report, rules } = making
  const order = making.order
  making.order += 1
  const isGroup = item.children.length > 0
  const sized = isGroup ? undefined : itemStorage(item, inherited, rules, report)
  if (sized !== undefined) checkValue(item, sized.storage, sized.bytes, report)
  checkTable(item, report)
  const isSynchronized = item.isSynchronized || inherited.isSynchronized
  const alignment = isSynchronized ? (sized?.alignment ?? 1) : 1
  const length = sized?.bytes ?? 0
  const draft: Draft = {
    item,
    ...place,
    children: [],
    order,
    ...(sized === undefined ? {} : { storage: sized.storage }),
    alignment,
    alignmentMax: alignment,
    offset: 0,
    length,
    lengthMin: length,
    isShifted: false,
    isVariable: false,
  }
  if (!isGroup) return draft
  checkGroup(item, report)
  const names = distinctNames(item.children)
  const prefix = draft.parent === undefined ? "" : `${draft.path}.`
  for (const [index, child] of item.children.entries()) {
    const name = names[index] ?? child.name
    draft.children.push(
      made(
        child,
        { name, path: `${prefix}${name}`, parent: draft },
        inheritedBy(item, inherited),
        making,
      ),
    )
  }
  resolveRedefinitions(draft.children, rules, report)
  return draft
}

/**
 * The draft of a record, nothing of it placed yet.
 *
 * @category constructors
 * @since 0.1.0
 */
export const draftOf = (
  record: Item,
  rules: DialectRules,
  report: (diagnostic: Diagnostic) => void,
): Draft =>
  made(
    record,
    { name: record.name, path: record.name },
    { sign: rules.numericSign, isSynchronized: false },
    {
      rules,
      report,
      order: 0,
    },
  )

/**
 * One record that holds several, each behind the other.
 *
 * @category constructors
 * @since 0.1.0
 */
export const itemOf = (name: string, records: ReadonlyArray<Item>): Item => ({
  level: 1,
  name,
  isFiller: false,
  isSynchronized: false,
  isJustified: false,
  isBlankWhenZero: false,
  isExternal: false,
  isGlobal: false,
  conditions: [],
  renames: [],
  children: records,
  span: records[0]?.span ?? { line: 1, column: 1, offset: 0, length: 0 },
})

/**
 * Makes every record a view of the first one's place.
 *
 * @category resolving
 * @since 0.1.0
 */
export const overlay = ([first, ...others]: ReadonlyArray<Draft>): void => {
  if (first === undefined) return
  for (const other of others) other.target = first
}
