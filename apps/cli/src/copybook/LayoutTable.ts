/** A layout as a person looks at it: a line a field, or two where the terminal is narrow. */
import { type SensitiveField, sensitiveFields } from "@countersign/copybook/audit/SensitiveFields"
import type { Field, Layout } from "@countersign/copybook/layout/Layout"
import { formatStorage } from "@countersign/copybook/layout/LayoutTree"
import type { Condition, Literal } from "@countersign/copybook/syntax/Item"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"

/** Offset, length, level and name, picture, how it is stored; and all that few fields have. */
interface Row {
  readonly cells: readonly [string, string, string, string, string]
  readonly notes: string
}

const heading: Row = {
  cells: ["offset", "length", "field", "picture", "stored as"],
  notes: "notes",
}

const literalText = (literal: Literal): string => {
  switch (literal.kind) {
    case "text":
      return `${literal.isAll ? "ALL " : ""}'${literal.text}'`
    case "number":
      return literal.text
    case "hex":
      return `X'${Buffer.from(literal.bytes).toString("hex").toUpperCase()}'`
    case "figurative":
      return literal.name.toUpperCase()
  }
}

const conditionRow = ({ name, values }: Condition, indent: string): Row => ({
  cells: ["", "", `${indent}88 ${name}`, "", ""],
  notes: values
    .map(({ from, through }) =>
      through === undefined ? literalText(from) : `${literalText(from)} to ${literalText(through)}`,
    )
    .join(", "),
})

const timesOf = ({ table }: Field): string => {
  if (table === undefined) return ""
  return table.counter === undefined
    ? `occurs ${table.max}`
    : `occurs ${table.min} to ${table.max} by ${table.counter}`
}

type Kinds = ReadonlyMap<string, SensitiveField>

const rowsOf = (layout: Layout, field: Field, depth: number, kinds: Kinds): ReadonlyArray<Row> => {
  const indent = "  ".repeat(depth)
  const kind = field === layout.root ? undefined : kinds.get(field.path)
  const own: Row = {
    cells: [
      `${field.offset}${field.isShifted ? "+" : ""}`,
      field.length === field.lengthMin ? `${field.length}` : `${field.lengthMin}-${field.length}`,
      `${indent}${String(field.level).padStart(2, "0")} ${field.name}`,
      field.kind === "elementary" ? (field.picture?.text ?? "") : "",
      field.kind === "elementary" ? formatStorage(field.storage) : "",
    ],
    notes: [
      timesOf(field),
      field.redefines === undefined ? "" : `redefines ${field.redefines}`,
      kind === undefined ? "" : `${kind.classification}: ${kind.kind}`,
    ]
      .filter((part) => part !== "")
      .join("; "),
  }
  return [
    own,
    ...field.conditions.map((each) => conditionRow(each, `${indent}  `)),
    ...(field.kind === "group"
      ? field.fields.flatMap((each) => rowsOf(layout, each, depth + 1, kinds))
      : []),
  ]
}

const aliasRow = ({ from, length, name, offset, through }: Layout["aliases"][number]): Row => ({
  cells: [`${offset}`, `${length}`, `66 ${name}`, "", ""],
  notes: from === through ? `renames ${from}` : `renames ${from} through ${through}`,
})

const right = new Set([0, 1])

/** Words on lines of at most so many characters, where they fit. */
const wrapped = (text: string, width: number, indent: string): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return line === "" ? lines : [...lines, indent + line]
}

/** Where it does not fit, what stands behind the picture goes below. */
const narrow = (rows: ReadonlyArray<Row>, columns: number, paint: Paint): ReadonlyArray<string> => {
  const heads = Text.aligned(
    rows.map(({ cells }) => cells.slice(0, 4)),
    right,
  )
  return rows.flatMap(({ cells: [offset, , field, , stored], notes }, index) => {
    const more = [stored, notes].filter((part) => part !== "").join("; ")
    const depth = field.length - field.trimStart().length
    const indent = " ".repeat(Math.min(offset === "" ? 22 : 22 + depth, columns / 2))
    return [heads[index] ?? "", ...wrapped(more, columns, indent).map(paint.faint)]
  })
}

/**
 * @param columns of the terminal; `undefined` where it is none, and lines may be long
 */
export const layoutTable = (
  layout: Layout,
  columns: number | undefined,
  paint: Paint,
): ReadonlyArray<string> => {
  const sensitive = sensitiveFields(layout)
  const kinds = new Map(sensitive.map((each) => [each.path, each]))
  const rows = [heading, ...rowsOf(layout, layout.root, 0, kinds), ...layout.aliases.map(aliasRow)]
  const { dialect, fingerprint, lengthMax, lengthMin, name } = layout
  const length = lengthMin === lengthMax ? `${lengthMax}` : `${lengthMin} to ${lengthMax}`
  const whole = Text.aligned(
    rows.map(({ cells, notes }) => [...cells, notes]),
    right,
  )
  const fits = columns === undefined || whole.every((line) => line.length <= columns)
  const [head = "", ...lines] = fits ? whole : narrow(rows, columns, paint)
  return [
    `${paint.bold(name)}: ${length} bytes, ${dialect}, ${Text.counted(sensitive.length, "sensitive field")}`,
    paint.faint(`fingerprint ${fingerprint}`),
    paint.faint(head),
    ...lines,
  ]
}
