/**
 * How fields are read and written, where the layout leaves it open.
 *
 * @since 0.1.0
 */
import type { CodePage } from "../charset/CodePage.ts"
import type { Rounding } from "./Decimal.ts"
import type { NumberForm } from "./Digits.ts"
import type { BinaryRange } from "./Binary.ts"
import type { FloatFormat } from "./Float.ts"
import type { Trim } from "./Text.ts"
import type { SignRule, ZonedRule, ZonedSigns } from "./Zoned.ts"

/**
 * How bytes without a meaning of their own appear.
 *
 * @category models
 * @since 0.1.0
 */
export type BytesForm = "hex" | "base64" | "bytes"

/**
 * @category models
 * @since 0.1.0
 */
export interface FieldOptions {
  /** Of text fields, digits and signs. */
  readonly codePage: CodePage
  /** Of national (UTF-16) fields. Default `big`. */
  readonly nationalEndian?: "big" | "little"
  /** COMP-1 and COMP-2. Default: `ibm` in the dialect `ibm`, else `ieee`. */
  readonly floats?: FloatFormat
  /** COMP-1 and COMP-2. Default: `big` in the dialect `ibm`, else `little`. */
  readonly floatEndian?: "big" | "little"
  /**
   * How signs in zones are written. Default: `ebcdic` with an EBCDIC code page; in ASCII
   * `ascii-overpunch` in the dialect `ibm`, else `ascii-zone`.
   */
  readonly zonedSigns?: ZonedSigns
  /** Which signs of zoned and packed fields are taken. Default `any`. */
  readonly signRule?: SignRule
  /** How exact zoned and edited fields must be. Default `strict`. */
  readonly digits?: ZonedRule
  /** How much of a binary's range counts. Default `lenient`. */
  readonly binaryRange?: BinaryRange
  /** How numbers appear. Default `native`. */
  readonly numbers?: NumberForm
  /** Whether minus zero stays one. Default `false`: it is zero. */
  readonly keepsNegativeZero?: boolean
  /** Which blanks around texts are left out. Default `right`; `left` of fields that are JUSTIFIED. */
  readonly trim?: Trim
  /** Whether control characters around texts, such as low-values, are left out as blanks are. Default `false`. */
  readonly trimsControls?: boolean
  /** How pointers and other bytes without a meaning appear. Default `hex`. */
  readonly bytes?: BytesForm
  /** What becomes of decimals that a field has no room for, on encoding. Default `error`. */
  readonly rounding?: Rounding
  /** What becomes of texts that a field has no room for, on encoding. Default `error`. */
  readonly longTexts?: "error" | "truncate"
  /** How the field appears; `text` shows any field's characters. Default: as its storage says. */
  readonly as?: "text" | BytesForm
}
