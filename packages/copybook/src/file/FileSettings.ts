/**
 * Everything that can be said about how a file is read or written, as plain data: what an options
 * file holds.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { faultClasses } from "../field/FaultCode.ts"
import type { ViewCondition } from "../record/ViewRule.ts"
import { SettingsInvalid } from "./SettingsInvalid.ts"

const optionalKey = Schema.optionalKey
const text = Schema.String
const flag = Schema.Boolean
const whole = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const signed = Schema.Int
const texts = Schema.Array(text)
const endian = Schema.Literals(["big", "little"])

/** Members that may all be left out. */
const some = <const Fields extends Schema.Struct.Fields>(fields: Fields) => Schema.Struct(fields)

const CopybookPart = some({
  format: optionalKey(Schema.Literals(["auto", "fixed", "free"])),
  columns: optionalKey(Schema.Struct({ indicator: whole, first: whole, last: whole })),
  tabSize: optionalKey(whole),
  isDebugging: optionalKey(flag),
  isDecimalComma: optionalKey(flag),
  currencySigns: optionalKey(
    Schema.Array(Schema.Struct({ symbol: text, sign: optionalKey(text) })),
  ),
})

const dialectName = Schema.Literals(["ibm", "gnucobol", "micro-focus"])

const DialectChange = some({
  base: dialectName,
  binarySizes: optionalKey(Schema.Literals(["2-4-8", "1-2-4-8", "1-8"])),
  binaryEndian: optionalKey(endian),
  nativeEndian: optionalKey(endian),
  isBinaryFullRange: optionalKey(flag),
  pointerBytes: optionalKey(whole),
  procedurePointerBytes: optionalKey(whole),
  functionPointerBytes: optionalKey(whole),
  indexBytes: optionalKey(whole),
  objectReferenceBytes: optionalKey(whole),
  nationalSymbol: optionalKey(Schema.Literals(["national", "dbcs"])),
  hasCharacterBinaries: optionalKey(flag),
  hasRedefinedTables: optionalKey(flag),
  alignment: optionalKey(Schema.Literals(["word", "size", "none"])),
  numericSign: optionalKey(
    Schema.Struct({ position: Schema.Literals(["leading", "trailing"]), isSeparate: flag }),
  ),
  slack: optionalKey(Schema.Literals(["before-group", "in-group"])),
})

const LayoutPart = some({
  dialect: optionalKey(Schema.Union([dialectName, DialectChange])),
  record: optionalKey(text),
  records: optionalKey(Schema.Literals(["first", "redefine", "concatenate"])),
  name: optionalKey(text),
  recordSizeMax: optionalKey(whole),
  placesMax: optionalKey(whole),
})

const HeaderPart = some({
  bytes: optionalKey(whole),
  at: optionalKey(whole),
  width: optionalKey(whole),
  endian: optionalKey(endian),
  includesHeader: optionalKey(flag),
  adjustment: optionalKey(signed),
  isReservedZero: optionalKey(flag),
  validity: optionalKey(Schema.Struct({ at: whole, values: Schema.Array(whole) })),
})

const BlockPart = some({
  endian: optionalKey(endian),
  includesHeader: optionalKey(flag),
  adjustment: optionalKey(signed),
})

const FramingPart = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("fixed"),
    /** Default: the layout's. */
    length: optionalKey(whole),
    blocking: optionalKey(
      Schema.Union([
        Schema.Struct({ kind: Schema.Literal("bytes"), bytes: whole }),
        Schema.Struct({ kind: Schema.Literal("records"), records: whole }),
        Schema.Struct({ kind: Schema.Literal("header"), header: optionalKey(BlockPart) }),
      ]),
    ),
  }),
  Schema.Struct({
    kind: Schema.Literal("rdw"),
    header: optionalKey(HeaderPart),
    block: optionalKey(BlockPart),
    isSpanned: optionalKey(flag),
  }),
  Schema.Struct({
    kind: Schema.Literal("length-field"),
    field: text,
    adjustment: optionalKey(signed),
  }),
  Schema.Struct({ kind: Schema.Literal("length-expression"), expression: text }),
  Schema.Struct({
    kind: Schema.Literal("length-map"),
    field: text,
    lengths: Schema.Record(text, whole),
    otherwise: optionalKey(whole),
  }),
  Schema.Struct({ kind: Schema.Literal("counters") }),
  Schema.Struct({
    kind: Schema.Literal("lines"),
    end: optionalKey(Schema.Literals(["text", "lf", "crlf", "cr", "ebcdic", "nel", "ebcdic-lf"])),
    empty: optionalKey(Schema.Literals(["record", "skip", "fault"])),
    isTrimmed: optionalKey(flag),
    splitBytes: optionalKey(whole),
  }),
  Schema.Struct({
    kind: Schema.Literal("micro-focus"),
    /** Defaults: the layout's. */
    lengthMax: optionalKey(whole),
    lengthMin: optionalKey(whole),
  }),
  Schema.Struct({ kind: Schema.Literal("single") }),
])

const FramerPart = some({
  fileHeaderBytes: optionalKey(whole),
  fileTrailerBytes: optionalKey(whole),
  prefixBytes: optionalKey(whole),
  suffixBytes: optionalKey(whole),
  lengthMin: optionalKey(whole),
  lengthMax: optionalKey(whole),
  outside: optionalKey(Schema.Literals(["fault", "skip"])),
  partial: optionalKey(Schema.Literals(["fault", "record"])),
  zeros: optionalKey(Schema.Literals(["fault", "filler"])),
  recordBytesMax: optionalKey(whole),
})

const policy = Schema.Literals(["error", "null", "zero", "raw"])

const PoliciesPart = Schema.Struct(
  // One optional member for each class; the compiler can't follow the names through the mapping.
  Object.fromEntries(faultClasses.map((kind) => [kind, optionalKey(policy)])) as Record<
    (typeof faultClasses)[number],
    Schema.optionalKey<typeof policy>
  >,
)

const fieldMembers = {
  nationalEndian: optionalKey(endian),
  floats: optionalKey(Schema.Literals(["ibm", "ieee"])),
  floatEndian: optionalKey(endian),
  zonedSigns: optionalKey(
    Schema.Literals(["ebcdic", "ascii-overpunch", "ascii-zone", "ascii-fujitsu", "ascii-realia"]),
  ),
  signRule: optionalKey(Schema.Literals(["any", "preferred", "none"])),
  digits: optionalKey(Schema.Literals(["strict", "relaxed", "any-zone"])),
  binaryRange: optionalKey(Schema.Literals(["lenient", "digits", "full"])),
  numbers: optionalKey(Schema.Literals(["native", "string"])),
  keepsNegativeZero: optionalKey(flag),
  trim: optionalKey(Schema.Literals(["none", "right", "left", "both"])),
  trimsControls: optionalKey(flag),
  bytes: optionalKey(Schema.Literals(["hex", "base64"])),
  rounding: optionalKey(Schema.Literals(["error", "truncate", "round"])),
  longTexts: optionalKey(Schema.Literals(["error", "truncate"])),
  as: optionalKey(Schema.Literals(["text", "hex", "base64"])),
}

const expected = Schema.Union([text, Schema.Finite, Schema.Null])

const Condition: Schema.Codec<ViewCondition> = Schema.suspend((): Schema.Codec<ViewCondition> =>
  Schema.Union([
    Schema.Struct({ field: text, equals: expected }),
    Schema.Struct({ field: text, in: Schema.Array(expected) }),
    Schema.Struct({ field: text, from: Schema.Finite, to: optionalKey(Schema.Finite) }),
    Schema.Struct({ field: text, to: Schema.Finite }),
    Schema.Struct({ field: text, startsWith: text }),
    Schema.Struct({ and: Schema.Array(Condition) }),
    Schema.Struct({ or: Schema.Array(Condition) }),
    Schema.Struct({ not: Condition }),
  ]),
).annotate({ identifier: "ViewCondition" })

const CodecPart = some({
  ...fieldMembers,
  /** By path. */
  fields: optionalKey(
    Schema.Record(
      text,
      Schema.Struct({
        ...fieldMembers,
        codePage: optionalKey(text),
        policies: optionalKey(PoliciesPart),
      }),
    ),
  ),
  policies: optionalKey(PoliciesPart),
  physicalSize: optionalKey(Schema.Literals(["maximum", "actual", "actual-padded"])),
  counterValues: optionalKey(Schema.Record(text, Schema.Record(text, whole))),
  allowsFewer: optionalKey(flag),
  redefines: optionalKey(Schema.Literals(["fitting", "first", "all"])),
  viewRules: optionalKey(Schema.Array(Schema.Struct({ view: text, when: Condition }))),
  views: optionalKey(texts),
  select: optionalKey(texts),
  groups: optionalKey(Schema.Literals(["nested", "flat"])),
  hasFillers: optionalKey(flag),
  fillerGroups: optionalKey(Schema.Literals(["keep", "dissolve", "drop"])),
  names: optionalKey(Schema.Literals(["written", "underscore"])),
  padsShort: optionalKey(flag),
  generatesCode: optionalKey(flag),
  checksConditions: optionalKey(flag),
  rawFields: optionalKey(Schema.Literals(["hex", "base64"])),
  metadata: optionalKey(flag),
  missing: optionalKey(Schema.Literals(["error", "initial"])),
  cutsLastView: optionalKey(flag),
  unknown: optionalKey(Schema.Literals(["error", "ignore"])),
})

const SegmentsPart = Schema.Struct({
  fields: texts,
  views: Schema.Record(text, texts),
  select: optionalKey(texts),
  /** What becomes of records whose id has no view. Default `keep`, without any of the views. */
  unknown: optionalKey(Schema.Literals(["keep", "skip", "fault"])),
  /** Parent to its children, by the paths of their views: children are written into their parent. */
  children: optionalKey(Schema.Record(text, texts)),
  /** Ids of each level's segments, the roots' first: records get an id for each level. */
  levels: optionalKey(Schema.Array(texts)),
  /** With what ids of levels begin. Default `ID`. */
  prefix: optionalKey(text),
})

const OutputPart = some({
  /** The member with a record's number in the file, from 0. Default: there is none. */
  record: optionalKey(text),
  /** The member with the place in the file where a record begins, behind what is framed before it. */
  offset: optionalKey(text),
  /** The member with how many bytes a record has. */
  length: optionalKey(text),
  /** The member with a record's bytes, in hex. */
  bytes: optionalKey(text),
  /** The member with a record's segment id. */
  segment: optionalKey(text),
  /** The member with the ids of levels. Default `_levels`. */
  levels: optionalKey(text),
  /** The member with what encoding needs to give the same bytes. Default `_metadata`. */
  metadata: optionalKey(text),
  /** Whether records with faults are written too, with their faults in this member. */
  faults: optionalKey(text),
})

const hexText = text.check(Schema.isPattern(/^(?:[\dA-Fa-f]{2})*$/))

const WriterPart = some({
  /** In hex, as the other three. */
  fileHeader: optionalKey(hexText),
  fileTrailer: optionalKey(hexText),
  prefix: optionalKey(hexText),
  suffix: optionalKey(hexText),
  blockBytesMax: optionalKey(whole),
})

/**
 * The members of an options file. Each part takes what the module takes that it is named after.
 *
 * @category schemas
 * @since 0.1.0
 */
export const FileSettings = some({
  copybook: optionalKey(CopybookPart),
  layout: optionalKey(LayoutPart),
  /** Such as `cp037`. Default `cp037`. */
  codePage: optionalKey(text),
  newline: optionalKey(Schema.Literals(["nel", "lf"])),
  controls: optionalKey(Schema.Literals(["keep", "blank"])),
  framing: optionalKey(FramingPart),
  framer: optionalKey(FramerPart),
  codec: optionalKey(CodecPart),
  segments: optionalKey(SegmentsPart),
  writer: optionalKey(WriterPart),
  output: optionalKey(OutputPart),
}).annotate({ identifier: "CopybookOptions" })

/**
 * @category models
 * @since 0.1.0
 */
export type FileSettings = typeof FileSettings.Type

const decode = Schema.decodeUnknownResult(FileSettings, {
  errors: "all",
  onExcessProperty: "error",
})

/**
 * Takes settings out of parsed JSON or YAML. A member that is not known is refused.
 *
 * - Errors: `SettingsInvalid` with every problem.
 *
 * @param source what messages call it, such as the file's name
 * @category parsing
 * @since 0.1.0
 */
export const parseSettings = (
  value: unknown,
  source: string,
): Result.Result<FileSettings, SettingsInvalid> =>
  Result.mapError(
    decode(value ?? {}),
    (error) => new SettingsInvalid({ source, detail: error.message.slice(0, 4000) }),
  )

/** Objects are put together member by member; everything else is replaced. */
const merged = (base: unknown, over: unknown): unknown => {
  const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value)
  if (over === undefined) return base
  if (!isPlain(base) || !isPlain(over)) return over
  // A framing or a condition of another kind has other members.
  if (base["kind"] !== over["kind"]) return over
  const all = { ...base }
  for (const [name, value] of Object.entries(over)) all[name] = merged(all[name], value)
  return all
}

/**
 * Settings with others over them: what both say, the others say.
 *
 * @category combinators
 * @since 0.1.0
 */
export const withSettings = (base: FileSettings, over: FileSettings): FileSettings =>
  // Both have the shape, and so has what is put together member by member.
  merged(base, over) as FileSettings
