/**
 * A group's decoding as code of its own.
 *
 * An object whose keys stand in the code is made several times as fast as one that is filled key
 * by key, and loops over a field's bytes come out flat. It takes `new Function`, which a content
 * security policy, or Node's `--disallow-code-generation-from-strings`, may forbid: so it is an
 * option, and everything works without. Nothing of a copybook reaches the code but its names, as
 * JSON strings, and numbers.
 *
 * @since 0.1.0
 */
import type { Step } from "./Step.ts"

/**
 * Makes the object of a group that lies wholly in its record.
 *
 * @category models
 * @since 0.1.0
 */
export type ObjectBuilder = (
  bytes: Uint8Array,
  /** Where the record begins in `bytes`, moved by the entries of tables around the group. */
  base: number,
  /** The same from the start of the record. */
  delta: number,
  /** The record's text, and the units of it. */
  text: string,
  units: ArrayLike<number>,
  /** Decodes a field, a table or views the long way. */
  slow: (step: Step, delta: number) => unknown,
) => Record<string, unknown>

/** Code grows with fields, and what is too long is never made fast. */
const fieldsMax = 400
const wholeDigits = 9

/** Two packed digits by byte; −1 where one is none. */
const pairs = Int16Array.from({ length: 256 }, (_, byte) =>
  byte >> 4 > 9 || (byte & 0x0f) > 9 ? -1 : (byte >> 4) * 10 + (byte & 0x0f),
)

interface Draft {
  /** What is looked up once. */
  readonly constants: Array<string>
  readonly lines: Array<string>
  readonly steps: Array<Step>
}

const scale = (step: Step, value: string): string =>
  step.divisor === 1 ? value : `${value}/${step.divisor}`

const slowly = (index: number): string => `k(S[${index}],r)`

/** Digits in chunks that 32-bit arithmetic holds, as one sum; the last is what ends the number. */
const sum = (digits: ReadonlyArray<string>, width: number, last: string): string => {
  const parts: Array<string> = []
  const all = [...digits, last]
  const perChunk = Math.floor(wholeDigits / width)
  for (let end = all.length; end > 0; end -= perChunk) {
    const chunk = all.slice(Math.max(end - perChunk, 0), end)
    const value = chunk.reduce(
      (sum, digit) => (sum === "" ? digit : `(${sum})*${10 ** width}+${digit}`),
      "",
    )
    parts.unshift(`(${value})`)
  }
  return parts.reduce((total, part) => `${total}*${10 ** (perChunk * width)}+${part}`)
}

const zoned = (step: Step, index: number, draft: Draft): string => {
  const { length, offset } = step
  const names = Array.from({ length: length - 1 }, (_, at) => `d${at}_${index}`)
  for (const [at, name] of names.entries()) {
    draft.lines.push(`const ${name}=y[b+${offset + at}]^${step.zone};`)
  }
  draft.constants.push(`const t${index}=S[${index}].table256;`)
  draft.lines.push(`const s${index}=t${index}[y[b+${offset + length - 1}]];`)
  const bad = [...names.map((name) => `(9-${name})`), `(127-s${index})`].join("|")
  draft.lines.push(`let v${index}=${sum(names, 1, `(s${index}&15)`)};`)
  draft.lines.push(`if((s${index}&32)!==0&&v${index}!==0)v${index}=-v${index};`)
  return `(${bad})<0?${slowly(index)}:${scale(step, `v${index}`)}`
}

const packed = (step: Step, index: number, draft: Draft): string => {
  const { length, offset } = step
  const names = Array.from({ length: length - 1 }, (_, at) => `d${at}_${index}`)
  for (const [at, name] of names.entries()) {
    draft.lines.push(`const ${name}=P[y[b+${offset + at}]];`)
  }
  draft.constants.push(`const n${index}=S[${index}].signs;`)
  draft.lines.push(`const l${index}=y[b+${offset + length - 1}],g${index}=n${index}[l${index}&15];`)
  const bad = [...names, `(9-(l${index}>>4))`, `(g${index}*g${index}-1)`].join("|")
  const whole = names.length === 0 ? "0" : pairSum(names)
  draft.lines.push(`let v${index}=(${whole})*10+(l${index}>>4);`)
  const limit = Number.isFinite(step.limit) ? `||v${index}>${step.limit}` : ""
  return `(${bad})<0${limit}?${slowly(index)}:${scale(step, `(g${index}<0&&v${index}!==0?-v${index}:v${index})`)}`
}

const pairSum = (names: ReadonlyArray<string>): string => {
  const [last = "0"] = names.slice(-1)
  return sum(names.slice(0, -1), 2, last)
}

const integer = (step: Step): string => {
  const { isBig, isSigned, length, offset } = step
  const bytes = Array.from({ length }, (_, at) => {
    const shift = 8 * (isBig ? length - 1 - at : at)
    return shift === 0 ? `y[b+${offset + at}]` : `y[b+${offset + at}]<<${shift}`
  }).join("|")
  const unused = 32 - length * 8
  const value = isSigned ? `((${bytes})<<${unused}>>${unused})` : `((${bytes})>>>0)`
  return scale(step, value)
}

const text = (step: Step, index: number, draft: Draft): string => {
  const from = `f${index}`
  const end = `e${index}`
  draft.lines.push(`let ${from}=r+${step.offset},${end}=r+${step.offset + step.length};`)
  const isBlank = (unit: string): string =>
    step.trimmedFrom === 0 ? `${unit}<=32` : `${unit}===32`
  if (step.isTrimmedRight)
    draft.lines.push(`while(${end}>${from}&&${isBlank(`u[${end}-1]`)})${end}--;`)
  if (step.isTrimmedLeft)
    draft.lines.push(`while(${from}<${end}&&${isBlank(`u[${from}]`)})${from}++;`)
  return `x.substring(${from},${end})`
}

/** The value of a step as an expression; undefined where the group can't be made so. */
const expression = (step: Step, draft: Draft): string | undefined => {
  const index = draft.steps.push(step) - 1
  switch (step.kind) {
    case "text":
      return text(step, index, draft)
    case "zoned":
      return zoned(step, index, draft)
    case "packed":
      return packed(step, index, draft)
    case "integer":
      return integer(step)
    case "field":
    case "table":
      return slowly(index)
    case "group":
      return literal(step, draft)
    case "cluster":
      return undefined
  }
}

const members = (parent: Step, draft: Draft): ReadonlyArray<string> | undefined => {
  const entries: Array<string> = []
  for (const step of parent.steps) {
    if (step.slot >= 0 || draft.steps.length > fieldsMax) return undefined
    if (!step.isShown) continue
    if (step.isDissolved) {
      const inner = step.kind === "group" ? members(step, draft) : undefined
      if (inner === undefined) return undefined
      entries.push(...inner)
      continue
    }
    const value = expression(step, draft)
    if (value === undefined) return undefined
    // In order: a fault of an earlier field is found before one of a later.
    const name = `o${draft.lines.length}`
    draft.lines.push(`const ${name}=${value};`)
    entries.push(`${JSON.stringify(step.key)}:${name}`)
  }
  return entries
}

const literal = (step: Step, draft: Draft): string | undefined => {
  const entries = members(step, draft)
  return entries === undefined ? undefined : `{${entries.join(",")}}`
}

/**
 * Puts values of every kind into an object and those in it, so that the shape that it shares with
 * others takes any: code that met texts or fractions alone would be given up, and made again, each
 * time a whole number comes.
 *
 * @category mutations
 * @since 0.1.0
 */
export const takeAnyValue = (object: Record<string, unknown>): void => {
  for (const [key, value] of Object.entries(object)) {
    // What is an object in one is one in all of them, and was made by the same code.
    if (typeof value === "object" && value !== null) takeAnyValue(value as typeof object)
    for (const each of [0.5, null, 1, ""]) object[key] = each
  }
}

/**
 * Writes the code of a group and makes a function of it; undefined where its keys or places vary.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (group: Step): ObjectBuilder | undefined => {
  const draft: Draft = { constants: [], lines: [], steps: [] }
  const value = literal(group, draft)
  if (value === undefined) return undefined
  const body = `"use strict";${draft.constants.join("\n")}return function(y,b,r,x,u,k){${draft.lines.join("\n")}\nreturn ${value}}`
  // oxlint-disable-next-line typescript/no-implied-eval -- chosen by an option; see above
  const outer = new Function("S", "P", body) as (
    steps: ReadonlyArray<Step>,
    pairs: Int16Array,
  ) => ObjectBuilder
  const builder = outer(draft.steps, pairs)
  takeAnyValue(builder(new Uint8Array(0), 0, 0, "", [], () => ""))
  return builder
}

/**
 * Gives groups their code: a group's makes the objects of those in it too; where it can't, they
 * may have their own.
 *
 * @category mutations
 * @since 0.1.0
 */
export const addTo = (step: Step): void => {
  if (step.kind === "group") step.builder = make(step)
  for (const each of step.steps) addTo(each)
}
