/** Children gathered under their parent, as tools write files of several kinds of records. */
import * as Result from "effect/Result"
import { makeParentChild, type SegmentNode } from "@countersign/copybook/framing/ParentChild"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import { keysLike } from "./CaseReading.ts"
import { isSource } from "@countersign/copybook/record/SuppliedValue"
import type { Manifest } from "./Manifest.ts"

const pairsOf = (options: ReadonlyArray<string>): ReadonlyArray<readonly [string, string]> =>
  options.map((option) => {
    const [left = "", right = ""] = option.split("=>")
    return [left.trim(), right.trim()]
  })

const written = (name: string): string => name.replaceAll("_", "-")

type Values = Record<string, unknown>

const nested = ({ children, value, view }: SegmentNode<RecordObject>): Values => {
  const own = value[view]
  const lists = Object.entries(children).map(([child, nodes]) => [
    child,
    nodes.map((node) => nested(node)[child]),
  ])
  return {
    ...value,
    [view]: { ...(isSource(own) ? own : {}), ...Object.fromEntries(lists) },
  }
}

/** As they are, where the case gathers nothing. */
export const gathered = (
  { peerOptions }: Manifest,
  values: ReadonlyArray<RecordObject>,
): ReadonlyArray<RecordObject | Values> => {
  const families = pairsOf(keysLike(peerOptions, /^segment[-_]children/))
  if (families.length === 0) return values
  const views = pairsOf(keysLike(peerOptions, /^redefine[-_]segment[-_]id[-_]map/)).map(([view]) =>
    written(view),
  )
  const children: Record<string, Array<string>> = {}
  for (const [parent, list] of families) {
    children[written(parent)] = list.split(",").map((child) => written(child.trim()))
  }
  const tree = Result.getOrThrow(makeParentChild<RecordObject>({ children }))
  const roots: Array<Values> = []
  for (const [record, value] of values.entries()) {
    const view = views.find((each) => value[each] !== null && value[each] !== undefined)
    if (view === undefined) continue
    const root = tree.push({ view, record, value })
    if (root !== undefined) roots.push(nested(root))
  }
  const last = tree.finish()
  return last === undefined ? roots : [...roots, nested(last)]
}
