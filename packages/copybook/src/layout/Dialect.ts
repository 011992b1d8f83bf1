/**
 * How compilers differ in what a clause takes, as data.
 *
 * @since 0.1.0
 */
import type { Sign } from "../syntax/Item.ts"
import type { Dialect } from "./Layout.ts"

/**
 * Bytes of a binary number by its digits.
 *
 * - `2-4-8`: two to 4 digits, four to 9, eight to 18.
 * - `1-2-4-8`: also one to 2 digits.
 * - `1-8`: the fewest that hold the digits.
 *
 * @category models
 * @since 0.1.0
 */
export type BinarySizes = "2-4-8" | "1-2-4-8" | "1-8"

/**
 * What a compiler does. A variant is made from one of these by spreading, such as
 * `{ ...dialects.ibm, pointerBytes: 8 }`.
 *
 * @category models
 * @since 0.1.0
 */
export interface DialectRules {
  readonly dialect: Dialect
  /** Of COMP, COMP-4, BINARY, COMP-5 and COMP-9. */
  readonly binarySizes: BinarySizes
  /** Of COMP, COMP-4, BINARY and COMP-X; COMP-9 is always little-endian. */
  readonly binaryEndian: "big" | "little"
  /** Of COMP-5. */
  readonly nativeEndian: "big" | "little"
  /** Whether COMP takes every value of its bytes (IBM's TRUNC(BIN)), not only those of its digits. */
  readonly isBinaryFullRange: boolean
  /** Units: bytes. */
  readonly pointerBytes: number
  /** Units: bytes. */
  readonly procedurePointerBytes: number
  /** Units: bytes. */
  readonly functionPointerBytes: number
  /** Units: bytes. */
  readonly indexBytes: number
  /** Units: bytes. */
  readonly objectReferenceBytes: number
  /** What PIC N is without a usage: IBM's NSYMBOL. */
  readonly nationalSymbol: "national" | "dbcs"
  /** Whether `PIC X(n) COMP-5` is a binary number of n bytes; with COMP-X it always is. */
  readonly hasCharacterBinaries: boolean
  /** Whether a table may be redefined. */
  readonly hasRedefinedTables: boolean
  /**
   * What SYNCHRONIZED aligns a binary number to: two bytes to 4 digits and four beyond (`word`),
   * its own size (`size`), or nothing (`none`: no item is aligned at all).
   */
  readonly alignment: "word" | "size" | "none"
  /** Of signed DISPLAY items without a SIGN clause: NUMERIC SIGN of the SPECIAL-NAMES paragraph. */
  readonly numericSign: Sign
  /** Where the bytes before a group go whose first item is aligned: before the group, or into it. */
  readonly slack: "before-group" | "in-group"
}

const overpunched: Sign = { position: "trailing", isSeparate: false }

/**
 * The rules of each dialect.
 *
 * Sources: Enterprise COBOL for z/OS Language Reference (USAGE, SYNCHRONIZED, slack bytes; 31-bit);
 * the configuration `default.conf` of GnuCOBOL 3 on a 64-bit little-endian machine; Micro Focus
 * with its default NOIBMCOMP, in which SYNCHRONIZED is a comment.
 *
 * @category data
 * @since 0.1.0
 */
export const dialects: Readonly<Record<Dialect, DialectRules>> = {
  ibm: {
    dialect: "ibm",
    binarySizes: "2-4-8",
    binaryEndian: "big",
    nativeEndian: "big",
    isBinaryFullRange: false,
    pointerBytes: 4,
    procedurePointerBytes: 8,
    functionPointerBytes: 4,
    indexBytes: 4,
    objectReferenceBytes: 4,
    nationalSymbol: "national",
    hasCharacterBinaries: false,
    hasRedefinedTables: false,
    alignment: "word",
    numericSign: overpunched,
    slack: "before-group",
  },
  gnucobol: {
    dialect: "gnucobol",
    binarySizes: "1-2-4-8",
    binaryEndian: "big",
    nativeEndian: "little",
    isBinaryFullRange: false,
    pointerBytes: 8,
    procedurePointerBytes: 8,
    functionPointerBytes: 8,
    indexBytes: 4,
    objectReferenceBytes: 8,
    nationalSymbol: "national",
    hasCharacterBinaries: true,
    hasRedefinedTables: true,
    alignment: "size",
    numericSign: overpunched,
    slack: "in-group",
  },
  "micro-focus": {
    dialect: "micro-focus",
    binarySizes: "1-8",
    binaryEndian: "big",
    nativeEndian: "little",
    isBinaryFullRange: false,
    pointerBytes: 4,
    procedurePointerBytes: 4,
    functionPointerBytes: 4,
    indexBytes: 4,
    objectReferenceBytes: 4,
    nationalSymbol: "national",
    hasCharacterBinaries: true,
    hasRedefinedTables: true,
    alignment: "none",
    numericSign: overpunched,
    slack: "in-group",
  },
}

// The fewest bytes whose values include every number of so many digits.
const fewestBytes = (digits: number, isSigned: boolean): number => {
  const largest = 10n ** BigInt(digits) - 1n
  let bytes = 1
  while (largest > (1n << BigInt(8 * bytes - (isSigned ? 1 : 0))) - 1n) bytes += 1
  return bytes
}

/**
 * Bytes of a binary number.
 *
 * Beyond 18 digits GnuCOBOL takes 16 bytes. Enterprise COBOL has no such items; for its sizes the
 * fewest bytes that hold the digits and a sign are taken, signed or not, as other readers do.
 *
 * @param digits Stored digits. Range: 1 to 38.
 * @category sizes
 * @since 0.1.0
 */
export const binaryBytes = (sizes: BinarySizes, digits: number, isSigned: boolean): number => {
  if (sizes === "1-8") return fewestBytes(digits, isSigned)
  if (digits > 18) return sizes === "2-4-8" ? fewestBytes(digits, true) : 16
  if (digits > 9) return 8
  if (digits > 4) return 4
  return sizes === "1-2-4-8" && digits <= 2 ? 1 : 2
}
