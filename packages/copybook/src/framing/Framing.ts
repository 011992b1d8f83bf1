/**
 * How records lie in a file: what a framer reads by and a frame writer writes by.
 *
 * A framing is data, so that it can be kept, compared and printed. What depends on a record's
 * fields (a length field, counters) is read by the {@link FieldReader} that a framer is given.
 *
 * @since 0.1.0
 */

/**
 * A length before the bytes that it is the length of.
 *
 * The defaults are the record descriptor word of z/OS: four bytes, the length in the first two,
 * big-endian, counting the word itself, the last two zero.
 *
 * @category models
 * @since 0.1.0
 */
export interface LengthHeader {
  /** The header's own bytes. Range: 1 to 64. Default 4. */
  readonly bytes?: number
  /** Where the length stands in it. Default 0; 2 in a little-endian header of four bytes. */
  readonly at?: number
  /** Bytes of the length. Range: 1 to 4. Default 2. */
  readonly width?: number
  /** Default `big`. */
  readonly endian?: "big" | "little"
  /** Whether the length counts the header. Default `true`. */
  readonly includesHeader?: boolean
  /** Added to what is read. Default 0. */
  readonly adjustment?: number
  /**
   * Whether the other bytes of a header of four are zero, as IBM has it. Default `true` where the
   * header has four bytes and no `validity`.
   */
  readonly isReservedZero?: boolean
  /** A byte of the header that says whether a record follows; others are skipped. */
  readonly validity?: { readonly at: number; readonly values: ReadonlyArray<number> }
}

/**
 * A block descriptor word before the records of a block.
 *
 * With the highest bit of a big-endian word set, its 31 other bits are the length.
 *
 * @category models
 * @since 0.1.0
 */
export interface BlockHeader {
  /** Default `big`: the length in bytes 0 and 1; `little`: in bytes 2 and 3, low byte first. */
  readonly endian?: "big" | "little"
  /** Whether the length counts the word. Default `true`. */
  readonly includesHeader?: boolean
  /** Added to what is read. Default 0. */
  readonly adjustment?: number
}

/**
 * How fixed records are blocked.
 *
 * @category models
 * @since 0.1.0
 */
export type Blocking =
  /** Blocks of one length; the last may be shorter. What is left behind its last whole record is filler. */
  | { readonly kind: "bytes"; readonly bytes: number }
  | { readonly kind: "records"; readonly records: number }
  | { readonly kind: "header"; readonly header?: BlockHeader }

/**
 * Records of one length, blocked or not (F, FB).
 *
 * @category models
 * @since 0.1.0
 */
export interface FixedFraming {
  readonly kind: "fixed"
  /** From one record to the next. Units: bytes. */
  readonly length: number
  readonly blocking?: Blocking
}

/**
 * Records behind headers with their length (V, VB, VS, VBS).
 *
 * @category models
 * @since 0.1.0
 */
export interface HeaderFraming {
  readonly kind: "rdw"
  readonly header?: LengthHeader
  /** Block descriptor words, where the file has kept them. */
  readonly block?: BlockHeader
  /** Whether records may lie in several segments, with a control code in the header's third byte. */
  readonly isSpanned?: boolean
}

/**
 * Records whose length is in one of their fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface LengthFieldFraming {
  readonly kind: "length-field"
  /** A path of the layout. */
  readonly field: string
  /** Added to what is read. Default 0. */
  readonly adjustment?: number
}

/**
 * Records whose length is worked out of their fields.
 *
 * @category models
 * @since 0.1.0
 */
export interface LengthExpressionFraming {
  readonly kind: "length-expression"
  /** Such as `LEN * 2 + 4`: whole numbers, field names, `+ - * /`, brackets. */
  readonly expression: string
}

/**
 * Records whose length follows from the value of a field.
 *
 * @category models
 * @since 0.1.0
 */
export interface LengthMapFraming {
  readonly kind: "length-map"
  readonly field: string
  /** Value, without blanks around it, to length in bytes. */
  readonly lengths: Readonly<Record<string, number>>
  /** Length for values that are not in the map; without it they are faults. */
  readonly otherwise?: number
}

/**
 * Records as long as their counters (`OCCURS DEPENDING ON`) make them.
 *
 * @category models
 * @since 0.1.0
 */
export interface CounterFraming {
  readonly kind: "counters"
}

/**
 * What ends a line: `lf`, `crlf` and `cr` in ASCII; `nel` (0x15) and `ebcdic-lf` (0x25) in EBCDIC.
 * `text` takes a line feed with or without a carriage return before it; `ebcdic` takes 0x15 and
 * 0x25, with or without a carriage return.
 *
 * @category models
 * @since 0.1.0
 */
export type LineEnd = "text" | "lf" | "crlf" | "cr" | "ebcdic" | "nel" | "ebcdic-lf"

/**
 * A record a line (D, line sequential).
 *
 * @category models
 * @since 0.1.0
 */
export interface LineFraming {
  readonly kind: "lines"
  /** Default `text`. */
  readonly end?: LineEnd
  /** A line without a character: a record, passed over and counted, or a fault. Default `skip`. */
  readonly empty?: "record" | "skip" | "fault"
  /** Whether blanks at a line's end, and lines of blanks only, are as if they were not there. Default `false`. */
  readonly isTrimmed?: boolean
  /** A longer line is several records of this length, and what is left. Default: it is one. Units: bytes. */
  readonly splitBytes?: number
}

/**
 * A Micro Focus file of variable structure: a record of the file's own, then records behind
 * headers of two or four bytes, each at a multiple of four.
 *
 * @category models
 * @since 0.1.0
 */
export interface MicroFocusFraming {
  readonly kind: "micro-focus"
  /**
   * The longest record, for writing: the file says it, and it tells how wide headers are. Readers
   * take what the file says. Range: 1 to 268,435,455. Default 4,094. Units: bytes.
   */
  readonly lengthMax?: number
  /** The shortest record, for writing. Default 1. Units: bytes. */
  readonly lengthMin?: number
}

/**
 * The whole file is one record.
 *
 * @category models
 * @since 0.1.0
 */
export interface SingleFraming {
  readonly kind: "single"
}

/**
 * @category models
 * @since 0.1.0
 */
export type Framing =
  | FixedFraming
  | HeaderFraming
  | LengthFieldFraming
  | LengthExpressionFraming
  | LengthMapFraming
  | CounterFraming
  | LineFraming
  | MicroFocusFraming
  | SingleFraming

/**
 * What surrounds records, and what becomes of those that are not as they should be.
 *
 * @category models
 * @since 0.1.0
 */
export interface FramerOptions {
  /** At the file's beginning, before the first record. Default 0. Units: bytes. */
  readonly fileHeaderBytes?: number
  /** At the file's end, behind the last record. Default 0. Units: bytes. */
  readonly fileTrailerBytes?: number
  /**
   * At the beginning of each record; cut off. The lengths of fixed records, headers and lines
   * count it, lengths out of fields do not. Default 0. Units: bytes.
   */
  readonly prefixBytes?: number
  /** The same at the end of each record. Default 0. Units: bytes. */
  readonly suffixBytes?: number
  /** Shorter records are `outside`. Default 0. Units: bytes, as framed. */
  readonly lengthMin?: number
  /** Longer records are `outside`. Default `recordBytesMax`. Units: bytes, as framed. */
  readonly lengthMax?: number
  /** What becomes of records outside those bounds. Default `fault`. */
  readonly outside?: "fault" | "skip"
  /** What becomes of a record that the file ends in: a fault, or a short record. Default `fault`. */
  readonly partial?: "fault" | "record"
  /** Runs of zero bytes where a header should stand: faults, or filler. Default `fault`. */
  readonly zeros?: "fault" | "filler"
  /** `strict` stops at the first fault; `lenient` goes on where it surely can. Default `strict`. */
  readonly mode?: "strict" | "lenient"
  /** Default 4,096. */
  readonly batchRecordsMax?: number
  /** A longer record is a fault, so that a wrong length can't fill the memory. Default 64 MiB. */
  readonly recordBytesMax?: number
}

/**
 * Reads what framing needs of a record that is not framed yet.
 *
 * A reader returns `NaN` (`undefined` for text) where the bytes are no value, and −1 (`null` for
 * text) where it needs more bytes than `available`.
 *
 * @category models
 * @since 0.1.0
 */
export interface FieldReader {
  /** A reader of a field's whole number; `undefined` where there is no such field. */
  readonly numberOf: (path: string) => LengthReader | undefined
  /** A reader of a field's text without blanks around it, or its digits; `undefined` where there is no such field. */
  readonly textOf: (path: string) => TextReader | undefined
  /** Whether a field holds numbers, so that its digits have no zeros before them. */
  readonly isNumber?: (path: string) => boolean
  /** The record's length by its counters. */
  readonly lengthOf: LengthReader
}

/**
 * @category models
 * @since 0.1.0
 */
export type LengthReader = (bytes: Uint8Array, start: number, available: number) => number

/**
 * @category models
 * @since 0.1.0
 */
export type TextReader = (
  bytes: Uint8Array,
  start: number,
  available: number,
) => string | null | undefined
