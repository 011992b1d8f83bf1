/**
 * A code page: which byte is which character.
 *
 * @since 0.1.0
 */

/**
 * A code page of one byte a character.
 *
 * The table is a bijection between the 256 bytes and 256 characters, so that what is decoded can
 * be encoded again; a byte without a character has one of its own in the private use area
 * (U+F700 + byte), which `unassigned` names. Only pages with `seconds` have characters in two
 * places.
 *
 * @category models
 * @since 0.1.0
 */
export interface CodePage {
  /** Such as `cp037`. */
  readonly name: string
  /** Unicode of each byte; 256 entries, all in the basic plane. */
  readonly toUnicode: Uint16Array
  /** Byte of each Unicode below 0x10000, or −1; 65,536 entries, made at first use. */
  readonly fromUnicode: Int16Array
  /** Whether every character is below U+0100: then text columns are Latin-1 until something else is asked. */
  readonly isLatin: boolean
  /** Bytes that have no character. */
  readonly unassigned: ReadonlyArray<number>
  /**
   * Bytes whose character is written as another byte: second tone marks of Thai, and controls
   * that are read as blanks.
   */
  readonly seconds?: ReadonlyArray<number>
  /** Bytes of blank, of `0`–`9`, of the signs: 0x40, 0xF0…, 0x4E, 0x60 in EBCDIC. */
  readonly isEbcdic: boolean
  /** The double-byte half, of a mixed code page: read between shift-out (0x0E) and shift-in (0x0F). */
  readonly double?: DoubleBytePage
  /** Texts are double bytes alone, without shifts: the pages 300, 834, 835 and 837. */
  readonly isDoubleOnly?: boolean
}

/**
 * The double-byte half of a mixed code page.
 *
 * @category models
 * @since 0.1.0
 */
export interface DoubleBytePage {
  readonly name: string
  /** Unicode of two bytes (high · 256 + low), or 0 where there is none. */
  readonly toUnicode: (bytes: number) => number
  /** Two bytes of a Unicode, or −1. */
  readonly fromUnicode: (codePoint: number) => number
  /** Two bytes that are two characters, such as a letter and its accent. */
  readonly sequences?: ReadonlyMap<number, string>
}
