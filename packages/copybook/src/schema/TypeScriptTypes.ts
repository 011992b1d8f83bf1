/**
 * TypeScript source for a layout: an interface of its decoded records, and the layout as data.
 *
 * @since 0.1.0
 */
import type { Layout } from "../layout/Layout.ts"
import { elementaryFields, formatStorage } from "../layout/LayoutTree.ts"
import { type Member, recordShape, type Shape, type ShapeOptions } from "./RecordShape.ts"

/** `ORDER-RECORD` → `OrderRecord`. */
const pascalCase = (name: string): string => {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "")
  const joined = words
    .map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1).toLowerCase()}`)
    .join("")
  return /^\p{L}/u.test(joined) ? joined : `Record${joined}`
}

const keyOf = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key))

// A picture may hold what ends a comment, such as 9*/.
const inComment = (text: string): string => text.replaceAll("*/", "*\\/")

const commentOf = ({ field }: Member): string => {
  const picture = field.kind === "elementary" ? field.picture?.text : undefined
  const parts = [
    `Offset ${field.offset}, length ${field.length}`,
    ...(picture === undefined ? [] : [`PIC ${picture}`]),
    ...(field.kind === "elementary" ? [formatStorage(field.storage)] : []),
    ...(field.table === undefined ? [] : [`${field.table.min} to ${field.table.max} entries`]),
    ...(field.table?.counter === undefined ? [] : [`counted by ${field.table.counter}`]),
    ...(field.redefines === undefined ? [] : [`redefines ${field.redefines}`]),
  ]
  return `/** ${inComment(parts.join("; "))}. */`
}

const valueType = (shape: Shape): string => {
  switch (shape.kind) {
    case "number":
      return "number"
    case "either":
      return "number | string"
    default:
      return "string"
  }
}

/** Interfaces as they are found, each with a name of its own. */
class Interfaces {
  readonly texts: Array<string> = []
  readonly #names = new Set<string>()

  #distinct(name: string): string {
    let distinct = name
    for (let count = 2; this.#names.has(distinct); count += 1) distinct = `${name}${count}`
    this.#names.add(distinct)
    return distinct
  }

  #typeOf(shape: Shape, name: string, isNullable: boolean): string {
    if (shape.kind === "object") return this.add(name, shape.members)
    if (shape.kind === "array") {
      return `ReadonlyArray<${this.#typeOf(shape.element, name, isNullable)}>`
    }
    return isNullable ? `${valueType(shape)} | null` : valueType(shape)
  }

  add(wanted: string, members: ReadonlyArray<Member>): string {
    const name = this.#distinct(wanted)
    const at = this.texts.length
    this.texts.push("")
    const lines = members.flatMap((member) => {
      const { isNullable, isOptional, key, shape } = member
      const type = this.#typeOf(shape, `${name}${pascalCase(key)}`, isNullable)
      return [`  ${commentOf(member)}`, `  readonly ${keyOf(key)}${isOptional ? "?" : ""}: ${type}`]
    })
    this.texts[at] = [`export interface ${name} {`, ...lines, "}", ""].join("\n")
    return name
  }
}

const metadataOf = (layout: Layout, constant: string): string => {
  const fields = elementaryFields(layout).map((field) => {
    const { isShifted, length, offset, path, storage } = field
    const { kind } = storage
    return `    Object.freeze(${JSON.stringify({ path, offset, length, isShifted, kind })} as const),`
  })
  const { dialect, fingerprint, lengthMax, lengthMin, name } = layout
  return [
    "/** Where each field of the record lies. */",
    `export const ${constant} = Object.freeze({`,
    `  name: ${JSON.stringify(name)},`,
    `  dialect: ${JSON.stringify(dialect)},`,
    `  fingerprint: ${JSON.stringify(fingerprint)},`,
    `  lengthMin: ${lengthMin},`,
    `  lengthMax: ${lengthMax},`,
    "  fields: Object.freeze([",
    ...fields,
    "  ] as const),",
    "} as const)",
    "",
  ].join("\n")
}

/**
 * The text of a module that needs no other: interfaces of what the record decoder gives, and a
 * frozen constant with the place of each field.
 *
 * @category encoding
 * @since 0.1.0
 */
export const typeScriptOf = (layout: Layout, options?: ShapeOptions): string => {
  const interfaces = new Interfaces()
  const name = interfaces.add(pascalCase(layout.name), recordShape(layout, options).members)
  const constant = `${name.slice(0, 1).toLowerCase()}${name.slice(1)}Layout`
  return [
    `// Written from the layout ${JSON.stringify(layout.name)}, ${layout.fingerprint}.`,
    "",
    ...interfaces.texts,
    metadataOf(layout, constant),
  ].join("\n")
}
