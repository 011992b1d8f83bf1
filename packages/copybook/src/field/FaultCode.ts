/**
 * The codes of faults: what each means, and what to do about it.
 *
 * @since 0.1.0
 */
import type { FaultClass } from "./Fault.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FaultMeaning {
  readonly class: FaultClass
  readonly summary: string
  readonly hint: string
}

const meaning = (kind: FaultClass, summary: string, hint: string): FaultMeaning => ({
  class: kind,
  summary,
  hint,
})

/**
 * Faults of bytes that are decoded.
 *
 * @category constants
 * @since 0.1.0
 */
export const decodeFaults = {
  "CPY-4001": meaning(
    "blank",
    "a numeric field holds only blanks",
    'set the policy of "blank" to "null" or "zero" if blanks stand for no number',
  ),
  "CPY-4002": meaning(
    "low-values",
    "a numeric field holds only binary zeros",
    'set the policy of "low-values" to "null" or "zero" if they stand for no number',
  ),
  "CPY-4003": meaning(
    "digit",
    "a byte holds no decimal digit where one must stand",
    "check that the copybook fits the record, and that packed fields were not translated as text",
  ),
  "CPY-4004": meaning(
    "sign",
    "the sign is none that this storage knows",
    "check the field's USAGE and SIGN clauses, and whether the file is EBCDIC or ASCII",
  ),
  "CPY-4005": meaning(
    "sign",
    "an unsigned field holds a negative number",
    "give the picture an S if the program stores negative numbers there",
  ),
  "CPY-4006": meaning(
    "overflow",
    "the number has more digits than the picture",
    "check the picture; programs compiled to use all bits of a binary need COMP-5 or full range",
  ),
  "CPY-4007": meaning(
    "character",
    "a byte is no character of the code page",
    "choose the code page that the file was written in, or read the field as bytes",
  ),
  "CPY-4008": meaning(
    "character",
    "the shift between single and double bytes is not closed, or closed in the middle",
    "check the field's length; a mixed field ends behind a shift-in",
  ),
  "CPY-4009": meaning(
    "float",
    "a floating-point field holds an infinity or not a number",
    "check whether the file holds IBM hexadecimal or IEEE numbers",
  ),
  "CPY-4010": meaning(
    "edited",
    "the characters are none that the picture makes",
    "check the picture, its currency sign and decimal point",
  ),
  "CPY-4011": meaning(
    "counter",
    "the counter of a table is outside its bounds",
    "check the OCCURS clause, and that the counter is read at its right place",
  ),
  "CPY-4012": meaning(
    "counter",
    "the counter of a table is no count",
    "name what its texts stand for with the option counterValues",
  ),
  "CPY-4013": meaning(
    "short",
    "the record ends inside or before the field",
    "check the record's length and framing, or let short records be padded with blanks",
  ),
  "CPY-4014": meaning(
    "long",
    "the record goes on behind its last field",
    "check the record's length and framing, or whether the copybook is older than the data",
  ),
} as const

/**
 * Faults of values that are encoded. Their class is the nearest one of decoding.
 *
 * @category constants
 * @since 0.1.0
 */
export const encodeFaults = {
  "CPY-5001": meaning("digit", "the value is no number", "give a number, a bigint or its digits"),
  "CPY-5002": meaning(
    "overflow",
    "the number has more digits before the point than the picture",
    "widen the picture, or check the value",
  ),
  "CPY-5003": meaning(
    "overflow",
    "the number has more decimals than the picture",
    'round it first, or choose "truncate" or "round" for decimals',
  ),
  "CPY-5004": meaning(
    "sign",
    "the number is negative and the field unsigned",
    "give the picture an S, or check the value",
  ),
  "CPY-5005": meaning("character", "the value is no text", "give a string"),
  "CPY-5006": meaning(
    "overflow",
    "the text is longer than the field",
    'shorten it, or choose "truncate" for texts',
  ),
  "CPY-5007": meaning(
    "character",
    "a character is not in the field's code page",
    "replace it first, or choose another code page for the field",
  ),
  "CPY-5008": meaning(
    "float",
    "the number is too large for the floating-point field, or none",
    "give a finite number in the range of the field",
  ),
  "CPY-5009": meaning(
    "edited",
    "the text can't stand in the edited picture",
    "give the characters between the insertions, or the whole text with them",
  ),
  "CPY-5010": meaning(
    "short",
    "a value is missing",
    'give one, or choose "initial" for missing values',
  ),
  "CPY-5011": meaning("digit", "the value is no object", "give the group's fields by their names"),
  "CPY-5012": meaning(
    "counter",
    "the table has too few or too many entries",
    "give as many as the OCCURS clause allows",
  ),
  "CPY-5013": meaning(
    "counter",
    "the counter does not say how many entries there are",
    "leave the counter out, and it is set",
  ),
  "CPY-5014": meaning(
    "long",
    "several views of the same bytes are given, and disagree",
    "give one view of a redefined item",
  ),
  "CPY-5015": meaning(
    "long",
    "the record has no field of this name",
    "check the name's spelling; names are those that decoding gives",
  ),
  "CPY-5016": meaning(
    "digit",
    "the value is no hexadecimal text of the field's bytes",
    "give two hexadecimal digits for each byte",
  ),
  "CPY-5017": meaning(
    "digit",
    "the value is none that the field's level 88 names",
    "give one of the values of its conditions",
  ),
} as const

/**
 * @category models
 * @since 0.1.0
 */
export type DecodeFaultCode = keyof typeof decodeFaults

/**
 * @category models
 * @since 0.1.0
 */
export type EncodeFaultCode = keyof typeof encodeFaults

/**
 * Every class, in the order in which counts of them are kept.
 *
 * @category constants
 * @since 0.1.0
 */
export const faultClasses: ReadonlyArray<FaultClass> = [
  "blank",
  "low-values",
  "digit",
  "sign",
  "overflow",
  "character",
  "float",
  "edited",
  "counter",
  "short",
  "long",
]
