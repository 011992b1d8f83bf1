/**
 * The rows of the support matrix about the values of fields and records.
 *
 * @since 0.1.0
 */

type Cells = ReadonlyArray<
  readonly [feature: string, state: "yes" | "no", note: string, test: string]
>

/**
 * Feature, state, note and test of each.
 *
 * @category data
 * @since 0.1.0
 */
export const codePageCells: Cells = [
  [
    "EBCDIC and ASCII pages of single bytes",
    "yes",
    "each byte has one character, so that nothing gets lost",
    "charset/CodePages.test.ts: %s is a bijection between bytes and characters",
  ],
  [
    "pages of single and double bytes with shifts: Japanese, Korean, Chinese",
    "yes",
    "private characters too",
    "charset/CodePages.test.ts: %s writes what it reads, at one place of each character",
  ],
  [
    "UTF-8 and UTF-16",
    "yes",
    "of either byte order",
    "charset/Translate.test.ts: is UTF-16 in national fields, of either order",
  ],
]

/**
 * @category data
 * @since 0.1.0
 */
export const fieldCells: Cells = [
  [
    "zoned numbers of EBCDIC, with every sign of the architecture",
    "yes",
    "`signRule: preferred` takes those that compilers write",
    "field/Zoned.test.ts: takes every sign of the architecture, and only the preferred ones where asked",
  ],
  [
    "zoned signs of ASCII: IBM, RM/COBOL-85, GnuCOBOL, Micro Focus",
    "yes",
    "both are read, `zonedSigns` says which is written",
    "field/Zoned.test.ts: reads both ways of signs in ASCII, and writes the chosen one",
  ],
  [
    "zoned signs of NetCOBOL (Fujitsu), MBP and CA-Realia",
    "yes",
    "`zonedSigns: ascii-fujitsu`, `ascii-realia`",
    "field/Zoned.test.ts: reads %s alone, because it contradicts the others",
  ],
  [
    "packed numbers of up to 38 digits",
    "yes",
    "with a sign and without one",
    "field/Packed.test.ts: holds 38 digits",
  ],
  [
    "binary numbers by their digits or by their full range",
    "yes",
    "`binaryRange`",
    "field/Binary.test.ts: keeps to the digits of the picture, or takes the full range",
  ],
  [
    "floating point, hexadecimal of IBM and IEEE",
    "yes",
    "of either byte order",
    "field/Float.test.ts: reads unnormalised fractions, and either end first",
  ],
  [
    "edited numbers, read and written",
    "yes",
    "",
    "field/Edited.test.ts: %s is read back from what it shows of %s: %j",
  ],
  [
    "leading zeros of numbers",
    "yes",
    "`as: text` for a field shows its characters",
    "field/FieldCodec.test.ts: show the characters of any field as they are where asked",
  ],
  [
    "blanks, low-values and other digits that are none",
    "yes",
    "a policy for each class of fault, `digits: relaxed` for what is only badly written",
    "record/RecordDecoder.test.ts: makes of faults what the policies say, and counts them",
  ],
]

/**
 * @category data
 * @since 0.1.0
 */
export const recordCells: Cells = [
  [
    "views of redefined bytes: all, the first that fits, by rules",
    "yes",
    "",
    "record/RecordDecoder.test.ts: are chosen by rules, or by name",
  ],
  [
    "tables that end where their counter says",
    "yes",
    "also nested, and counters that are texts",
    "record/RecordDecoder.test.ts: end where the counter says, and what follows moves up",
  ],
  [
    "a counter beyond its bounds that is taken for the nearest bound",
    "no",
    "it is a fault; `allowsFewer` takes fewer than the least",
    "record/RecordDecoder.test.ts: stay inside their bounds",
  ],
  [
    "the same bytes again, whatever they were",
    "yes",
    "with metadata",
    "record/RecordEncoder.test.ts: gives back what was not selected, with its metadata",
  ],
]
