/** The options of a case in our words: framing, layout and codec. */
import * as Result from "effect/Result"
import { codePage } from "@countersign/copybook/charset/CodePages"
import type { Trim } from "@countersign/copybook/field/Text"
import type { FramerOptions, Framing } from "@countersign/copybook/framing/Framing"
import type { Layout } from "@countersign/copybook/layout/Layout"
import { elementaryFields, everyField } from "@countersign/copybook/layout/LayoutTree"
import type { LayoutOptions } from "@countersign/copybook/layout/LayoutBuilder"
import { dialects } from "@countersign/copybook/layout/Dialect"
import type { CodecOptions, FieldOverride } from "@countersign/copybook/record/CodecOptions"
import type { ViewCondition, ViewRule } from "@countersign/copybook/record/ViewRule"
import type { ParseOptions } from "@countersign/copybook/syntax/CopybookParser"
import { plainName } from "./Comparison.ts"
import { isObject, type Json, type JsonObject, type Manifest, textAt } from "./Manifest.ts"

const numberAt = (object: JsonObject, name: string): number | undefined => {
  const value = object[name]
  return value === undefined ? undefined : Number(value)
}

const endianAt = (object: JsonObject, name: string): "big" | "little" =>
  object[name] === "little" ? "little" : "big"

const normalName = (name: string): string => name.toUpperCase().replaceAll("_", "-")

/** The only field, or the first, that is called so. */
const pathOf = (layout: Layout, name: string): string => {
  const wanted = normalName(name)
  const field = everyField(layout).find(
    ({ name: own, path }) => normalName(own) === wanted || normalName(path) === wanted,
  )
  if (field === undefined) throw new Error(`the layout has no field ${name}`)
  return field.path
}

const rdwOf = (format: JsonObject): Framing => ({
  kind: "rdw",
  header: {
    bytes: numberAt(format, "header_bytes") ?? 4,
    at: numberAt(format, "length_at") ?? 0,
    endian: endianAt(format, "endian"),
    includesHeader: format["length_includes_header"] === true,
    adjustment: numberAt(format, "adjustment") ?? 0,
    // What else a header of one's own holds is nobody's business.
    ...(format["kind"] === "custom-header" ? { isReservedZero: false } : {}),
  },
})

const blocksOf = (format: JsonObject): Framing => {
  const isIncluded = format["lengths_include_headers"] === true
  const header = (kind: "bdw" | "rdw") => ({
    endian: endianAt(format, `${kind}_endian`),
    includesHeader: isIncluded,
    adjustment: numberAt(format, `${kind}_adjustment`) ?? 0,
  })
  return { kind: "rdw", header: header("rdw"), block: header("bdw") }
}

const fixedBlocksOf = (format: JsonObject, layout: Layout): Framing => {
  const length = numberAt(format, "record_length") ?? layout.lengthMax
  const bytes = numberAt(format, "block_length")
  const records = numberAt(format, "records_per_block")
  if (format["bdw"] === true) {
    const endian = endianAt(format, "bdw_endian")
    return {
      kind: "fixed",
      length,
      blocking: { kind: "header", header: { endian, includesHeader: false } },
    }
  }
  if (bytes !== undefined) return { kind: "fixed", length, blocking: { kind: "bytes", bytes } }
  if (records !== undefined)
    return { kind: "fixed", length, blocking: { kind: "records", records } }
  return { kind: "fixed", length }
}

export const framingOf = ({ recordFormat: format }: Manifest, layout: Layout): Framing => {
  switch (format["kind"]) {
    case "rdw":
    case "custom-header":
      return rdwOf(format)
    case "bdw+rdw":
      return blocksOf(format)
    case "fb":
      return fixedBlocksOf(format, layout)
    case "text-lines":
      return { kind: "lines" }
    case "variable-odo":
      return { kind: "counters" }
    case "length-field":
      return { kind: "length-field", field: textAt(format, "field") }
    case "length-expression":
      return { kind: "length-expression", expression: textAt(format, "expression") }
    case "length-map": {
      const map = isObject(format["map"]) ? format["map"] : {}
      const { _: otherwise, ...lengths } = Object.fromEntries(
        Object.entries(map).map(([key, value]) => [key, Number(value)]),
      )
      return {
        kind: "length-map",
        field: textAt(format, "field"),
        lengths,
        ...(otherwise === undefined ? {} : { otherwise }),
      }
    }
    case "single-record":
      return { kind: "single" }
    default: {
      const around =
        (numberAt(format, "record_start_offset") ?? 0) +
        (numberAt(format, "record_end_offset") ?? 0)
      return {
        kind: "fixed",
        length: numberAt(format, "record_length") ?? layout.lengthMax + around,
      }
    }
  }
}

const aroundOf = (
  format: JsonObject,
  name: string,
  lengthOf: (record: string) => number,
): number => {
  const record = format[`${name}_record`]
  return typeof record === "string" ? lengthOf(record) : (numberAt(format, `${name}_bytes`) ?? 0)
}

/** Records outside these lengths are passed over. */
const lengthsOf = (options: JsonObject): FramerOptions => {
  const lengthMin = numberAt(options, "minimum_record_length")
  const lengthMax = numberAt(options, "maximum_record_length")
  return {
    outside: "skip",
    ...(lengthMin === undefined ? {} : { lengthMin }),
    ...(lengthMax === undefined ? {} : { lengthMax }),
  }
}

/** @param lengthOf the length of one of the copybook's records */
export const framerOptionsOf = (
  { peerOptions, recordFormat: format }: Manifest,
  lengthOf: (record: string) => number,
): FramerOptions => ({
  ...lengthsOf(peerOptions),
  fileHeaderBytes: aroundOf(format, "file_header", lengthOf),
  fileTrailerBytes: aroundOf(format, "file_trailer", lengthOf),
  prefixBytes: numberAt(format, "record_start_offset") ?? 0,
  suffixBytes: numberAt(format, "record_end_offset") ?? 0,
  partial: "record",
  mode: "lenient",
})

/** In the tool's copybooks a comma in a number is its decimal point, whatever the program says. */
export const parseOptionsOf = ({ peer, peerOptions }: Manifest, text: string): ParseOptions => {
  const before = numberAt(peerOptions, "comments_lbound")
  const last = numberAt(peerOptions, "comments_ubound")
  return {
    ...(peer === "cobrix" && /\bPIC\S*\s+(IS\s+)?[-+9Z(\d)]*,[9(\d)]/i.test(text)
      ? { isDecimalComma: true }
      : {}),
    ...(before === undefined && last === undefined
      ? {}
      : {
          format: "fixed",
          columns: { indicator: (before ?? 6) + 1, first: (before ?? 6) + 2, last: last ?? 72 },
        }),
  }
}

/** @param names of the copybook's records */
export const layoutOptionsOf = (
  { peer, peerOptions, recordFormat }: Manifest,
  names: ReadonlyArray<string>,
): LayoutOptions => {
  const around = [recordFormat["file_header_record"], recordFormat["file_trailer_record"]]
  const own = around.some((each) => each !== undefined)
    ? names.find((name) => !around.includes(name))
    : undefined
  const record = peerOptions["target_record"] ?? own
  return {
    // Cobrix and its like know no alignment, and read COMP-5 big-endian.
    ...(peer === "cobrix"
      ? { dialect: { ...dialects.ibm, alignment: "none", nativeEndian: "big" } as const }
      : {}),
    ...(peer === "ballerina-copybook" ? { records: "concatenate" } : {}),
    ...(typeof record === "string" ? { record } : {}),
  }
}

const conditionOf = (layout: Layout, text: string): ViewCondition => {
  const value = (part: string): string | null => {
    const bare = part.trim().replaceAll(/^['"]|['"]$/g, "")
    return bare === "null" ? null : bare
  }
  const alternatives = text.split(/\|\||\bor\b/)
  if (alternatives.length > 1) return { or: alternatives.map((each) => conditionOf(layout, each)) }
  const both = text.split(/&&|\band\b/)
  if (both.length > 1) return { and: both.map((each) => conditionOf(layout, each)) }
  const list = /^\s*in\s*\(([^,]+),(.*)\)\s*$/.exec(text)
  if (list !== null) {
    const [, name = "", values = ""] = list
    return { field: pathOf(layout, name.trim()), in: values.split(",").map(value) }
  }
  const [name = "", expected = ""] = text.split(/==?/)
  return { field: pathOf(layout, name.trim()), equals: value(expected) }
}

export const keysLike = (options: JsonObject, pattern: RegExp): ReadonlyArray<string> =>
  Object.keys(options)
    .filter((key) => pattern.test(key))
    .map((key) => textAt(options, key))

/** Views that hold for values of a segment field, or by rules. */
const viewRulesOf = ({ peerOptions }: Manifest, layout: Layout): ReadonlyArray<ViewRule> => {
  const rules = keysLike(peerOptions, /^redefine[-_]rule/).map((rule): ViewRule => {
    const [view = "", condition = ""] = rule.split("=>")
    return { view: pathOf(layout, view.trim()), when: conditionOf(layout, condition) }
  })
  const segment = peerOptions["segment_field"]
  if (typeof segment !== "string") return rules
  const field = pathOf(layout, segment)
  const maps = keysLike(peerOptions, /^redefine[-_]segment[-_]id[-_]map/).map((map): ViewRule => {
    const [view = "", ids = ""] = map.split("=>")
    const values = ids.split(",").map((id) => id.trim())
    return { view: pathOf(layout, view.trim()), when: { field, in: values } }
  })
  return [...rules, ...maps]
}

const tolerant = {
  blank: "null",
  "low-values": "null",
  digit: "null",
  sign: "null",
  overflow: "null",
  float: "null",
  edited: "null",
  short: "null",
  character: "raw",
} as const

/** Names of the fields that such tools hold in signed integers of 32 bits, and beyond them as nothing. */
export const narrowFields = ({ peer }: Manifest, layout: Layout): ReadonlySet<string> =>
  new Set(
    peer === "cobrix"
      ? elementaryFields(layout)
          .filter(
            ({ storage }) =>
              storage.kind === "binary" &&
              !storage.isSigned &&
              storage.digits > 4 &&
              storage.digits < 9,
          )
          .map(({ name }) => plainName(name))
      : [],
  )

const countsOf = (layout: Layout, mappings: Json | undefined) =>
  isObject(mappings)
    ? {
        counterValues: Object.fromEntries(
          Object.entries(mappings)
            .filter(([, map]) => isObject(map))
            .map(([table, map]) => [
              pathOf(layout, table),
              Object.fromEntries(
                Object.entries(isObject(map) ? map : {}).map(([text, count]) => [
                  text,
                  Number(count),
                ]),
              ),
            ]),
        ),
      }
    : {}

const floatsOf = (options: JsonObject): Partial<CodecOptions> => {
  const name = textAt(options, "floating_point_format").toUpperCase()
  return {
    floats: name.startsWith("IEEE") ? "ieee" : "ibm",
    floatEndian: name.includes("LITTLE") ? "little" : "big",
  }
}

/** Code pages of single fields, by the names of pages. */
const pagesOf = (options: JsonObject, layout: Layout): Readonly<Record<string, FieldOverride>> => {
  const pages: Record<string, FieldOverride> = {}
  for (const key of Object.keys(options)) {
    const [, name] = /^field_code_page:(.+)$/.exec(key) ?? []
    if (name === undefined) continue
    const page = Result.getOrThrow(codePage(name))
    for (const field of textAt(options, key).split(",")) {
      pages[pathOf(layout, field.trim())] = { codePage: page }
    }
  }
  return pages
}

/** Unless told otherwise, the tool takes a sign over a digit in signed fields only. */
const fieldsOf = (options: JsonObject, layout: Layout): Partial<CodecOptions> => {
  const pages = pagesOf(options, layout)
  if (textAt(options, "strict_sign_overpunching") === "false") {
    return { digits: "any-zone", fields: pages }
  }
  const unsigned = elementaryFields(layout)
    .filter(({ storage }) => storage.kind === "zoned" && !storage.isSigned)
    .map(({ path }) => [path, { ...pages[path], signRule: "none" as const }])
  return { digits: "relaxed", fields: { ...pages, ...Object.fromEntries(unsigned) } }
}

const trimOf = (options: JsonObject): Trim => {
  const policy = textAt(options, "string_trimming_policy")
  if (policy === "left" || policy === "right" || policy === "none") return policy
  return policy === "keep_all" ? "none" : "both"
}

/** What another tool does without being told. */
export const codecOptionsOf = (
  manifest: Manifest,
  layout: Layout,
): Omit<CodecOptions, "codePage"> => {
  const { peer, peerOptions } = manifest
  const viewRules = viewRulesOf(manifest, layout)
  if (peer !== "cobrix") {
    return {
      numbers: "string",
      trim: "both",
      hasFillers: peer !== "stingray",
      ...(/^(stingray|copybook-inputformat)/.test(peer) ? { digits: "relaxed" } : {}),
      ...(peer.startsWith("ballerina") ? { floats: "ieee", zonedSigns: "ascii-zone" } : {}),
      missing: "initial",
    }
  }
  const debug = textAt(peerOptions, "debug")
  const isDebug = debug !== "" && debug !== "false"
  const size = peerOptions["variable_size_occurs"]
  return {
    numbers: "string",
    trim: trimOf(peerOptions),
    policies: tolerant,
    nationalEndian: textAt(peerOptions, "is_utf16_big_endian") === "false" ? "little" : "big",
    hasFillers: textAt(peerOptions, "drop_value_fillers") === "false" || isDebug,
    ...(isDebug ? { rawFields: /^(raw|binary)$/.test(debug) ? "base64" : "hex" } : {}),
    fillerGroups: textAt(peerOptions, "drop_group_fillers") === "true" ? "drop" : "keep",
    physicalSize:
      size === undefined ? "maximum" : size === "pad_record" ? "actual-padded" : "actual",
    allowsFewer: true,
    ...floatsOf(peerOptions),
    ...fieldsOf(peerOptions, layout),
    ...countsOf(layout, peerOptions["occurs_mappings"]),
    ...(viewRules.length > 0 ? { viewRules } : {}),
  }
}
