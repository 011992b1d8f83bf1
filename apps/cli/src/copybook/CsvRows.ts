/** Decoded records as rows of CSV (RFC 4180): a column a field, and one for each place in tables. */
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import { type Member, recordShape, type Shape } from "@countersign/copybook/schema/RecordShape"

type Step = string | number

const widthOf = (shape: Shape): number => {
  switch (shape.kind) {
    case "object":
      return shape.members.reduce((total, member) => total + widthOf(member.shape), 0)
    case "array":
      return shape.max * widthOf(shape.element)
    default:
      return 1
  }
}

const columnsOf = (shape: Shape, path: ReadonlyArray<Step>): ReadonlyArray<ReadonlyArray<Step>> => {
  switch (shape.kind) {
    case "object":
      return shape.members.flatMap((member) => columnsOf(member.shape, [...path, member.key]))
    case "array":
      return Array.from({ length: shape.max }, (_, index) =>
        columnsOf(shape.element, [...path, index]),
      ).flat()
    default:
      return [path]
  }
}

const valueAt = (value: unknown, path: ReadonlyArray<Step>): unknown => {
  let at = value
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined
    // Members of objects and of lists are looked up alike.
    at = (at as Readonly<Record<Step, unknown>>)[step]
  }
  return at
}

const cell = (value: unknown): string => {
  if (value === undefined || value === null) return ""
  const text = typeof value === "string" ? value : JSON.stringify(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Those of the members that are asked for. */
const selected = (
  members: ReadonlyArray<Member>,
  select: ReadonlyArray<string> | undefined,
): ReadonlyArray<Member> => {
  if (select === undefined) return members
  return members.flatMap((member): ReadonlyArray<Member> => {
    const { field, shape } = member
    if (select.some((path) => path === field.path || field.path.startsWith(`${path}.`))) {
      return [member]
    }
    const below = (inner: Shape): Shape =>
      inner.kind === "object"
        ? { ...inner, members: selected(inner.members, select) }
        : inner.kind === "array"
          ? { ...inner, element: below(inner.element) }
          : inner
    return select.some((path) => path.startsWith(`${field.path}.`))
      ? [{ ...member, shape: below(shape) }]
      : []
  })
}

export class CsvRows {
  static readonly columnsMax = 16_384
  /** With groups as objects, which is what the columns are found in. */
  readonly plan: FilePlan
  readonly columns: number
  readonly #paths: ReadonlyArray<ReadonlyArray<Step>>

  constructor(plan: FilePlan) {
    const { codec, layout } = plan
    this.plan = { ...plan, codec: { ...codec, groups: "nested", fillerGroups: "keep" } }
    const { members } = recordShape(layout, {
      names: codec.names ?? "written",
      hasFillers: codec.hasFillers ?? false,
    })
    const shape: Shape = { kind: "object", members: selected(members, codec.select) }
    this.columns = widthOf(shape)
    this.#paths = this.columns > CsvRows.columnsMax ? [] : columnsOf(shape, [])
  }

  header(): string {
    const names = this.#paths.map((path) =>
      path.map((step) => (typeof step === "number" ? step + 1 : step)).join("."),
    )
    return `${names.map(cell).join(",")}\r\n`
  }

  row(value: RecordObject): string {
    return `${this.#paths.map((path) => cell(valueAt(value, path))).join(",")}\r\n`
  }
}
