/**
 * Records of a file as lines of JSON, with what a file's settings put beside their values.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FramingInvalid } from "../framing/FramingInvalid.ts"
import {
  makeLevelIds,
  makeParentChild,
  type Orphan,
  type SegmentNode,
} from "../framing/ParentChild.ts"
import type { Reject } from "../framing/Rejects.ts"
import type { FileRecord } from "./FileDecoder.ts"
import type { FilePlan } from "./FilePlan.ts"

type Value = Readonly<Record<string, unknown>>

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordLines {
  /** The lines that are complete with these records, each with its end. */
  readonly add: (records: ReadonlyArray<FileRecord>) => string
  /** The lines of what was held back. */
  readonly finish: () => string
  /** Records that found no parent, since the last call. */
  readonly takeRejects: () => ReadonlyArray<Reject>
}

/**
 * The member of a parent that holds the children of a view: the view's own name.
 *
 * @category conversions
 * @since 0.1.0
 */
export const childKey = (view: string, names: "written" | "underscore" | undefined): string => {
  const name = view.slice(view.lastIndexOf(".") + 1)
  return names === "underscore" ? name.replaceAll("-", "_") : name
}

/** Bytes as JSON has them: in hex. */
const replacer = (_key: string, value: unknown): unknown =>
  value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value

const lineOf = (value: Value): string => `${JSON.stringify(value, replacer)}\n`

/** A record with what the settings ask to be beside its values. */
const withExtras = ({ segments: kinds, settings }: FilePlan): ((record: FileRecord) => Value) => {
  const { output = {}, segments } = settings
  const { bytes, faults, length, levels = "_levels", metadata = "_metadata", offset } = output
  const { record, segment } = output
  const ids =
    segments?.levels === undefined
      ? undefined
      : makeLevelIds(
          segments.levels.map((each) => each.map((id) => kinds?.idFor(id) ?? id)),
          segments.prefix ?? "ID",
        )
  return (one) => {
    const extras: Record<string, unknown> = {}
    if (record !== undefined) extras[record] = one.record
    if (offset !== undefined) extras[offset] = one.fileOffset
    if (length !== undefined) extras[length] = one.length
    if (bytes !== undefined) extras[bytes] = one.bytes
    if (segment !== undefined) extras[segment] = one.segment ?? null
    if (ids !== undefined) {
      extras[levels] = ids.next(one.segment ?? "", one.record).map((id) => id ?? null)
    }
    if (one.metadata !== undefined) extras[metadata] = one.metadata
    if (faults !== undefined && one.reject !== undefined) extras[faults] = one.reject.faults
    return { ...extras, ...one.value }
  }
}

const rejectOfOrphan = (
  { bytes = new Uint8Array(0), fileOffset, length, record }: FileRecord,
  { code, hint, message }: Orphan<unknown>,
): Reject => ({ record, fileOffset, length, faults: [{ code, message, hint }], bytes })

/**
 * - Errors: `FramingInvalid` where the tree of parents and children is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (plan: FilePlan): Result.Result<RecordLines, FramingInvalid> => {
  const { codec, settings } = plan
  const keepsRejected = settings.output?.faults !== undefined
  const isWritten = ({ reject }: FileRecord): boolean => reject === undefined || keepsRejected
  const shown = withExtras(plan)
  const { children } = settings.segments ?? {}
  if (children === undefined) {
    return Result.succeed({
      add: (records) => records.map((one) => (isWritten(one) ? lineOf(shown(one)) : "")).join(""),
      finish: () => "",
      takeRejects: () => [],
    })
  }
  return Result.map(makeParentChild<Value>({ children }), (tree) => {
    const nested = ({ children: views, value }: SegmentNode<Value>): Value => ({
      ...value,
      ...Object.fromEntries(
        Object.entries(views).map(([view, nodes]) => [
          childKey(view, codec.names),
          nodes.map(nested),
        ]),
      ),
    })
    const complete = (node: SegmentNode<Value> | undefined): string =>
      node === undefined ? "" : lineOf(nested(node))
    const orphans: Array<Reject> = []
    const lineWith = (one: FileRecord): string => {
      // Where an id was read, no view means that it is nobody's parent.
      const { record, segment, view = segment === undefined ? undefined : "" } = one
      if (!isWritten(one)) return complete(tree.passOver(view))
      const line = complete(tree.push({ view: view ?? "", record, value: shown(one) }))
      for (const orphan of tree.takeOrphans()) orphans.push(rejectOfOrphan(one, orphan))
      return line
    }
    return {
      add: (records) => records.map(lineWith).join(""),
      finish: () => complete(tree.finish()),
      takeRejects: () => orphans.splice(0),
    }
  })
}
