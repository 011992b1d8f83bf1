/**
 * Entries, nested by their level numbers.
 *
 * @since 0.1.0
 */
import type { Span } from "../source/Diagnostic.ts"
import type { Findings } from "../source/Findings.ts"
import type { Entry } from "./Entry.ts"
import type { Condition, Item, Renames, Usage } from "./Item.ts"
import { usagesAlone } from "./UsageWord.ts"

interface Node {
  readonly entry: Entry
  readonly children: Array<Node>
  readonly conditions: Array<Condition>
  readonly renames: Array<Renames>
}

const itemOf = ({ children, conditions, entry, renames }: Node): Item => {
  const { level, name, occurs, picture, redefines, sign, span, usage, values } = entry
  const value = values[0]?.from
  return {
    level,
    name,
    isFiller: entry.isFiller,
    isSynchronized: entry.isSynchronized,
    isJustified: entry.isJustified,
    isBlankWhenZero: entry.isBlankWhenZero,
    isExternal: entry.isExternal,
    isGlobal: entry.isGlobal,
    conditions,
    renames,
    // Levels end at 49, so the recursion does too.
    children: children.map(itemOf),
    span,
    ...(picture === undefined ? {} : { picture: picture.picture }),
    ...(usage === undefined ? {} : { usage: usage.usage }),
    ...(sign === undefined ? {} : { sign }),
    ...(occurs === undefined ? {} : { occurs }),
    ...(redefines === undefined ? {} : { redefines }),
    ...(value === undefined ? {} : { value }),
  }
}

/**
 * Takes entries in the order of the text.
 *
 * @category models
 * @since 0.1.0
 */
export class ItemTree {
  readonly #findings: Findings
  readonly #roots: Array<Node> = []
  /** From a root to the item that was read last. */
  #path: Array<Node> = []

  constructor(findings: Findings) {
    this.#findings = findings
  }

  add(entry: Entry): void {
    if (entry.level === 88) return this.#condition(entry)
    if (entry.level === 66) return this.#renames(entry)
    const node: Node = { entry, children: [], conditions: [], renames: [] }
    this.#clauses(entry)
    const depth = entry.level === 77 ? 0 : this.#depthOf(entry.level)
    const parent = this.#path[depth - 1]
    if (parent === undefined || entry.level === 77) {
      this.#sibling(this.#roots.at(-1), entry, "the text")
      this.#roots.push(node)
      this.#path = [node]
      return
    }
    this.#sibling(parent.children.at(-1), entry, parent.entry.name)
    parent.children.push(node)
    this.#path = [...this.#path.slice(0, depth), node]
  }

  /** Tells that an entry behind the last one was lost: what lacks may have been in it. */
  lose(): void {
    for (const { entry } of this.#path) entry.isBroken = true
  }

  /** The items; what is missing in them is found only now. */
  items(): ReadonlyArray<Item> {
    for (const root of this.#roots) this.#check(root, undefined)
    return this.#roots.map(itemOf)
  }

  /** How many items of the path lie above an item of the level. */
  #depthOf(level: number): number {
    let depth = this.#path.length
    while (depth > 0 && (this.#path[depth - 1]?.entry.level ?? 0) >= level) depth--
    return depth
  }

  #sibling(before: Node | undefined, { level, name, span }: Entry, group: string): void {
    if (before === undefined || before.entry.level === level) return
    const isRecord = (each: number): boolean => each === 77 || each === 1
    if (isRecord(level) && isRecord(before.entry.level)) return
    this.#findings.add(
      "CPY-1201",
      span,
      `${name} has level ${level}, and ${before.entry.name} before it in ${group} has ${before.entry.level}`,
    )
  }

  #condition(entry: Entry): void {
    const owner = this.#path.at(-1)
    if (owner === undefined) {
      const message = `the condition ${entry.name} follows no item`
      return this.#findings.add("CPY-1204", entry.span, message)
    }
    const { name, span, values } = entry
    owner.conditions.push({ name, values, span })
  }

  #renames({ name, renames, span }: Entry): void {
    const root = this.#path[0]
    if (root === undefined) {
      return this.#findings.add("CPY-1205", span, `${name} renames what is not there`)
    }
    if (renames !== undefined) root.renames.push({ name, ...renames, span })
  }

  #clauses({ level, name, occurs, picture, span, usage }: Entry): void {
    if (occurs !== undefined && (level === 1 || level === 77)) {
      const message = `${name} has level ${level}, and OCCURS`
      this.#findings.add("CPY-1210", occurs.span, message)
    }
    if (picture === undefined || usage === undefined || !usagesAlone.has(usage.usage)) return
    const message = `${name} has a PICTURE, and a USAGE that takes none`
    this.#findings.add("CPY-1208", usage.span ?? span, message)
  }

  #check({ children, entry }: Node, inherited: Usage | undefined): void {
    const usage = entry.usage?.usage ?? inherited
    const report = (code: "CPY-1202" | "CPY-1203", span: Span, message: string): void =>
      this.#findings.add(code, span, message)
    if (children.length === 0) {
      const isComplete =
        entry.isBroken ||
        entry.picture !== undefined ||
        (usage !== undefined && usagesAlone.has(usage))
      if (!isComplete) {
        report("CPY-1203", entry.span, `${entry.name} has neither a PICTURE nor items below it`)
      }
      return
    }
    if (entry.picture !== undefined) {
      const [first] = children
      const message = `${entry.name} has the PICTURE ${entry.picture.picture.text}, but ${first?.entry.name ?? ""} lies below it`
      report("CPY-1202", entry.picture.span, message)
    }
    for (const child of children) this.#check(child, usage)
  }
}
