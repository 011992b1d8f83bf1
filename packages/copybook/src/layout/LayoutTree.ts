/**
 * A layout to look at, and ways through its fields.
 *
 * @since 0.1.0
 */
import type { ElementaryField, Field, Layout, Storage } from "./Layout.ts"

interface Located {
  readonly field: Field
  /** From the root down to the field's group. */
  readonly groups: ReadonlyArray<Field>
}

const located = (field: Field, groups: ReadonlyArray<Field>): ReadonlyArray<Located> => [
  { field, groups },
  ...(field.kind === "group"
    ? field.fields.flatMap((child) => located(child, [...groups, field]))
    : []),
]

// A layout never changes, so its fields are found once.
const indexes = new WeakMap<Layout, ReadonlyMap<string, Located>>()

const indexOf = (layout: Layout): ReadonlyMap<string, Located> => {
  const known = indexes.get(layout)
  if (known !== undefined) return known
  const byPath = new Map<string, Located>()
  // A child of the root may have the root's name as its path, and is meant then.
  for (const one of located(layout.root, []).toReversed()) {
    if (!byPath.has(one.field.path)) byPath.set(one.field.path, one)
  }
  indexes.set(layout, byPath)
  return byPath
}

/**
 * Every field, groups before what is in them, in the order of the text.
 *
 * @category getters
 * @since 0.1.0
 */
export const everyField = (layout: Layout): ReadonlyArray<Field> =>
  located(layout.root, []).map(({ field }) => field)

/**
 * The fields that hold values, in the order of the text.
 *
 * @category getters
 * @since 0.1.0
 */
export const elementaryFields = (layout: Layout): ReadonlyArray<ElementaryField> =>
  everyField(layout).filter((field) => field.kind === "elementary")

/**
 * The field with a path, such as `ORDER.LINES.PRICE`.
 *
 * @category getters
 * @since 0.1.0
 */
export const fieldAt = (layout: Layout, path: string): Field | undefined =>
  indexOf(layout).get(path)?.field

/**
 * The tables that a field lies in, itself included where it is one, from the outermost in.
 *
 * @category getters
 * @since 0.1.0
 */
export const tablesOf = (layout: Layout, field: Field): ReadonlyArray<Field> => {
  const groups = indexOf(layout).get(field.path)?.groups ?? []
  return [...groups, field].filter(({ table }) => table !== undefined)
}

/**
 * How often a field stands in a record whose tables are at their maximum; 1 outside tables.
 *
 * @category getters
 * @since 0.1.0
 */
export const placesOf = (layout: Layout, field: Field): number =>
  tablesOf(layout, field).reduce((places, { table }) => places * (table?.max ?? 1), 1)

const decimalWords = (one: {
  readonly digits: number
  readonly scale: number
  readonly isSigned: boolean
}): string =>
  `${one.isSigned ? "signed " : ""}${one.digits}${one.scale === 0 ? "" : `.${one.scale}`}`

/**
 * A storage in a few words, such as `packed signed 9.2`: digits, then digits behind the point.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatStorage = (storage: Storage): string => {
  switch (storage.kind) {
    case "text":
      return storage.isAlphabetic ? "text, letters" : "text"
    case "zoned": {
      const sign = storage.signPosition === "leading" ? ", sign leading" : ""
      const separate = storage.isSignSeparate ? ", sign separate" : ""
      return `zoned ${decimalWords(storage)}${storage.isSigned ? sign + separate : ""}`
    }
    case "packed":
      return `packed ${decimalWords(storage)}${storage.hasSignNibble ? "" : ", no sign nibble"}`
    case "binary":
      return `binary ${decimalWords(storage)}${storage.endian === "little" ? ", little-endian" : ""}${storage.isFullRange ? ", full range" : ""}`
    case "float":
      return storage.bytes === 4 ? "float, single" : "float, double"
    case "edited":
      return storage.isNumeric ? "edited number" : "edited text"
    case "national":
      return storage.decimal === undefined
        ? "national"
        : `national number ${decimalWords(storage.decimal)}`
    case "dbcs":
      return "double-byte text"
    case "opaque":
      return "bytes"
  }
}

const tableWords = ({ table }: Field): string => {
  if (table === undefined) return ""
  if (table.counter === undefined) return `${table.max} times`
  return `${table.min} to ${table.max} times, by ${table.counter}`
}

const rowOf = ({ field, groups }: Located): ReadonlyArray<string> => [
  `${field.offset}${field.isShifted ? "+" : ""}`,
  field.length === field.lengthMin ? `${field.length}` : `${field.lengthMin}-${field.length}`,
  `${"  ".repeat(groups.length)}${String(field.level).padStart(2, "0")} ${field.name}`,
  field.kind === "elementary" ? (field.picture?.text ?? "") : "",
  [
    field.kind === "elementary" ? formatStorage(field.storage) : "",
    tableWords(field),
    field.redefines === undefined ? "" : `redefines ${field.redefines}`,
  ]
    .filter((part) => part !== "")
    .join("; "),
]

/** Whether the column's cells are numbers, which stand at the right. */
const isNumeric = (column: number): boolean => column < 2

/**
 * A layout as a table of text: a line a field with its offset (from 0; `+` where counts of tables
 * move it), the length of one occurrence, level and name, picture, and how it is stored.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatLayout = (layout: Layout): string => {
  const rows = [
    ["offset", "length", "field", "picture", "stored as"],
    ...located(layout.root, []).map(rowOf),
    ...layout.aliases.map(({ from, length, name, offset, through }) => [
      `${offset}`,
      `${length}`,
      `66 ${name}`,
      "",
      from === through ? `renames ${from}` : `renames ${from} through ${through}`,
    ]),
  ]
  const widths = [0, 1, 2, 3].map((column) =>
    rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0),
  )
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        isNumeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  )
  const { lengthMax, lengthMin } = layout
  const length =
    lengthMin === lengthMax ? `${lengthMax} bytes` : `${lengthMin} to ${lengthMax} bytes`
  return [`${layout.name}: ${length}, ${layout.dialect}`, ...lines, ""].join("\n")
}
