/**
 * The Effect Schema of a layout's decoded records, built at run time.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { Layout } from "../layout/Layout.ts"
import {
  decimalPattern,
  type Member,
  recordShape,
  type Shape,
  type ShapeOptions,
  type ValueShape,
} from "./RecordShape.ts"

/**
 * A decoded record: its names and values.
 *
 * @category models
 * @since 0.1.0
 */
export type DecodedRecord = Readonly<Record<string, unknown>>

type Plain = Schema.Codec<unknown>

const valueSchema = (shape: ValueShape): Plain => {
  switch (shape.kind) {
    case "text":
      // COBOL counts characters of its own; one beyond the basic plane is two here.
      return Schema.String.check(Schema.isMaxLength(2 * shape.lengthMax))
    case "number": {
      const number = shape.isInteger ? Schema.Int : Schema.Finite
      return shape.min === undefined || shape.max === undefined
        ? number
        : number.check(Schema.isBetween({ minimum: shape.min, maximum: shape.max }))
    }
    case "decimal":
      return Schema.String.check(Schema.isPattern(new RegExp(decimalPattern(shape))))
    case "either":
      return Schema.Union([Schema.Finite, Schema.String])
    case "bytes":
      return shape.form === "hex"
        ? Schema.String.check(Schema.isPattern(new RegExp(`^[0-9a-f]{${2 * shape.length}}$`)))
        : Schema.String.check(Schema.isPattern(/^[A-Za-z0-9+/]*={0,2}$/))
  }
}

const structSchema = (members: ReadonlyArray<Member>): Plain =>
  Schema.Struct(
    Object.fromEntries(
      members.map(({ isNullable, isOptional, key, shape }) => {
        const value = shapeSchema(shape, isNullable)
        return [key, isOptional ? Schema.optionalKey(value) : value]
      }),
    ),
  )

const shapeSchema = (shape: Shape, isNullable: boolean): Plain => {
  switch (shape.kind) {
    case "object":
      return structSchema(shape.members)
    case "array":
      return Schema.Array(shapeSchema(shape.element, isNullable)).check(
        Schema.isMinLength(shape.min),
        Schema.isMaxLength(shape.max),
      )
    default: {
      const value = valueSchema(shape)
      return isNullable ? Schema.NullOr(value) : value
    }
  }
}

/**
 * The schema of what the record decoder gives for a layout.
 *
 * @category constructors
 * @since 0.1.0
 */
export const effectSchemaOf = (
  layout: Layout,
  options?: ShapeOptions,
): Schema.Codec<DecodedRecord> =>
  // A struct of the layout's fields; the compiler can't know their names.
  structSchema(recordShape(layout, options).members) as Schema.Codec<DecodedRecord>
