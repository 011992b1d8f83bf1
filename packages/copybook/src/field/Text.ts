/**
 * Text fields: bytes of a code page, mixed single and double bytes, double bytes alone, and
 * UTF-16.
 *
 * @since 0.1.0
 */
import type { CodePage, DoubleBytePage } from "../charset/CodePage.ts"
import {
  doubleTranslator,
  type Filling,
  nationalTranslator,
  type Translator,
  translator,
} from "../charset/Translate.ts"
import type { DecodeFaultCode, EncodeFaultCode } from "./FaultCode.ts"

/**
 * Which blanks around a text are left out.
 *
 * @category models
 * @since 0.1.0
 */
export type Trim = "none" | "right" | "left" | "both"

/** The first code unit that is trimmed; the last is the blank. */
const trimmedFrom = (hasControls: boolean): number => (hasControls ? 0 : 0x20)

/**
 * Leaves out blanks around a text.
 *
 * @param hasControls whether controls, such as low-values, are taken for blanks
 * @category conversions
 * @since 0.1.0
 */
export const trim = (text: string, how: Trim, hasControls = false): string => {
  const from = trimmedFrom(hasControls)
  const isBlank = (unit: number): boolean => unit >= from && unit <= 0x20
  let start = 0
  let end = text.length
  if (how !== "left" && how !== "none") while (end > 0 && isBlank(text.charCodeAt(end - 1))) end--
  if (how !== "right" && how !== "none") {
    while (start < end && isBlank(text.charCodeAt(start))) start++
  }
  return start === 0 && end === text.length ? text : text.substring(start, end)
}

/**
 * Reads and writes the characters of a kind of text. `read` gives a fault code in `fault` and
 * undefined.
 *
 * @category models
 * @since 0.1.0
 */
export interface TextFormat {
  /** `offset` to `offset + length`. */
  readonly read: (bytes: Uint8Array, offset: number, length: number) => string | undefined
  /** Why the last read gave undefined. */
  readonly fault: () => DecodeFaultCode
  /** Writes a text and blanks to a field. */
  readonly fill: Translator["fill"]
}

const formatOf = (text: Translator): TextFormat => {
  let code: DecodeFaultCode = "CPY-4007"
  return {
    read: (bytes, offset, length) => {
      const read = text.decode(bytes, offset, length)
      if (typeof read === "string") return read
      code = read.reason === "shift" || read.reason === "half" ? "CPY-4008" : "CPY-4007"
      return undefined
    },
    fault: () => code,
    fill: text.fill,
  }
}

/** Of each page, since its tables take longer to make than a record to read. */
const formats = new WeakMap<CodePage, TextFormat>()

/**
 * Text of a code page.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofPage = (page: CodePage): TextFormat => {
  const format = formats.get(page) ?? formatOf(translator(page))
  formats.set(page, format)
  return format
}

/**
 * Text of double bytes alone.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofDouble = (page: DoubleBytePage): TextFormat => formatOf(doubleTranslator(page))

/**
 * UTF-16 text.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ofNational = (endian: "big" | "little"): TextFormat =>
  formatOf(nationalTranslator(endian))

/**
 * Writes a text with blanks behind it, or before it where it is justified.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (
  format: TextFormat,
  text: string,
  bytes: Uint8Array,
  offset: number,
  length: number,
  options: Filling,
): EncodeFaultCode | undefined => {
  const fault = format.fill(text, bytes, offset, length, options)
  if (fault === undefined) return undefined
  return fault.reason === "long" ? "CPY-5006" : "CPY-5007"
}
