/**
 * Lengths out of fields, expressions, maps and counters, as a scan asks for them.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { FieldReader, LengthReader } from "./Framing.ts"
import type {
  CounterFraming,
  LengthExpressionFraming,
  LengthFieldFraming,
  LengthMapFraming,
} from "./Framing.ts"
import { FramingInvalid } from "./FramingInvalid.ts"
import { parseLengthExpression } from "./LengthExpression.ts"
import type { LengthRule } from "./LengthScan.ts"
import { asRead } from "./WrittenNumber.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type FieldFraming =
  | LengthFieldFraming
  | LengthExpressionFraming
  | LengthMapFraming
  | CounterFraming

type Ruled = Result.Result<LengthRule, FramingInvalid>

const invalid = (option: string, detail: string): Result.Result<never, FramingInvalid> =>
  Result.fail(new FramingInvalid({ option, detail }))

const unread = (detail: string): LengthRule["explain"] => {
  const trouble = { code: "CPY-3014" as const, detail }
  return () => trouble
}

const fieldRule = ({ adjustment = 0, field }: LengthFieldFraming, fields: FieldReader): Ruled => {
  const number = fields.numberOf(field)
  if (number === undefined) return invalid("field", `is not in the layout: ${field}`)
  const read: LengthReader = (bytes, start, available) => {
    const value = number(bytes, start, available)
    return value === -1 ? -1 : positive(value + adjustment)
  }
  const explain: LengthRule["explain"] = (bytes, start, available) => ({
    code: "CPY-3014",
    detail: `${field} is ${number(bytes, start, available)}`,
  })
  return Result.succeed({ read, explain })
}

/** −1 means that bytes are missing, so a length below zero is none at all. */
const positive = (length: number): number => (length > 0 ? length : Number.NaN)

const expressionRule = ({ expression }: LengthExpressionFraming, fields: FieldReader): Ruled =>
  Result.flatMap(parseLengthExpression(expression), (parsed) => {
    const readers: Array<LengthReader> = []
    for (const name of parsed.fields) {
      const reader = fields.numberOf(name)
      if (reader === undefined) {
        return invalid("expression", `names ${name}, which is not in the layout: ${expression}`)
      }
      readers.push(reader)
    }
    const values = readers.map(() => 0)
    const read: LengthReader = (bytes, start, available) => {
      for (const [index, reader] of readers.entries()) {
        const value = reader(bytes, start, available)
        if (value === -1) return -1
        values[index] = value
      }
      return positive(parsed.evaluate(values))
    }
    const explain: LengthRule["explain"] = (bytes, start, available) => {
      const named = parsed.fields.map(
        (name, index) => `${name} is ${readers[index]?.(bytes, start, available)}`,
      )
      return { code: "CPY-3014", detail: `${expression}, where ${named.join(", ")}` }
    }
    return Result.succeed({ read, explain })
  })

const mapRule = ({ field, lengths, otherwise }: LengthMapFraming, fields: FieldReader): Ruled => {
  const text = fields.textOf(field)
  if (text === undefined) return invalid("field", `is not in the layout: ${field}`)
  const form = asRead(fields, field)
  const known = new Map(Object.entries(lengths).map(([value, length]) => [form(value), length]))
  const wrong = [...known.values(), otherwise ?? 1].find(
    (length) => !Number.isSafeInteger(length) || length <= 0,
  )
  if (wrong !== undefined) return invalid("lengths", `are whole and above zero, not ${wrong}`)
  const read: LengthReader = (bytes, start, available) => {
    const value = text(bytes, start, available)
    if (value === null) return -1
    return known.get(value ?? "") ?? otherwise ?? Number.NaN
  }
  const explain: LengthRule["explain"] = (bytes, start, available) => {
    const value = text(bytes, start, available)
    return typeof value === "string"
      ? { code: "CPY-3015", detail: `${field} is "${value}"` }
      : { code: "CPY-3014", detail: `${field} can't be read` }
  }
  return Result.succeed({ read, explain })
}

/**
 * @param fields reads the fields that the framing names
 * @category constructors
 * @since 0.1.0
 */
export const lengthRule = (framing: FieldFraming, fields: FieldReader | undefined): Ruled => {
  if (fields === undefined) return invalid("kind", `${framing.kind} needs the layout's fields`)
  switch (framing.kind) {
    case "length-field":
      return fieldRule(framing, fields)
    case "length-expression":
      return expressionRule(framing, fields)
    case "length-map":
      return mapRule(framing, fields)
    case "counters":
      return Result.succeed({
        read: fields.lengthOf,
        explain: unread("a counter is no number, or outside its table's bounds"),
      })
  }
}
