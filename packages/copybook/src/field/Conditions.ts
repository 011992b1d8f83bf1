/**
 * The names that level 88 gives to values of a field.
 *
 * @since 0.1.0
 */
import type { ElementaryField } from "../layout/Layout.ts"
import type { Literal } from "../syntax/Item.ts"
import { compareTo, type Decimal, parse } from "./Decimal.ts"

/** A number where the value is one, else its text without the blanks that pad it. */
const comparable = (value: unknown, isNumeric: boolean): Decimal | string | undefined => {
  if (isNumeric) {
    if (typeof value === "object" && value !== null && "unscaled" in value && "scale" in value) {
      const { scale, unscaled } = value
      return typeof unscaled === "bigint" && typeof scale === "number"
        ? { unscaled, scale }
        : undefined
    }
    return typeof value === "string" || typeof value === "number" || typeof value === "bigint"
      ? parse(`${value}`)
      : undefined
  }
  return typeof value === "string" ? value.replace(/ +$/, "") : undefined
}

const literalText = (literal: Literal): string | undefined => {
  switch (literal.kind) {
    case "text":
    case "number":
      return literal.text
    case "figurative":
      return literal.name === "zero" ? "0" : literal.name === "space" ? "" : undefined
    case "hex":
      return undefined
  }
}

/** Before, at or behind a literal; undefined where the two can't be compared. */
const compare = (value: Decimal | string, literal: Literal): number | undefined => {
  const text = literalText(literal)
  const other = text === undefined ? undefined : comparable(text, typeof value !== "string")
  if (other === undefined) return undefined
  if (typeof value !== "string") {
    return typeof other === "string" ? undefined : compareTo(value, other)
  }
  if (typeof other !== "string") return undefined
  return value < other ? -1 : value > other ? 1 : 0
}

/**
 * The names of the conditions that hold for a value; undefined where one can't be judged, since
 * it compares bytes.
 *
 * @param isNumeric whether the field's values are numbers
 * @category getters
 * @since 0.1.0
 */
export const holding = (
  field: ElementaryField,
  value: unknown,
  isNumeric: boolean,
): ReadonlyArray<string> | undefined => {
  const own = comparable(value, isNumeric)
  if (own === undefined) return undefined
  const names: Array<string> = []
  for (const { name, values } of field.conditions) {
    for (const { from, through } of values) {
      const low = compare(own, from)
      const high = through === undefined ? low : compare(own, through)
      if (low === undefined || high === undefined) return undefined
      const isIn = through === undefined ? low === 0 : low >= 0 && high <= 0
      if (isIn && !names.includes(name)) names.push(name)
    }
  }
  return names
}
