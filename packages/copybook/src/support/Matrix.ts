/**
 * What the package does and does not do, as data: what `countersign copybook support` prints.
 *
 * A row is one feature in the words of its users. `test` names the test that shows it, so that no
 * row is a promise alone: the test's file under `src`, a colon, and the title as its file has it
 * (the pattern, where one title stands for many cases). A row with the state `no` names the test
 * that shows how it is refused. `note` says what a user has to know; it may be empty. Rows of one
 * area stand together, in the order in which they are looked for.
 *
 * @since 0.1.0
 */

import { framingCells } from "./FramingCells.ts"
import { parserCells } from "./ParserCells.ts"
import { codePageCells, fieldCells, recordCells } from "./RecordCells.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SupportRow {
  /** Which part of the package it belongs to. */
  readonly area:
    | "parser"
    | "layout"
    | "schema"
    | "code pages"
    | "fields"
    | "records"
    | "framing"
    | "columns"
    | "audit"
  readonly feature: string
  readonly state: "yes" | "no"
  readonly note: string
  readonly test: string
}

const rows = (
  area: SupportRow["area"],
  cells: ReadonlyArray<
    readonly [feature: string, state: SupportRow["state"], note: string, test: string]
  >,
): ReadonlyArray<SupportRow> =>
  cells.map(([feature, state, note, test]) => ({ area, feature, state, note, test }))

const layout = rows("layout", [
  [
    "PIC X, A, 9, S, V, P, N, G and edited pictures",
    "yes",
    "up to 38 digits, those of P included",
    "layout/LayoutBuilder.test.ts: of %s",
  ],
  [
    "DISPLAY with overpunched, leading, trailing and separate signs",
    "yes",
    "SIGN of a group holds for its items",
    "layout/LayoutBuilder.test.ts: of a zoned PIC %s has its sign %s, separate: %s",
  ],
  [
    "COMP-3, PACKED-DECIMAL",
    "yes",
    "",
    "layout/LayoutBuilder.test.ts: of a packed PIC %s takes %d bytes",
  ],
  [
    "COMP-6, COMP-3U",
    "yes",
    "a digit in each nibble, no sign",
    "layout/LayoutBuilder.test.ts: of COMP-6 has a digit in each nibble",
  ],
  [
    "COMP, COMP-4, BINARY of 2, 4 and 8 bytes; 1-2-4-8 (GnuCOBOL); 1 to 8 (Micro Focus)",
    "yes",
    "by dialect; more than 18 digits with a warning",
    "layout/LayoutBuilder.test.ts: of a binary with %d digits takes bytes by dialect",
  ],
  [
    "COMP-5 and COMP-9, big-endian and little-endian, with decimals",
    "yes",
    "",
    "layout/LayoutBuilder.test.ts: of a binary keeps its scale, and its byte order goes by usage and dialect",
  ],
  [
    "COMP-X of digits and of characters",
    "yes",
    "PIC X(n) with COMP is taken as bytes, with a warning",
    "layout/LayoutBuilder.test.ts: of characters with a binary usage is a number with COMP-X, and bytes elsewhere",
  ],
  [
    "COMP-1, COMP-2, POINTER, INDEX and other usages without a picture",
    "yes",
    "sizes of addresses by dialect; addresses are bytes without a meaning",
    "layout/LayoutBuilder.test.ts: of %s",
  ],
  [
    "numbers in national characters",
    "yes",
    "signed ones need a separate sign",
    "layout/LayoutBuilder.test.ts: of a national number counts two bytes a digit",
  ],
  [
    "USAGE and SIGN of groups",
    "yes",
    "an item of another usage is refused in the dialect ibm; texts among numbers stay texts",
    "layout/LayoutBuilder.test.ts: comes from the group where the item says nothing",
  ],
  [
    "SYNCHRONIZED with slack bytes before items and before groups",
    "yes",
    "as Enterprise COBOL and GnuCOBOL place them; a comment for Micro Focus",
    "layout/Placement.test.ts: leave it before the group when the item is its first",
  ],
  [
    "slack bytes between occurrences of tables",
    "yes",
    "GnuCOBOL leaves none behind groups in the table",
    "layout/Placement.test.ts: leave them between occurrences, so that each is aligned as the first",
  ],
  [
    "REDEFINES of items and groups, nested, in chains, and longer than what is redefined",
    "yes",
    "",
    "layout/Placement.test.ts: puts each view on the first of the chain, and what follows behind the longest",
  ],
  [
    "REDEFINES of a table",
    "no",
    "refused by Enterprise COBOL; taken in the dialects gnucobol and micro-focus",
    "layout/Redefinition.test.ts: of a table, where the dialect has no such thing",
  ],
  [
    "OCCURS, nested",
    "yes",
    "",
    "layout/LayoutBuilder.test.ts: are those of the first occurrence in tables",
  ],
  [
    "OCCURS DEPENDING ON anywhere, nested, with fields behind it",
    "yes",
    "",
    "layout/Counting.test.ts: shifts what follows it, and nothing before or in it",
  ],
  [
    "counters by qualified names, in views, and as text",
    "yes",
    "text is mapped to counts when records are read",
    "layout/Counting.test.ts: is found by its groups, where the name alone is not enough",
  ],
  [
    "level 66 RENAMES",
    "yes",
    "as a place; not of tables",
    "layout/Renaming.test.ts: names one item, or all from one to another",
  ],
  [
    "several records at level 01: by name, as views, one behind the other",
    "yes",
    "",
    "layout/LayoutBuilder.test.ts: are views of the same bytes, which is warned of unless it was asked",
  ],
  [
    "several copybooks for the records of one file",
    "yes",
    "",
    "layout/CopybookMerge.test.ts: makes views of the records, a fragment one of them",
  ],
  [
    "fragments without level 01, and duplicate names",
    "yes",
    "the second A of a group is A_2",
    "layout/LayoutBuilder.test.ts: are none in a fragment, whose items follow one another",
  ],
  [
    "limits of record size and of places",
    "yes",
    "16 MiB and 1,048,576 by default",
    "layout/LayoutBuilder.limits.test.ts: hold for products that leave the exact integers",
  ],
  [
    "fingerprint of how bytes are read",
    "yes",
    "SHA-256; spacing, comments and values don't change it",
    "layout/LayoutFingerprint.test.ts: is the digest of the description",
  ],
])

const schema = rows("schema", [
  [
    "JSON Schema 2020-12",
    "yes",
    "what COBOL says beyond JSON stands under x- keywords",
    "schema/JsonSchema.test.ts: describes a record with what COBOL says of it",
  ],
  [
    "Arrow schema",
    "yes",
    "groups are structs, tables are lists",
    "schema/ArrowSchema.test.ts: of groups is a struct, of tables a list",
  ],
  [
    "Arrow schema of the files that are written",
    "yes",
    "a column a field, under its path",
    "columns/ColumnExport.test.ts: has the schema that is told of its layout beforehand, with rows or without",
  ],
  ["Effect Schema", "yes", "", "schema/EffectSchema.test.ts: takes what the decoder gives"],
  [
    "TypeScript types and a frozen layout",
    "yes",
    "source text that needs no import",
    "schema/TypeScriptTypes.test.ts: compiles, and tells right from wrong",
  ],
])

const audit = rows("audit", [
  [
    "lineage of a file in the trail: bytes, layout, fields, rejects",
    "yes",
    "SHA-256 of the file, chained at each batch; batches may be sampled, rejects never are",
    "audit/FileLineage.test.ts: says which bytes were read by which layout into what",
  ],
  [
    "rejects in the trail without the bytes of fields",
    "yes",
    "at most 1,000 a file, and the count of all",
    "audit/FileLineage.test.ts: never holds a field's bytes",
  ],
  [
    "rejects and messages without the bytes of sensitive fields",
    "yes",
    "`--mask-rejects`; such rejects can't be repaired",
    "audit/MaskedFault.test.ts: has no bytes of sensitive fields, and keeps those of others",
  ],
  [
    "sensitive fields by their names",
    "yes",
    "rules as data: a name is a guess",
    "audit/SensitiveFields.test.ts: %s PIC %s holds a %s",
  ],
])

/**
 * Every row.
 *
 * @category data
 * @since 0.1.0
 */
export const supportMatrix: ReadonlyArray<SupportRow> = [
  ...rows("parser", parserCells),
  ...layout,
  ...schema,
  ...rows("code pages", codePageCells),
  ...rows("fields", fieldCells),
  ...rows("records", recordCells),
  ...rows("framing", framingCells),
  ...audit,
]
