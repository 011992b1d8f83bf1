/**
 * What is wrong with a record's bytes, and what is made of it.
 *
 * @since 0.1.0
 */

/**
 * The classes of faults that a policy can be set for.
 *
 * - `blank`: a numeric field of blanks only.
 * - `low-values`: a numeric field of binary zeros only, where that is no number.
 * - `digit`: a nibble or a zone's digit that is none.
 * - `sign`: a sign nibble, zone or character that is none, or one on an unsigned field.
 * - `overflow`: more digits than the picture has.
 * - `character`: a byte without a character in the code page.
 * - `float`: an infinity or not a number.
 * - `edited`: characters that the picture can't have made.
 * - `counter`: a counter outside its table's bounds.
 * - `short`: the record ends inside or before the field.
 * - `long`: the record goes on behind its last field.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultClass =
  | "blank"
  | "low-values"
  | "digit"
  | "sign"
  | "overflow"
  | "character"
  | "float"
  | "edited"
  | "counter"
  | "short"
  | "long"

/**
 * What a field with a fault becomes: an error of its record, an absent value, zero (or an empty
 * text), or its bytes in hex.
 *
 * @category models
 * @since 0.1.0
 */
export type FaultPolicy = "error" | "null" | "zero" | "raw"

/**
 * One fault: what, where and the bytes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Fault {
  /** Stable, such as `CPY-4003`; the table is in `FaultCode`. */
  readonly code: string
  readonly class: FaultClass
  /** 0-based, in the file. */
  readonly record: number
  /** With indexes: `ORDER.LINES[2].PRICE`. */
  readonly path: string
  /** From the start of the record. Units: bytes. */
  readonly offset: number
  /** From the start of the file. Units: bytes. */
  readonly fileOffset: number
  /** At most 64 of the field's bytes. */
  readonly bytes: Uint8Array
  /** What is wrong and what to do. */
  readonly message: string
}
