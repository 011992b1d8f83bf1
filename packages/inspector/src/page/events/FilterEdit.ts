/** Changes a filter's text as somebody who clicks means it. */
import * as Filter from "@countersign/core/query/Filter"
import * as Result from "effect/Result"
import { type Path, pathText, quoted } from "./EventPath.ts"

export type Scalar = string | number | boolean | null

const plainWord = /^[^\s()"'=!~<>]+$/u
const keywords = new Set(["and", "or", "not"])
/** A bare word of these kinds would mean more than the text alone. */
const looksLikeMore =
  /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-\d{1,9}[smhdw]|\d{4}-\d\d-\d\d.*)$/

const valueText = (value: Scalar): string => {
  if (typeof value !== "string") return String(value)
  const isPlain = plainWord.test(value) && !keywords.has(value.toLowerCase())
  return isPlain && !looksLikeMore.test(value) ? value : quoted(value)
}

export const term = (path: Path, operator: "=" | "!=", value: Scalar): string =>
  `${pathText(path)}${operator}${valueText(value)}`

const isOr = (filter: string): boolean => {
  const parsed = Filter.parse(filter)
  return Result.isSuccess(parsed) && parsed.success._tag === "Or"
}

/** The same filter, and one term more; what is there already is not added again. */
export const withTerm = (filter: string, added: string): string => {
  const before = filter.trim()
  if (before === "") return added
  if (before === added || before.endsWith(` and ${added}`) || before.startsWith(`${added} and `))
    return before
  return isOr(before) ? `(${before}) and ${added}` : `${before} and ${added}`
}

export interface Mistake {
  /** Where, from 0. */
  readonly position: number
  readonly message: string
}

/** `undefined`: it is a filter, or empty. */
export const mistakeOf = (filter: string): Mistake | undefined => {
  if (filter.trim() === "") return undefined
  const parsed = Filter.parse(filter)
  if (Result.isSuccess(parsed)) return undefined
  const { expected, found, position } = parsed.failure
  return { position, message: `Found ${found}, expected ${expected}` }
}
