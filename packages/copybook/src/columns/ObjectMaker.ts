/**
 * Objects out of the columns of their keys.
 *
 * @since 0.1.0
 */
import { takeAnyValue } from "../record/ObjectCode.ts"
import type { Step } from "../record/Step.ts"

/**
 * What is at hand of the records of a piece.
 *
 * @category models
 * @since 0.1.0
 */
export interface PieceText {
  /** The texts of all records, each as wide as the others. */
  readonly text: string
  /** Its units. */
  readonly units: Uint8Array | Uint16Array
  /** The kernels' memory. */
  readonly words: Int32Array
}

/**
 * Where code finds the values of one key: in a column, in the text, or in the kernels' memory as
 * 64 bits each.
 *
 * @category models
 * @since 0.1.0
 */
export type Part =
  | { readonly kind: "column" }
  | { readonly kind: "text"; readonly step: Step; readonly at: number; readonly width: number }
  | { readonly kind: "number"; readonly step: Step; readonly word: number }

/**
 * Makes `count` objects, the values of each key from the column in its place.
 *
 * @category models
 * @since 0.1.0
 */
export type ObjectMaker = (
  columns: ReadonlyArray<ArrayLike<unknown>>,
  count: number,
  piece: PieceText,
) => Array<Record<string, unknown>>

/** Code grows with keys, and what is too long is never made fast. */
const keysMax = 400

/**
 * Whether code is made for an object with so many keys, of one a record.
 *
 * @category predicates
 * @since 0.1.0
 */
export const takesCode = (keys: ReadonlyArray<string>): boolean => keys.length <= keysMax

/** An object with all keys, to be copied: making one key by key takes several times as long. */
const templateOf = (keys: ReadonlyArray<string>): Record<string, unknown> => {
  const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, ""])))
  // Parsed, since that makes an object whose shape is settled before it is copied.
  const template = JSON.parse(text) as Record<string, unknown>
  takeAnyValue(template)
  return template
}

/**
 * By copies of an object that has all keys.
 *
 * @category constructors
 * @since 0.1.0
 */
export const copying = (keys: ReadonlyArray<string>): ObjectMaker => {
  const template = templateOf(keys)
  // The very strings that are the object's keys, which are found without being compared.
  const own = new Map(Object.keys(template).map((key) => [key, key]))
  const names = keys.map((key) => own.get(key) ?? key)
  return (columns, count) => {
    const objects: Array<Record<string, unknown>> = []
    for (let index = 0; index < count; index++) objects.push({ ...template })
    // Key by key, so that the same key is assigned again and again.
    for (const [key, name] of names.entries()) {
      const column = columns[key] ?? []
      for (let index = 0; index < count; index++) {
        const object = objects[index]
        if (object !== undefined) object[name] = column[index]
      }
    }
    return objects
  }
}

const numberOf = ({ step, word }: Extract<Part, { readonly kind: "number" }>): string => {
  const value = `w[${word + 1}+j]*4294967296+(w[${word}+j]>>>0)`
  return step.divisor === 1 ? value : `(${value})/${step.divisor}`
}

/** Lines that find where a text begins and ends, and the text. */
const textOf = (
  { at, step }: Extract<Part, { readonly kind: "text" }>,
  key: number,
): { readonly lines: string; readonly value: string } => {
  const [from, end] = [`f${key}`, `e${key}`]
  const isBlank = (unit: string): string =>
    step.trimmedFrom === 0 ? `${unit}<=32` : `${unit}===32`
  const lines = [`let ${from}=r+${at},${end}=r+${at + step.length};`]
  if (step.isTrimmedRight) lines.push(`while(${end}>${from}&&${isBlank(`u[${end}-1]`)})${end}--;`)
  if (step.isTrimmedLeft) lines.push(`while(${from}<${end}&&${isBlank(`u[${from}]`)})${from}++;`)
  return { lines: lines.join(""), value: `x.substring(${from},${end})` }
}

/**
 * By code with the keys in it, which takes `new Function`. Nothing of a copybook reaches it but
 * names, as JSON strings, and numbers.
 *
 * @category constructors
 * @since 0.1.0
 */
export const generated = (keys: ReadonlyArray<string>, parts: ReadonlyArray<Part>): ObjectMaker => {
  const head: Array<string> = []
  const lines: Array<string> = []
  let width = 0
  const members = keys.map((name, key) => {
    const part = parts[key]
    let value = `c${key}[i]`
    if (part?.kind === "number") value = numberOf(part)
    else if (part?.kind === "text") {
      const text = textOf(part, key)
      width = part.width
      lines.push(text.lines)
      value = text.value
    } else head.push(`const c${key}=C[${key}];`)
    return `${JSON.stringify(name)}:${value}`
  })
  const body = `"use strict";const x=p.text,u=p.units,w=p.words,o=[];${head.join("")}
for(let i=0;i<n;i++){const r=i*${width},j=i*2;${lines.join("")}
o.push({${members.join(",")}})}
return o`
  // oxlint-disable-next-line typescript/no-implied-eval -- chosen by an option; see above
  const make = new Function("C", "n", "p", body) as ObjectMaker
  const columns = keys.map(() => [""])
  const nothing = { text: "", units: new Uint8Array(0), words: new Int32Array(0) }
  for (const object of make(columns, 1, nothing)) takeAnyValue(object)
  return make
}
