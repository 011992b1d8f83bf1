/**
 * When a view of redefined bytes holds, told by values of the record.
 *
 * @since 0.1.0
 */
import { compareTo, type Decimal, parse } from "../field/Decimal.ts"
import type { FieldValue } from "../field/CodecShape.ts"

/**
 * A condition on fields, by their paths. `null` is a field that holds no value. Bounds are of
 * numbers, and belong to what they bound.
 *
 * @category models
 * @since 0.1.0
 */
export type ViewCondition =
  | { readonly field: string; readonly equals: string | number | null }
  | { readonly field: string; readonly in: ReadonlyArray<string | number | null> }
  | { readonly field: string; readonly from: number; readonly to?: number }
  | { readonly field: string; readonly to: number }
  | { readonly field: string; readonly startsWith: string }
  | { readonly and: ReadonlyArray<ViewCondition> }
  | { readonly or: ReadonlyArray<ViewCondition> }
  | { readonly not: ViewCondition }

/**
 * @category models
 * @since 0.1.0
 */
export interface ViewRule {
  /** The path of the item that redefines or is redefined. */
  readonly view: string
  readonly when: ViewCondition
}

/**
 * Every path that a condition asks for.
 *
 * @category getters
 * @since 0.1.0
 */
export const pathsOf = (condition: ViewCondition): ReadonlyArray<string> => {
  if ("field" in condition) return [condition.field]
  if ("not" in condition) return pathsOf(condition.not)
  return ("and" in condition ? condition.and : condition.or).flatMap(pathsOf)
}

const isEqual = (one: Decimal, other: Decimal): boolean => compareTo(one, other) === 0

/** Without the blanks and the low-values around it. */
const bare = (text: string): string => {
  const isBlank = (at: number): boolean => text[at] === "\0" || text[at]?.trim() === ""
  let start = 0
  let end = text.length
  while (start < end && isBlank(start)) start++
  while (start < end && isBlank(end - 1)) end--
  return text.slice(start, end)
}

/** Numbers are equal as numbers, texts without the blanks and low-values around them. */
const matches = (value: FieldValue | null, expected: string | number | null): boolean => {
  if (value === null || expected === null) return (value === "" ? null : value) === expected
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex") === expected
  if (typeof value === "object") {
    const decimal = parse(String(expected))
    return decimal !== undefined && isEqual(value, decimal)
  }
  if (typeof value === "string" && typeof expected === "string") {
    return bare(value) === bare(expected)
  }
  const [one, other] = [parse(bare(String(value))), parse(bare(String(expected)))]
  return one !== undefined && other !== undefined && isEqual(one, other)
}

const decimalOf = (value: FieldValue | number | null): Decimal | undefined =>
  value === null || value instanceof Uint8Array
    ? undefined
    : typeof value === "object"
      ? value
      : parse(bare(String(value)))

const isWithin = (
  value: FieldValue | null,
  { from, to }: { readonly from?: number; readonly to?: number },
): boolean => {
  const number = decimalOf(value)
  const compared = (bound: number): number => {
    const limit = decimalOf(bound)
    return number === undefined || limit === undefined ? Number.NaN : compareTo(number, limit)
  }
  return (from === undefined || compared(from) >= 0) && (to === undefined || compared(to) <= 0)
}

/**
 * Whether a condition holds.
 *
 * @param valueOf a field's value; `null` where it holds none
 * @category predicates
 * @since 0.1.0
 */
export const holds = (
  condition: ViewCondition,
  valueOf: (path: string) => FieldValue | null,
): boolean => {
  if ("equals" in condition) return matches(valueOf(condition.field), condition.equals)
  if ("in" in condition) {
    const value = valueOf(condition.field)
    return condition.in.some((each) => matches(value, each))
  }
  if ("startsWith" in condition) {
    const value = valueOf(condition.field)
    return typeof value === "string" && bare(value).startsWith(condition.startsWith)
  }
  if ("field" in condition) return isWithin(valueOf(condition.field), condition)
  if ("not" in condition) return !holds(condition.not, valueOf)
  return "and" in condition
    ? condition.and.every((each) => holds(each, valueOf))
    : condition.or.some((each) => holds(each, valueOf))
}
