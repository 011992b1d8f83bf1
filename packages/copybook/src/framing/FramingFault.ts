/**
 * What is wrong with a file's framing, and where.
 *
 * @since 0.1.0
 */

/**
 * Every code of framing faults: what it means, and what to look at.
 *
 * @category models
 * @since 0.1.0
 */
export const framingCodes = {
  "CPY-3001": {
    summary: "the file ends inside a record",
    hint: "The file was cut short, or the record length is wrong.",
  },
  "CPY-3002": {
    summary: "the file is shorter than its header and trailer",
    hint: "Look at the number of header and trailer bytes.",
  },
  "CPY-3003": {
    summary: "a record header has length zero",
    hint: "The file may be padded with zeros (allow them as filler), or have no record headers.",
  },
  "CPY-3004": {
    summary: "a record header's length is below the least there can be",
    hint: "Perhaps its lengths don't count the header: frame it as payload only.",
  },
  "CPY-3005": {
    summary: "a record is longer than the limit",
    hint: "The length is read from the wrong place or in the wrong byte order, or the limit is too low.",
  },
  "CPY-3006": {
    summary: "a record header looks like text",
    hint: "The file may have no record headers: is it fixed, or lines of text?",
  },
  "CPY-3007": {
    summary: "the reserved bytes of a record header are not zero",
    hint: "The header before may have been read with the wrong length, or the reserved bytes hold something here: then say so.",
  },
  "CPY-3008": {
    summary: "a record goes on behind the end of its block",
    hint: "Whether lengths count their headers may differ between block and record.",
  },
  "CPY-3009": {
    summary: "a block header's length can't be right",
    hint: "The file may have lost its block headers, or never had any.",
  },
  "CPY-3010": {
    summary: "a block ends with bytes that are no whole record",
    hint: "Look at the record length and the length of blocks.",
  },
  "CPY-3011": {
    summary: "a segment of a spanned record comes without a first one",
    hint: "Blocks were lost or changed their order.",
  },
  "CPY-3012": {
    summary: "a spanned record has no last segment",
    hint: "Blocks were lost or changed their order.",
  },
  "CPY-3013": {
    summary: "a segment control code is none",
    hint: "The code is the third byte of the header: 00 whole, 01 first, 02 last, 03 middle.",
  },
  "CPY-3014": {
    summary: "a record's length can't be read from its fields",
    hint: "Look at the field named, at the code page, and at the length of the record before.",
  },
  "CPY-3015": {
    summary: "the length map has no entry for a value",
    hint: "Add the value to the map, or a length for all others.",
  },
  "CPY-3016": {
    summary: "a record's length is outside the bounds",
    hint: "Change the bounds, or let such records be skipped.",
  },
  "CPY-3017": {
    summary: "a line is empty",
    hint: "Let empty lines be skipped, or be records.",
  },
  "CPY-3018": {
    summary: "a record is shorter than its prefix and suffix",
    hint: "Look at the number of prefix and suffix bytes.",
  },
  "CPY-3019": {
    summary: "the rest of the file was not read",
    hint: "Behind the fault before, nothing says where the next record begins.",
  },
  "CPY-3020": {
    summary: "there were more faults than are kept",
    hint: "Mend the first faults, and read again.",
  },
  "CPY-3021": {
    summary: "a record's segment is not known",
    hint: "Give its id a view, or let such records be skipped.",
  },
  "CPY-3022": {
    summary: "a child record comes before its parent",
    hint: "Look at the segment ids of parents and children, and at the order of the file.",
  },
  "CPY-3023": {
    summary: "a parent has more children than are held",
    hint: "Look whether root records are missing, or raise the limit.",
  },
  "CPY-3024": {
    summary: "the file is no Micro Focus file of variable structure",
    hint: "Files of fixed structure have no headers; indexed, relative and compressed ones have to be unloaded first.",
  },
} as const satisfies Record<string, { readonly summary: string; readonly hint: string }>

/**
 * @category models
 * @since 0.1.0
 */
export type FramingCode = keyof typeof framingCodes

/**
 * One fault. Its bytes are in no record.
 *
 * @category models
 * @since 0.1.0
 */
export interface FramingFault {
  /** Stable; the table is {@link framingCodes}. */
  readonly code: FramingCode
  /** 0-based number of the record that comes, or would come, at this place. */
  readonly record: number
  /** Units: bytes. */
  readonly fileOffset: number
  /** How many bytes of the file it takes; 0 where nothing says that. */
  readonly length: number
  /** What lies there; at most {@link faultBytesMax}. */
  readonly bytes: Uint8Array
  /** What is wrong, with the numbers. */
  readonly message: string
  /** What to do about it. */
  readonly hint: string
  /** Whether nothing behind it could be framed. */
  readonly isFatal: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export const faultBytesMax = 256

/**
 * Bytes in hex, as faults show them.
 *
 * @category rendering
 * @since 0.1.0
 */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("")

/**
 * Whether bytes are letters, digits, blanks and the like, in ASCII or in EBCDIC.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const textLike = (bytes: Uint8Array): "ASCII" | "EBCDIC" | undefined => {
  if (bytes.length === 0) return undefined
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f)) return "ASCII"
  return bytes.every(isEbcdicText) ? "EBCDIC" : undefined
}

/** Blank, letters, digits and the punctuation that all EBCDIC pages have in one place. */
const isEbcdicText = (byte: number): boolean =>
  byte === 0x40 ||
  (byte >= 0xf0 && byte <= 0xf9) ||
  ((byte & 0x0f) >= 1 && (byte & 0x0f) <= 9 && (byte >= 0xc1 || (byte >= 0x81 && byte <= 0xa9))) ||
  [0x4b, 0x4d, 0x4e, 0x5c, 0x5d, 0x60, 0x61, 0x6b, 0x6d, 0x6f, 0x7a, 0x7d, 0x7e].includes(byte)
