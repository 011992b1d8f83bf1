/** One record, field by field: where each lies in its bytes, what it says, and what is wrong. */
import { holding } from "@countersign/copybook/field/Conditions"
import type { FieldValue } from "@countersign/copybook/field/CodecShape"
import { render } from "@countersign/copybook/field/Decimal"
import type { Fault } from "@countersign/copybook/field/Fault"
import type { Field } from "@countersign/copybook/layout/Layout"
import { RecordWalk } from "@countersign/copybook/record/RecordWalk"
import type { Step } from "@countersign/copybook/record/Step"
import { holds } from "@countersign/copybook/record/ViewRule"
import type { Codec } from "./Codec.ts"

export interface FieldNode {
  /** The path with the indexes of tables, such as `ORDER.LINES[2].PRICE`; as faults name it. */
  readonly id: string
  readonly name: string
  readonly field: Field
  readonly kind: "group" | "table" | "elementary"
  /** From the record's beginning; −1 where it can't be said. Units: bytes. */
  readonly offset: number
  /** Units: bytes. */
  readonly length: number
  /** Whether the record has all of its bytes. */
  readonly isWhole: boolean
  /** Whether it is read at all: of the views of the same bytes, some are not. */
  readonly isRead: boolean
  /** Of elementary fields that could be read. */
  readonly value?: string
  /** Names of level 88 that its value has. */
  readonly names: ReadonlyArray<string>
  /** A code; also where other views of the bytes are good, and it is no fault of the record. */
  readonly problem?: string
  readonly fault?: Fault
  readonly parent?: string
  readonly children: ReadonlyArray<FieldNode>
  /** Entries of the table that are left out here. */
  readonly left: number
}

export interface RecordTree {
  readonly root: FieldNode
  readonly byId: ReadonlyMap<string, FieldNode>
  /** Elementary ones, in the order of the text. */
  readonly leaves: ReadonlyArray<FieldNode>
  /** Of its fields. */
  readonly faults: ReadonlyArray<Fault>
  /** Why the record itself is no good, where none of its fields says so: its kind is not known. */
  readonly troubles: ReadonlyArray<{ readonly code: string; readonly message: string }>
  /** `false`: the settings leave it out, and nothing looked for faults. */
  readonly isDecoded: boolean
  /** The segment's id and the view that it is read by, where segments are told apart. */
  readonly segment?: string
  readonly view?: string
}

export interface RecordBytes {
  /** 0-based. */
  readonly number: number
  /** Behind its headers. Units: bytes. */
  readonly fileOffset: number
  readonly bytes: Uint8Array
}

/** More entries and more fields than these would only be scrolled past. */
const entriesMax = 200
const nodesMax = 20_000

export const valueText = (value: FieldValue | null | undefined): string => {
  if (value === null || value === undefined) return ""
  if (value instanceof Uint8Array)
    return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("")
  return typeof value === "object" ? render(value) : String(value)
}

const decodeOne = ({ decoder }: Codec, { bytes, fileOffset, number }: RecordBytes) =>
  decoder.decode({
    bytes,
    starts: Int32Array.of(0),
    lengths: Int32Array.of(bytes.length),
    count: 1,
    firstRecord: number,
    fileOffset,
  })[0]

interface Place {
  readonly indexes: ReadonlyArray<number>
  readonly parent: string | undefined
  readonly isRead: boolean
}

class TreeBuilder {
  readonly byId = new Map<string, FieldNode>()
  readonly leaves: Array<FieldNode> = []
  readonly #codec: Codec
  readonly #bytes: Uint8Array
  readonly #walk: RecordWalk
  readonly #faults: ReadonlyMap<string, Fault>
  readonly #view: string | undefined
  #nodes = 0

  constructor(
    codec: Codec,
    bytes: Uint8Array,
    faults: ReadonlyArray<Fault>,
    view: string | undefined,
  ) {
    this.#codec = codec
    this.#bytes = bytes
    this.#walk = new RecordWalk(codec.steps)
    this.#faults = new Map(faults.map((fault) => [fault.path, fault]))
    this.#view = view
  }

  #locate(path: string, indexes: ReadonlyArray<number>): number {
    const chain = this.#codec.steps.chains.get(path)
    if (chain === undefined) return -1
    this.#walk.begin(this.#bytes, 0, this.#bytes.length)
    return this.#walk.locate(chain, indexes)
  }

  /** How long one occurrence is in this record. */
  #length(step: Step, indexes: ReadonlyArray<number>): number {
    const before = this.#walk.shift
    let delta = 0
    for (const [depth, path] of step.tablePaths.entries()) {
      const stride = this.#codec.steps.chains.get(path)?.at(-2)?.table?.stride ?? 0
      delta += (indexes[depth] ?? 0) * stride
    }
    for (const each of step.kind === "group" ? step.walks : []) this.#walk.skip(each, delta)
    return step.length + this.#walk.shift - before
  }

  #count(path: string, indexes: ReadonlyArray<number>): number {
    const chain = this.#codec.steps.chains.get(path)
    const table = chain?.at(-2)
    if (chain === undefined || table === undefined) return 0
    this.#walk.begin(this.#bytes, 0, this.#bytes.length)
    this.#walk.locate(chain.slice(0, -1), indexes)
    return this.#walk.count(table)
  }

  /** Whether a view of redefined bytes is the one that this record is read by. */
  #isRead(field: Field): boolean {
    const { plan, steps } = this.#codec
    const views = plan.segments?.views ?? []
    if (views.includes(field.path)) return field.path === this.#view
    const chosen = this.#view
    // A view that no segment has, beside one that this record's segment has.
    if (chosen !== undefined && isBeside(this.#codec, field, chosen)) return false
    const rule = steps.chains.get(field.path)?.findLast((step) => step.field === field)?.rule
    if (rule === undefined) return true
    return holds(rule, (path) => this.#valueAt(path))
  }

  #valueAt(path: string): FieldValue | null {
    const step = this.#codec.steps.chains.get(path)?.at(-1)
    const offset = this.#locate(path, [])
    if (step?.codec === undefined || offset < 0) return null
    if (offset + step.length > this.#bytes.length) return null
    return step.codec.decode(this.#bytes, offset) ?? null
  }

  #put(node: FieldNode): FieldNode {
    this.byId.set(node.id, node)
    if (node.kind === "elementary") this.leaves.push(node)
    return node
  }

  field(field: Field, prefix: string, place: Place): FieldNode {
    const name = field.name
    const id = prefix === "" ? name : `${prefix}.${name}`
    const isRead = place.isRead && this.#isRead(field)
    const here = { ...place, isRead }
    return field.table === undefined
      ? this.#occurrence(field, id, name, here)
      : this.#table(field, id, here)
  }

  #table(field: Field, id: string, { indexes, isRead, parent }: Place): FieldNode {
    const count = this.#count(field.path, indexes)
    const shown = this.#nodes > nodesMax ? 0 : Math.min(count, entriesMax)
    const children = Array.from({ length: shown }, (_, index) =>
      this.#occurrence(field, `${id}[${index}]`, `[${index}]`, {
        indexes: [...indexes, index],
        isRead,
        parent: id,
      }),
    )
    const stride = field.table?.stride ?? 0
    const offset = children[0]?.offset ?? -1
    const length =
      children.length === count
        ? children.reduce((total, child) => total + child.length, 0)
        : count * stride
    const fault = this.#faults.get(id)
    return this.#put({
      id,
      name: field.name,
      field,
      kind: "table",
      offset,
      length,
      isWhole: offset >= 0 && offset + length <= this.#bytes.length,
      isRead,
      value: `${count} of ${field.table?.max ?? 0}`,
      names: [],
      ...(fault === undefined ? {} : { fault, problem: fault.code }),
      ...(parent === undefined ? {} : { parent }),
      children,
      left: count - shown,
    })
  }

  #occurrence(field: Field, id: string, name: string, place: Place): FieldNode {
    this.#nodes += 1
    const { indexes, isRead, parent } = place
    const step = this.#codec.steps.chains.get(field.path)?.at(-1)
    const offset = step === undefined ? 0 : this.#locate(field.path, indexes)
    const length = step === undefined || offset < 0 ? field.length : this.#length(step, indexes)
    const isWhole = offset >= 0 && offset + length <= this.#bytes.length
    const common = { id, name, field, offset, length, isWhole, isRead, left: 0 }
    const under = parent === undefined ? {} : { parent }
    if (field.kind === "elementary") {
      const read = this.#value(step, offset, isWhole)
      const fault = this.#faults.get(id)
      const problem = fault?.code ?? read.problem
      return this.#put({
        ...common,
        ...under,
        kind: "elementary",
        children: [],
        names: read.names,
        ...(read.value === undefined ? {} : { value: read.value }),
        ...(problem === undefined ? {} : { problem }),
        ...(fault === undefined ? {} : { fault }),
      })
    }
    const children = field.fields.map((child) =>
      this.field(child, id, { indexes, isRead, parent: id }),
    )
    return this.#put({ ...common, ...under, kind: "group", children, names: [] })
  }

  #value(
    step: Step | undefined,
    offset: number,
    isWhole: boolean,
  ): Pick<FieldNode, "names" | "problem" | "value"> {
    if (step?.codec === undefined || !isWhole) return { names: [], problem: "CPY-4013" }
    const value = step.codec.decode(this.#bytes, offset)
    if (value === undefined) return { names: [], problem: step.codec.fault() }
    const { field } = step
    const names =
      field.kind === "elementary" ? (holding(field, value, step.codec.isNumeric) ?? []) : []
    return { names, value: valueText(value) }
  }

  root(): FieldNode {
    const { root } = this.#codec.layout
    const at: Place = { indexes: [], parent: undefined, isRead: true }
    if (root.kind !== "group" || root.table !== undefined) return this.field(root, "", at)
    this.#nodes += 1
    const inside = { ...at, parent: "" }
    const children = root.fields.map((child) => this.field(child, "", inside))
    const { length } = this.#bytes
    return {
      id: "",
      name: root.name,
      field: root,
      kind: "group",
      offset: 0,
      length,
      isWhole: true,
      isRead: true,
      names: [],
      children,
      left: 0,
    }
  }
}

const isBeside = ({ layout }: Codec, field: Field, view: string): boolean => {
  if (layout.root.kind !== "group") return false
  const chosen = layout.root.fields.find(({ path }) => path === view)
  if (chosen === undefined || chosen === field || !layout.root.fields.includes(field)) return false
  const base = (each: Field): string => each.redefines ?? each.path
  return base(chosen) === base(field)
}

export const readRecord = (codec: Codec, record: RecordBytes): RecordTree => {
  const decoded = decodeOne(codec, record)
  const faults = decoded?.faults ?? []
  const troubles = faults.length > 0 ? [] : (decoded?.reject?.faults ?? [])
  const { segment, view } = decoded ?? {}
  const builder = new TreeBuilder(codec, record.bytes, faults, view)
  const root = builder.root()
  builder.byId.set("", root)
  return {
    root,
    byId: builder.byId,
    leaves: builder.leaves,
    faults,
    troubles,
    isDecoded: decoded !== undefined,
    ...(segment === undefined ? {} : { segment }),
    ...(view === undefined ? {} : { view }),
  }
}

const holdsByte = ({ length, offset }: FieldNode, byte: number): boolean =>
  offset >= 0 && byte >= offset && byte < offset + length

/** How good a reading of its bytes a field is; the least is the best. */
const rank = (node: FieldNode): number =>
  (node.isRead ? 0 : 2) + (node.problem === undefined ? 0 : 1)

/** The fields that a byte belongs to, the one that it is read by first, then the other views. */
export const fieldsAt = ({ leaves }: RecordTree, byte: number): ReadonlyArray<FieldNode> =>
  leaves.filter((leaf) => holdsByte(leaf, byte)).toSorted((one, other) => rank(one) - rank(other))

/** Of each byte the leaf that it is read by, by its index; −1 where there is none. */
export const ownersOf = ({ leaves }: RecordTree, length: number): Int32Array => {
  const owners = new Int32Array(length).fill(-1)
  const inOrder = leaves
    .map((leaf, index) => ({ leaf, index }))
    .toSorted((one, other) => rank(other.leaf) - rank(one.leaf) || other.index - one.index)
  // The best is written last.
  for (const { index, leaf } of inOrder)
    if (leaf.offset >= 0 && leaf.offset < length)
      owners.fill(index, leaf.offset, Math.min(length, leaf.offset + leaf.length))
  return owners
}
