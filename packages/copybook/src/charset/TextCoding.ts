/**
 * What the codings of text have in common.
 *
 * @since 0.1.0
 */

/**
 * Why a text can't be read or written, and where.
 *
 * - `unassigned`: a byte, or two, without a character.
 * - `shift`: a shift-out without its shift-in, or the other way round.
 * - `half`: one byte where two make a character.
 * - `malformed`: bytes that are no UTF-8 or UTF-16, or half of a surrogate pair.
 * - `unmappable`: a character that the code page doesn't have.
 * - `long`: more text than there is room.
 *
 * @category models
 * @since 0.1.0
 */
export interface TextFault {
  readonly reason: "unassigned" | "shift" | "half" | "malformed" | "unmappable" | "long"
  /** Reading: of the byte, from the start of the bytes. Writing: of the UTF-16 unit in the text. */
  readonly at: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface TextOptions {
  /**
   * What a byte without a character becomes: an error, the private character that is written as
   * the same byte again, or U+FFFD. Default `error`.
   */
  readonly unassigned?: "error" | "keep" | "replace"
  /** What a character without a byte becomes: an error, or the page's substitute. Default `error`. */
  readonly unmappable?: "error" | "replace"
  /**
   * Whether the end of a field ends double bytes too, and shifts without a partner or without
   * effect say nothing. Default `false`.
   */
  readonly isShiftLenient?: boolean
}

/**
 * One coding of text, without the filling of fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface TextCoding {
  readonly read: (bytes: Uint8Array, offset: number, length: number) => string | TextFault
  /** Where it is faster than by way of a string. */
  readonly toUtf8?: (
    bytes: Uint8Array,
    offset: number,
    length: number,
    into: Uint8Array,
    at: number,
  ) => number | TextFault
  readonly utf8Max: number
  /** Gives how many bytes were written. With `canTruncate`, as much as fits. */
  readonly write: (
    text: string,
    into: Uint8Array,
    at: number,
    room: number,
    canTruncate: boolean,
  ) => number | TextFault
  /** The most bytes of one UTF-16 unit. */
  readonly sizeMax: number
  readonly blank: Uint8Array
}
