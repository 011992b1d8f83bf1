/**
 * Records of several kinds that belong to each other: a parent, then its children, then the next.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { type FramingCode, framingCodes } from "./FramingFault.ts"
import { FramingInvalid } from "./FramingInvalid.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ParentChildOptions {
  /** Parent to its children, by the names of their views: `{ COMPANY: ["CONTACT"] }`. */
  readonly children: Readonly<Record<string, ReadonlyArray<string>>>
  /** Records that are held for one root. Default 1,000,000. */
  readonly recordsMax?: number
}

/**
 * A record that is decoded, or still to be: the tree only looks at its view.
 *
 * @category models
 * @since 0.1.0
 */
export interface SegmentRecord<A> {
  readonly view: string
  /** 0-based, in the file. */
  readonly record: number
  readonly value: A
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SegmentNode<A> extends SegmentRecord<A> {
  /** By view, each in the order of the file; a view without children is an empty list. */
  readonly children: Readonly<Record<string, ReadonlyArray<SegmentNode<A>>>>
}

/**
 * A record that has no place in the tree.
 *
 * @category models
 * @since 0.1.0
 */
export interface Orphan<A> {
  readonly code: Extract<FramingCode, "CPY-3021" | "CPY-3022" | "CPY-3023">
  readonly record: SegmentRecord<A>
  readonly message: string
  readonly hint: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ParentChild<A> {
  /** Takes the next record of the file, and returns the root that is complete with it. */
  readonly push: (record: SegmentRecord<A>) => SegmentNode<A> | undefined
  /**
   * Passes over a record that was rejected, so that no child of it comes under the record before
   * it; returns the root that is complete with it.
   *
   * @param view `undefined` where nobody can tell: it may have been any record
   */
  readonly passOver: (view: string | undefined) => SegmentNode<A> | undefined
  /** The last root. */
  readonly finish: () => SegmentNode<A> | undefined
  /** Records that have no place, since the last call. */
  readonly takeOrphans: () => ReadonlyArray<Orphan<A>>
}

interface OpenNode<A> extends SegmentRecord<A> {
  readonly children: Record<string, Array<OpenNode<A>>>
}

const recordsMaxDefault = 1_000_000

/** Each child's parent, or why there is no tree. */
const parentsOf = ({
  children,
}: ParentChildOptions): Result.Result<ReadonlyMap<string, string>, FramingInvalid> => {
  const fail = (detail: string): Result.Result<never, FramingInvalid> =>
    Result.fail(new FramingInvalid({ option: "children", detail }))
  const parents = new Map<string, string>()
  for (const [parent, views] of Object.entries(children)) {
    for (const view of views) {
      const other = parents.get(view)
      if (other !== undefined) return fail(`give ${view} two parents, ${other} and ${parent}`)
      parents.set(view, parent)
    }
  }
  for (const view of parents.keys()) {
    const seen = new Set<string>()
    for (let at: string | undefined = view; at !== undefined; at = parents.get(at)) {
      if (seen.has(at)) return fail(`make ${view} its own ancestor`)
      seen.add(at)
    }
  }
  return Result.succeed(parents)
}

class Gathering<A> implements ParentChild<A> {
  readonly #options: ParentChildOptions
  readonly #parents: ReadonlyMap<string, string>
  /** The last record of each view under the present root. */
  readonly #open = new Map<string, OpenNode<A>>()
  #root: OpenNode<A> | undefined
  #held = 0
  #orphans: Array<Orphan<A>> = []

  constructor(options: ParentChildOptions, parents: ReadonlyMap<string, string>) {
    this.#options = options
    this.#parents = parents
  }

  push(record: SegmentRecord<A>): SegmentNode<A> | undefined {
    const parent = this.#parents.get(record.view)
    if (parent === undefined) {
      if (this.#options.children[record.view] === undefined) {
        const what = record.view === "" ? "a record without a view" : record.view
        this.#orphan("CPY-3021", record, `${what} is neither a parent nor a child`)
        return undefined
      }
      const complete = this.#root
      this.#open.clear()
      this.#root = this.#nodeOf(record)
      this.#held = 1
      return complete
    }
    const open = this.#open.get(parent)
    const limit = this.#options.recordsMax ?? recordsMaxDefault
    if (open === undefined) {
      this.#orphan("CPY-3022", record, `${record.view} without a good ${parent} before it`)
    } else if (this.#held >= limit) {
      this.#orphan("CPY-3023", record, `${limit} records are held`)
    } else {
      this.#forget(record.view)
      open.children[record.view]?.push(this.#nodeOf(record))
      this.#held += 1
    }
    return undefined
  }

  passOver(view: string | undefined): SegmentNode<A> | undefined {
    if (view !== undefined && this.#parents.has(view)) {
      this.#open.delete(view)
      this.#forget(view)
      return undefined
    }
    const isRoot = view === undefined || this.#options.children[view] !== undefined
    return isRoot ? this.finish() : undefined
  }

  finish(): SegmentNode<A> | undefined {
    const complete = this.#root
    this.#root = undefined
    this.#open.clear()
    return complete
  }

  takeOrphans(): ReadonlyArray<Orphan<A>> {
    return this.#orphans.splice(0)
  }

  #nodeOf(record: SegmentRecord<A>): OpenNode<A> {
    const views = this.#options.children[record.view] ?? []
    const children = Object.fromEntries(views.map((view) => [view, []]))
    const node: OpenNode<A> = { ...record, children }
    this.#open.set(record.view, node)
    return node
  }

  /** What lay under the record of this view before it takes no more children. */
  #forget(view: string): void {
    for (const child of this.#options.children[view] ?? []) {
      this.#open.delete(child)
      this.#forget(child)
    }
  }

  #orphan(code: Orphan<A>["code"], record: SegmentRecord<A>, detail: string): void {
    const { hint, summary } = framingCodes[code]
    this.#orphans.push({ code, record, message: `${summary}: ${detail}`, hint })
  }
}

/**
 * Gathers children under their parents: each under the last record of its parent's view. A view
 * that is nobody's child is a root; with each root the one before is complete.
 *
 * - Errors: `FramingInvalid` where a view has two parents or is its own ancestor.
 * - Memory: one root with all that is under it.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeParentChild = <A>(
  options: ParentChildOptions,
): Result.Result<ParentChild<A>, FramingInvalid> =>
  Result.map(parentsOf(options), (parents) => new Gathering<A>(options, parents))

/**
 * Ids that tell which records belong together, without holding them: one a level.
 *
 * A record of level 0 begins a new id, `<prefix>_<file>_<record>`. One of level `n` has the id of
 * its root with `_L<n>_<k>`, where `k` counts the records of that level under their root.
 *
 * @category models
 * @since 0.1.0
 */
export interface LevelIds {
  /** The ids of a record, one a level, and none for levels below its own or without a root. */
  readonly next: (segmentId: string, record: number) => ReadonlyArray<string | undefined>
}

/**
 * @param levels ids of each level's segments, the roots' first; `*` is every id that none of them has
 * @category constructors
 * @since 0.1.0
 */
export const makeLevelIds = (
  levels: ReadonlyArray<ReadonlyArray<string>>,
  prefix: string,
  file = 0,
): LevelIds => {
  const levelOf = new Map(levels.flatMap((ids, level) => ids.map((id) => [id, level] as const)))
  const others = levelOf.get("*")
  const counts = levels.map(() => 0)
  let root: string | undefined
  let deepest = -1
  return {
    next: (segmentId, record) => {
      const level = levelOf.get(segmentId) ?? others
      if (level === 0) root = `${prefix}_${file}_${record}`
      if (level !== undefined && root !== undefined) {
        if (level > 0) counts[level] = (counts[level] ?? 0) + 1
        else counts.fill(0)
        deepest = level
      }
      const last = level === undefined ? deepest : level
      return levels.map((_, index) => {
        if (root === undefined || index > last) return undefined
        if (index === 0) return root
        return (counts[index] ?? 0) === 0 ? undefined : `${root}_L${index}_${counts[index]}`
      })
    },
  }
}
