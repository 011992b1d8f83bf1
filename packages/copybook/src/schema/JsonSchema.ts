/**
 * The JSON Schema (draft 2020-12) of a layout's decoded records.
 *
 * @since 0.1.0
 */
import type { Field, Layout } from "../layout/Layout.ts"
import { formatStorage } from "../layout/LayoutTree.ts"
import type { Condition, Literal } from "../syntax/Item.ts"
import {
  decimalPattern,
  type Member,
  recordShape,
  type Shape,
  type ShapeOptions,
  type ValueShape,
} from "./RecordShape.ts"

/**
 * Plain data, ready for `JSON.stringify`.
 *
 * @category models
 * @since 0.1.0
 */
export type JsonSchema = { readonly [key: string]: unknown }

const literalText = (literal: Literal): string => {
  switch (literal.kind) {
    case "text":
      return literal.isAll ? `ALL ${literal.text}` : literal.text
    case "number":
      return literal.text
    case "hex":
      return `X"${Buffer.from(literal.bytes).toString("hex")}"`
    case "figurative":
      return literal.name.toUpperCase()
  }
}

const conditionsOf = (conditions: ReadonlyArray<Condition>): JsonSchema =>
  conditions.length === 0
    ? {}
    : {
        "x-conditions": Object.fromEntries(
          conditions.map(({ name, values }) => [
            name,
            values.map(({ from, through }) =>
              through === undefined
                ? literalText(from)
                : { from: literalText(from), through: literalText(through) },
            ),
          ]),
        ),
      }

const annotations = (field: Field): JsonSchema => ({
  "x-path": field.path,
  "x-offset": field.offset,
  "x-length": field.length,
  ...(field.kind === "elementary" ? { "x-storage": formatStorage(field.storage) } : {}),
  ...(field.kind === "elementary" && field.picture !== undefined
    ? { "x-picture": field.picture.text }
    : {}),
  ...(field.redefines === undefined ? {} : { "x-redefines": field.redefines }),
  ...(field.table?.counter === undefined ? {} : { "x-counter": field.table.counter }),
  ...conditionsOf(field.conditions),
})

const typed = (type: string, isNullable: boolean): JsonSchema => ({
  type: isNullable ? [type, "null"] : type,
})

const valueSchema = (shape: ValueShape, isNullable: boolean): JsonSchema => {
  switch (shape.kind) {
    case "text":
      return { ...typed("string", isNullable), maxLength: shape.lengthMax }
    case "number":
      return {
        ...typed(shape.isInteger ? "integer" : "number", isNullable),
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
        ...(shape.max === undefined ? {} : { maximum: shape.max }),
      }
    case "decimal":
      return { ...typed("string", isNullable), pattern: decimalPattern(shape) }
    case "either":
      return { type: ["number", "string", ...(isNullable ? ["null"] : [])] }
    case "bytes":
      return shape.form === "hex"
        ? { ...typed("string", isNullable), pattern: `^[0-9a-f]{${2 * shape.length}}$` }
        : { ...typed("string", isNullable), contentEncoding: "base64" }
  }
}

const objectSchema = (members: ReadonlyArray<Member>): JsonSchema => ({
  type: "object",
  properties: Object.fromEntries(members.map((member) => [member.key, memberSchema(member)])),
  required: members.filter(({ isOptional }) => !isOptional).map(({ key }) => key),
  additionalProperties: false,
})

const shapeSchema = (shape: Shape, isNullable: boolean): JsonSchema => {
  switch (shape.kind) {
    case "object":
      return objectSchema(shape.members)
    case "array":
      return {
        type: "array",
        items: shapeSchema(shape.element, isNullable),
        minItems: shape.min,
        maxItems: shape.max,
      }
    default:
      return valueSchema(shape, isNullable)
  }
}

const memberSchema = ({ field, isNullable, shape }: Member): JsonSchema => ({
  ...shapeSchema(shape, isNullable),
  ...annotations(field),
})

/**
 * The JSON Schema of what the record decoder gives for a layout.
 *
 * What COBOL says beyond JSON stands under `x-` keywords: `x-path`, `x-offset`, `x-length`,
 * `x-storage`, `x-picture`, `x-redefines`, `x-counter`, `x-conditions` at fields, `x-layout` at
 * the top.
 *
 * @category constructors
 * @since 0.1.0
 */
export const jsonSchemaOf = (layout: Layout, options?: ShapeOptions): JsonSchema => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: layout.name,
  ...objectSchema(recordShape(layout, options).members),
  "x-layout": {
    fingerprint: layout.fingerprint,
    dialect: layout.dialect,
    lengthMin: layout.lengthMin,
    lengthMax: layout.lengthMax,
  },
})
