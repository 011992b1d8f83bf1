/** Flags that the copybook commands share, and what they say as settings. */
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import { framingForms, parseFraming } from "@countersign/copybook/file/FramingText"
import * as Argument from "effect/cli/Argument"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "../terminal/Failure.ts"

const optionalText = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.optional,
  )

const many = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar(metavar),
    Flag.withDescription(description),
    Flag.atLeast(0),
  )

const optionalBytes = (name: string, description: string) =>
  Flag.Int(name).pipe(
    Flag.withMetavar("BYTES"),
    Flag.withDescription(description),
    Flag.filter(
      (value) => value >= 0,
      (value) => `${value} is less than nothing`,
    ),
    Flag.optional,
  )

const flag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

/** Copybooks as arguments, where they are what the command is about. */
export const copybooks = Argument.String("copybook").pipe(
  Argument.withDescription("Files with COBOL record descriptions, or programs; - for stdin"),
  Argument.atLeast(1),
)

/** Copybooks as a flag, beside a file with data. */
export const copybookFiles = Flag.String("copybook").pipe(
  Flag.withAlias("c"),
  Flag.withMetavar("FILE"),
  Flag.withDescription("The record description; several are read one behind the other"),
  Flag.atLeast(1),
)

/** How a copybook is read. */
export const layoutFlags = {
  options: optionalText(
    "options",
    "FILE",
    "JSON or YAML with everything that has no flag; docs/copybook.md has it, countersign copybook options prints its JSON Schema",
  ),
  libraries: many("library", "DIR", "Where COPY looks for members; again for each further one"),
  source: Flag.Literals("source", ["auto", "fixed", "free"]).pipe(
    Flag.withDescription("The copybook's reference format. Default: told from the text"),
    Flag.optional,
  ),
  dialect: Flag.Literals("dialect", ["ibm", "gnucobol", "micro-focus"]).pipe(
    Flag.withDescription("Whose sizes and alignment hold. Default: ibm"),
    Flag.optional,
  ),
  record: optionalText("record", "NAME", "The one record to take, of several at level 01"),
  records: Flag.Literals("records", ["first", "redefine", "concatenate"]).pipe(
    Flag.withDescription(
      "What several records at level 01 are: views of the same bytes, parts of one record, or the first alone. Default: redefine",
    ),
    Flag.optional,
  ),
} as const

/** How a file's records lie in it, and how their fields are read. */
export const recordFlags = {
  framing: optionalText(
    "framing",
    "FORM",
    `How records are found: ${framingForms.map(([form, meaning]) => `${form} (${meaning})`).join("; ")}. Default: by the layout's length or counters`,
  ),
  codePage: optionalText(
    "codepage",
    "NAME",
    "Such as cp037, cp1047, 930, ascii, utf-8. Default: cp037",
  ),
  newline: Flag.Literals("newline", ["nel", "lf"]).pipe(
    Flag.withDescription("What the byte 0x15 of EBCDIC is. Default: nel"),
    Flag.optional,
  ),
  headerBytes: optionalBytes("header-bytes", "Bytes before the file's first record"),
  trailerBytes: optionalBytes("trailer-bytes", "Bytes behind the file's last record"),
  prefixBytes: optionalBytes("prefix-bytes", "Bytes before each record, cut off"),
  suffixBytes: optionalBytes("suffix-bytes", "Bytes behind each record, cut off"),
  segmentFields: many(
    "segment-field",
    "FIELD",
    "The field that tells kinds of records apart; again for each further one",
  ),
  segments: many(
    "segment",
    "VIEW=ID,…",
    "The group that records with these ids are read by; again for each further one",
  ),
  onlySegments: many(
    "only-segment",
    "ID,…",
    "Take records of these ids alone; again for each further one",
  ),
  children: many(
    "child",
    "PARENT=CHILD,…",
    "Views whose records are written into their parent's record; again for each further parent",
  ),
  policies: many(
    "policy",
    "CLASS=POLICY",
    "What a faulty field becomes: error, null, zero or raw. Classes: blank, low-values, digit, sign, overflow, character, float, edited, counter, short, long; all for every class",
  ),
  physicalSize: Flag.Literals("physical-size", ["maximum", "actual", "actual-padded"]).pipe(
    Flag.withDescription("How much room tables take that depend on a counter"),
    Flag.optional,
  ),
  trim: Flag.Literals("trim", ["none", "right", "left", "both"]).pipe(
    Flag.withDescription("Which blanks around texts are left out. Default: right"),
    Flag.optional,
  ),
  numbers: Flag.Literals("numbers", ["native", "string"]).pipe(
    Flag.withDescription("Numbers as JSON's, texts beyond 15 digits, or always as texts"),
    Flag.optional,
  ),
  names: Flag.Literals("names", ["written", "underscore"]).pipe(
    Flag.withDescription("Names as written, or with _ for -"),
    Flag.optional,
  ),
  select: many("select", "FIELD,…", "Take these fields alone; again for more"),
  hasFillers: flag("fillers", "Take fields called FILLER too"),
  padsShort: flag("pad-short", "Read records that are too short as if blanks followed"),
  metadata: flag(
    "metadata",
    "Keep, as _metadata, what encode needs to give the very same bytes again",
  ),
} as const

type Values<Flags> = {
  readonly [Key in keyof Flags]: Flags[Key] extends Flag.Flag<infer A> ? A : never
}

export type LayoutFlags = Values<typeof layoutFlags>
export type RecordFlags = Values<typeof recordFlags>

const usage = (parameter: string, detail: string): Effect.Effect<never, UsageError> =>
  Effect.fail(new UsageError({ parameter, detail }))

/** Members whose value was given, and no others. */
const given = <A>(members: {
  readonly [Key in keyof A]: Option.Option<A[Key]>
}): Partial<A> => {
  const entries = Object.entries<Option.Option<unknown>>(members).flatMap(([name, value]) =>
    Option.isSome(value) ? [[name, value.value] as const] : [],
  )
  // Every entry is a member of A with its own value.
  return Object.fromEntries(entries) as Partial<A>
}

const isEmpty = (part: object): boolean => Object.keys(part).length === 0

/** `NAME=A,B` → `["NAME", ["A", "B"]]`. */
const pairs = (parameter: string, texts: ReadonlyArray<string>) =>
  Effect.forEach(texts, (text) => {
    const at = text.indexOf("=")
    return at <= 0
      ? usage(parameter, `"${text}" has no name before an equals sign`)
      : Effect.succeed([text.slice(0, at), text.slice(at + 1).split(",")] as const)
  })

export const layoutSettings = ({ dialect, record, records, source }: LayoutFlags): FileSettings => {
  const layout = given({ dialect, record, records })
  const copybook = given({ format: source })
  return {
    ...(isEmpty(layout) ? {} : { layout }),
    ...(isEmpty(copybook) ? {} : { copybook }),
  }
}

const classes = [
  "blank",
  "low-values",
  "digit",
  "sign",
  "overflow",
  "character",
  "float",
  "edited",
  "counter",
  "short",
  "long",
] as const
const policies = ["error", "null", "zero", "raw"] as const

const policiesOf = Effect.fnUntraced(function* (texts: ReadonlyArray<string>) {
  const all: Partial<Record<(typeof classes)[number], (typeof policies)[number]>> = {}
  for (const [name, values] of yield* pairs("--policy", texts)) {
    const policy = policies.find((each) => each === values.join(","))
    if (policy === undefined) {
      return yield* usage("--policy", `"${values.join(",")}" is none of ${policies.join(", ")}`)
    }
    const named = name === "all" ? classes : classes.filter((each) => each === name)
    if (named.length === 0) {
      return yield* usage("--policy", `"${name}" is none of all, ${classes.join(", ")}`)
    }
    for (const each of named) all[each] = policy
  }
  return all
})

const segmentsOf = Effect.fnUntraced(function* (flags: RecordFlags) {
  const { children, segmentFields, segments } = flags
  const onlySegments = flags.onlySegments.flatMap((each) => each.split(","))
  const views = yield* pairs("--segment", segments)
  const tree = yield* pairs("--child", children)
  if (segmentFields.length + views.length + onlySegments.length + tree.length === 0) return {}
  if (segmentFields.length === 0) {
    return yield* usage("--segment-field", "is missing: which field tells segments apart?")
  }
  return {
    segments: {
      fields: segmentFields,
      views: Object.fromEntries(views),
      ...(onlySegments.length === 0 ? {} : { select: onlySegments }),
      ...(tree.length === 0 ? {} : { children: Object.fromEntries(tree) }),
    },
  }
})

export const recordSettings = Effect.fnUntraced(function* (flags: RecordFlags) {
  const { codePage, framing: form, names, newline, numbers, physicalSize, trim } = flags
  const text = Option.getOrUndefined(form)
  const framing = text === undefined ? undefined : parseFraming(text)
  if (text !== undefined && framing === undefined) {
    const forms = framingForms.map(([each]) => each).join(", ")
    return yield* usage("--framing", `"${text}" is none of the forms ${forms}`)
  }
  const policies = yield* policiesOf(flags.policies)
  const select = flags.select.flatMap((each) => each.split(","))
  const framer = given({
    fileHeaderBytes: flags.headerBytes,
    fileTrailerBytes: flags.trailerBytes,
    prefixBytes: flags.prefixBytes,
    suffixBytes: flags.suffixBytes,
  })
  const codec = {
    ...given({ names, numbers, physicalSize, trim }),
    ...(isEmpty(policies) ? {} : { policies }),
    ...(select.length === 0 ? {} : { select }),
    ...(flags.hasFillers ? { hasFillers: true } : {}),
    ...(flags.padsShort ? { padsShort: true } : {}),
    ...(flags.metadata ? { metadata: true } : {}),
  }
  const settings: FileSettings = {
    ...given({ codePage, newline }),
    ...(framing === undefined ? {} : { framing }),
    ...(isEmpty(framer) ? {} : { framer }),
    ...(isEmpty(codec) ? {} : { codec }),
    ...(yield* segmentsOf(flags)),
  }
  return settings
})
