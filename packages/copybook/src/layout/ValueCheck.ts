/**
 * Whether the literal of a VALUE clause fits its item.
 *
 * @since 0.1.0
 */
import type { Diagnostic } from "../source/Diagnostic.ts"
import type { Item, Literal } from "../syntax/Item.ts"
import type { Storage } from "./Layout.ts"
import { finding, type LayoutCode } from "./LayoutCode.ts"

type Verdict = readonly [code: LayoutCode, what: string]

interface Decimal {
  readonly digits: number
  readonly scale: number
  readonly isSigned: boolean
}

const decimalOf = (storage: Storage): Decimal | undefined => {
  switch (storage.kind) {
    case "zoned":
    case "packed":
    case "binary":
      return storage
    case "national":
      return storage.decimal
    default:
      return undefined
  }
}

/** @param bytes Of a binary number that takes every value of its bytes. */
const ofNumber = (text: string, decimal: Decimal, bytes?: number): Verdict | undefined => {
  const [, sign, whole = "", fraction = ""] = /^([+-]?)0*(\d*)(?:[.,](\d*?)0*)?$/.exec(text) ?? []
  // Literals in floating point, such as 1.5E3, are not compared digit by digit.
  if (sign === undefined) return undefined
  if (sign === "-" && !decimal.isSigned && whole + fraction !== "") {
    return ["CPY-2052", `is negative, and the picture has no S`]
  }
  if (bytes !== undefined) {
    const value = BigInt(`${whole}${fraction.padEnd(Math.max(0, decimal.scale), "0")}` || "0")
    const max = 1n << BigInt(8 * bytes - (decimal.isSigned ? 1 : 0))
    const isHeld = fraction.length <= Math.max(0, decimal.scale) && decimal.scale >= 0
    return isHeld && (sign === "-" ? value <= max : value < max)
      ? undefined
      : ["CPY-2052", "is a number that its bytes have no place for"]
  }
  const wholeMax = Math.max(0, decimal.digits - decimal.scale)
  if (whole.length > wholeMax || fraction.length > Math.max(0, decimal.scale)) {
    return ["CPY-2052", `has digits that the picture has no place for`]
  }
  return undefined
}

const ofText = (length: number, storage: Storage, bytes: number): Verdict | undefined => {
  if (storage.kind === "float" || decimalOf(storage) !== undefined) {
    return ["CPY-2051", "is text, and the item is a number"]
  }
  const isWide = storage.kind === "national" || storage.kind === "dbcs"
  const room = isWide ? bytes / 2 : bytes
  return length > room
    ? ["CPY-2050", `has ${length} characters, and the item has ${room}`]
    : undefined
}

const verdictOf = (value: Literal, storage: Storage, bytes: number): Verdict | undefined => {
  switch (value.kind) {
    case "figurative":
      return undefined
    case "hex":
      // A binary of characters takes any bytes; other numbers take numeric literals only.
      if (storage.kind !== "binary" && ofText(0, storage, bytes) !== undefined) {
        return ["CPY-2051", "is text, and the item is a number"]
      }
      return value.bytes.length > bytes
        ? ["CPY-2050", `has ${value.bytes.length} bytes, and the item has ${bytes}`]
        : undefined
    case "text":
      return value.isAll ? undefined : ofText(Array.from(value.text).length, storage, bytes)
    case "number": {
      const decimal = decimalOf(storage)
      if (decimal !== undefined) {
        const isFullRange = storage.kind === "binary" && storage.isFullRange
        return ofNumber(value.text, decimal, isFullRange ? bytes : undefined)
      }
      const isText = storage.kind === "text" || storage.kind === "dbcs"
      return isText || storage.kind === "national"
        ? ["CPY-2051", "is a number, and the item is text"]
        : undefined
    }
  }
}

const shown = (value: Literal): string => {
  switch (value.kind) {
    case "text":
      return `"${value.text.length > 20 ? `${value.text.slice(0, 20)}…` : value.text}"`
    case "hex":
      return "in hex"
    default:
      return value.kind === "number" ? value.text : value.name
  }
}

/**
 * Reports literals that their item cannot hold: its own, and those of its conditions.
 *
 * @category checking
 * @since 0.1.0
 */
export const checkValue = (
  item: Item,
  storage: Storage,
  bytes: number,
  report: (diagnostic: Diagnostic) => void,
): void => {
  const check = ({ name, span }: Pick<Item, "name" | "span">, value: Literal | undefined): void => {
    const verdict = value === undefined ? undefined : verdictOf(value, storage, bytes)
    if (verdict === undefined || value === undefined) return
    const [code, what] = verdict
    report(finding(code, span, `VALUE ${shown(value)} of ${name} ${what}`))
  }
  check(item, item.value)
  for (const condition of item.conditions) {
    for (const { from, through } of condition.values) {
      check(condition, from)
      check(condition, through)
    }
  }
}
