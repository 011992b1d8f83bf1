/**
 * The rows of the support matrix about where records lie in files.
 *
 * @since 0.1.0
 */

/**
 * Feature, state, note and test of each.
 *
 * @category data
 * @since 0.1.0
 */
export const framingCells: ReadonlyArray<
  readonly [feature: string, state: "yes" | "no", note: string, test: string]
> = [
  [
    "F and FB, blocked by bytes, by records and by block headers",
    "yes",
    "",
    "framing/Framer.test.ts: lie in blocks whose rest is filler",
  ],
  [
    "V and VB, big-endian and little-endian, lengths with and without their header",
    "yes",
    "blocks of the extended form too",
    "framing/Framer.test.ts: lie in blocks, of the short form and of the extended",
  ],
  ["VS and VBS", "yes", "", "framing/Framer.test.ts: are joined of their segments"],
  [
    "headers of one's own, also with a byte that says whether a record follows",
    "yes",
    "1 to 64 bytes",
    "framing/Framer.test.ts: have headers of any size, with lengths of any width, place and adjustment",
  ],
  [
    "lengths by a field, an expression, a map and by counters",
    "yes",
    "",
    "framing/Framer.test.ts: have it by the value of a field, or another for all other values",
  ],
  [
    "lines of ASCII and EBCDIC",
    "yes",
    "also lines that hold several records",
    "framing/Framer.test.ts: end with EBCDIC's new line or line feed",
  ],
  [
    "variable records of GnuCOBOL, COB_VARSEQ_FORMAT 0 to 3",
    "yes",
    "the headers `gnucobol` to `gnucobol:3`",
    "framing/FrameWriter.test.ts: GnuCOBOL 3",
  ],
  [
    "variable record sequential files of Micro Focus",
    "yes",
    "with the file's header; deleted records are counted",
    "framing/MicroFocusScan.test.ts: has headers of two bytes, and filler behind records that is not theirs",
  ],
  [
    "indexed, relative and compressed files of Micro Focus",
    "no",
    "unload them first",
    "framing/MicroFocusScan.test.ts: is none where %s",
  ],
  [
    "variable records of NetCOBOL (Fujitsu), with the length before and behind",
    "yes",
    "reading; the second length is a suffix",
    "framing/MicroFocusScan.test.ts: are read with the second length as a suffix",
  ],
  [
    "bytes around the file and around each record",
    "yes",
    "",
    "framing/Framer.test.ts: have bytes of the file before and behind them, and their own prefix and suffix",
  ],
  [
    "guessing the framing from the first bytes",
    "yes",
    "ranked, with reasons",
    "framing/Sniffer.test.ts: says whether lengths go with the layout",
  ],
  [
    "segments by fields, parents with their children",
    "yes",
    "",
    "framing/ParentChild.test.ts: are gathered under the last record of the parent's view",
  ],
  [
    "ids for each level of segments, instead of parents with their children",
    "yes",
    "one level may have all other kinds",
    "framing/ParentChild.test.ts: are given to every other segment by the level that has *",
  ],
  [
    "kinds and lengths by numbers, with zeros before them or without",
    "yes",
    "",
    "framing/RecordFields.test.ts: are the same numbers with zeros before them, where a map or segments name them",
  ],
  [
    "number, place, length and bytes of each record beside its values",
    "yes",
    "in lines of JSON",
    "file/FileDecoder.test.ts: carry where they begin, their length and their bytes where that is asked for, and go back without",
  ],
  [
    "code page, policies and other options for a group",
    "yes",
    "for each field in it",
    "file/FilePlan.test.ts: has what is said of a group for each field in it, unless more is said of that",
  ],
]
