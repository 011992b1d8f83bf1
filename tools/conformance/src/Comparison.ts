/**
 * Whether two tools read the same out of a record, however each of them writes it down.
 *
 * Names are compared without case and separators, groups that only one of the two writes are
 * passed over where their fields are found, texts without the blanks around them, numbers as
 * decimals, and what is absent, `null`, blank or an empty table is the same.
 */
import { isObject, type Json } from "./Manifest.ts"

/** Path, without case and separators, to a leaf in canonical form. */
type Leaves = Map<string, string>

/** Fields without a name are told apart by their order, whatever the tool counts. */
export const plainName = (name: string): string =>
  name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "")
    .replace(/^FILLER(P?\d+)?(?=$|DEBUG$|RAW$)/, "FILLER")
    .replace(/(?<=.)DEBUG$/, "RAW")

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** `-0012.500` is `-12.5`; what is no number stays. */
export const canonicalNumber = (text: string): string => {
  if (!decimal.test(text)) return text
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e")
  const isNegative = mantissa.startsWith("-")
  const [whole = "", fraction = ""] = mantissa.replace(/^[+-]/, "").split(".")
  const shift = Number(exponent)
  if (Math.abs(shift) > 400) return text
  const digits = whole + fraction
  const point = whole.length + shift
  const padded = digits.padStart(digits.length + Math.max(0, -point), "0")
  const at = Math.max(point, 0)
  const left = padded.slice(0, at).padEnd(at, "0").replace(/^0+/, "")
  const right = padded.slice(at).replace(/0+$/, "")
  const value = (left === "" ? "0" : left) + (right === "" ? "" : `.${right}`)
  return isNegative && value !== "0" ? `-${value}` : value
}

// Control characters, and the places of bytes without a character.
const invisible = /[\s\p{Cc}\u00ad\uf700-\uf7ff]+/gu

const leafOf = (value: string | number | boolean, texts: ComparisonOptions["texts"]): string => {
  const text = String(value)
  if (texts === "ascii") return canonicalNumber(text.replaceAll(/[^\u0021-\u007e]+/g, ""))
  return canonicalNumber(text.replaceAll(invisible, texts === "visible" ? "" : " ").trim())
}

const collect = (
  value: unknown,
  path: ReadonlyArray<string>,
  leaves: Leaves,
  texts: ComparisonOptions["texts"],
): void => {
  if (value === null || value === undefined) return
  if (Array.isArray(value)) {
    for (const [index, each] of value.entries()) {
      collect(each, [...path.slice(0, -1), `${path.at(-1) ?? ""}#${index}`], leaves, texts)
    }
    return
  }
  if (typeof value === "object") {
    const number = (value as { readonly "#"?: unknown })["#"]
    if (typeof number === "string") return collect(number, path, leaves, texts)
    for (const [name, each] of Object.entries(value)) {
      collect(each, [...path, plainName(name)], leaves, texts)
    }
    return
  }
  // Nothing else is left in JSON.
  const leaf = leafOf(value as string | number | boolean, texts)
  if (leaf === "") return
  const own = path.join(".")
  let key = own
  for (let again = 2; leaves.has(key); again++) key = `${own}@${again}`
  leaves.set(key, leaf)
}

const leavesOf = (value: unknown, texts: ComparisonOptions["texts"] = "blanks"): Leaves => {
  const leaves: Leaves = new Map()
  collect(value, [], leaves, texts)
  return leaves
}

const isSameLeaf = (one: string, other: string): boolean => {
  if (one === other || (/^[0-9A-F]+$/i.test(one) && one.toUpperCase() === other.toUpperCase()))
    return true
  if (!decimal.test(one) || !decimal.test(other)) return false
  const [left, right] = [Number(one), Number(other)]
  // A single float prints at most 9 digits of itself.
  return (
    /[.e]/.test(one + other) &&
    (Math.fround(left) === Math.fround(right) ||
      Math.abs(left - right) <= Math.abs(left) * 2 ** -50)
  )
}

/** Whether `short` is `long` with steps left out, the last one kept. */
const isWithin = (short: ReadonlyArray<string>, long: ReadonlyArray<string>): boolean => {
  let at = short.length - 1
  if (short.at(-1) !== long.at(-1)) return false
  for (let index = long.length - 1; index >= 0 && at >= 0; index--) {
    if (long[index] === short[at]) at--
  }
  return at < 0
}

export interface ComparisonOptions {
  /** Names, plain, that only the other tool has: its own numbering. */
  readonly ignored: ReadonlySet<string>
  /** Names, plain, of fields that are absent from the other tool above 2³¹ − 1. */
  readonly narrow: ReadonlySet<string>
  /**
   * What of texts is compared: all, runs of blanks and control characters as one blank (`blanks`);
   * without these (`visible`); the visible characters of ASCII alone (`ascii`).
   */
  readonly texts: "blanks" | "visible" | "ascii"
  /** Whether the other tool leaves out fields that we give, such as views that it did not choose. */
  readonly isSubset: boolean
}

/** What differs; empty where nothing does. */
export const differences = (
  expected: Json,
  actual: unknown,
  options: ComparisonOptions,
): ReadonlyArray<string> => {
  const found: Array<string> = []
  const rest = leavesOf(actual, options.texts)
  const missing: Array<readonly [string, string]> = []
  for (const [path, value] of leavesOf(expected, options.texts)) {
    if (path.split(".").some((step) => options.ignored.has(step.replace(/#\d+$/, "")))) continue
    const own = rest.get(path)
    if (own === undefined) missing.push([path, value])
    else {
      rest.delete(path)
      if (!isSameLeaf(value, own)) found.push(`${path}: expected ${value}, is ${own}`)
    }
  }
  // One of the two may write a group that the other passes over.
  for (const [path, value] of missing) {
    const steps = path.split(".")
    const candidates = [...rest].filter(([own]) => {
      const ownSteps = own.split(".")
      return isWithin(steps, ownSteps) || isWithin(ownSteps, steps)
    })
    const match = candidates.find(([, own]) => isSameLeaf(value, own)) ?? candidates[0]
    if (match === undefined) found.push(`${path}: expected ${value}, is absent`)
    else {
      rest.delete(match[0])
      if (!isSameLeaf(value, match[1])) {
        found.push(`${path}: expected ${value}, is ${match[1]}`)
      }
    }
  }
  if (!options.isSubset && isObject(expected)) {
    for (const [path, value] of rest) {
      const isTooWide =
        Number(value) > 0x7fffffff && options.narrow.has(path.split(".").at(-1) ?? "")
      if (!isTooWide) found.push(`${path}: expected nothing, is ${value}`)
    }
  }
  return found
}
