/** Runs one case. */
import * as fs from "node:fs"
import * as path from "node:path"
import * as Result from "effect/Result"
import { codePage } from "@countersign/copybook/charset/CodePages"
import type { CodePage } from "@countersign/copybook/charset/CodePage"
import { makeFramer } from "@countersign/copybook/framing/Framer"
import { recordFields } from "@countersign/copybook/framing/RecordFields"
import type { Layout } from "@countersign/copybook/layout/Layout"
import { layoutOf } from "@countersign/copybook/layout/LayoutBuilder"
import * as RecordCodec from "@countersign/copybook/record/RecordCodec"
import type { RecordObject } from "@countersign/copybook/record/RecordDecoder"
import type { Copybook } from "@countersign/copybook/syntax/Item"
import { parseCopybook } from "@countersign/copybook/syntax/CopybookParser"
import {
  codecOptionsOf,
  framerOptionsOf,
  framingOf,
  layoutOptionsOf,
  narrowFields,
  parseOptionsOf,
} from "./CaseReading.ts"
import { type ComparisonOptions, differences } from "./Comparison.ts"
import { tableFindings, textVectorFindings } from "./CodePageVectors.ts"
import { fieldVectorFindings } from "./FieldVectors.ts"
import type { Findings } from "./Finding.ts"
import { gathered } from "./Gathering.ts"
import { isObject, type Json, type Manifest, readExpected } from "./Manifest.ts"
import { parseErrorFindings } from "./ParseErrors.ts"

/**
 * How a case ended. A `crash` is an exception that is no typed error; what is `explained` differs
 * only as the case itself says that it may.
 */
export interface Outcome {
  readonly verdict: "equal" | "explained" | "different" | "refused" | "crash" | "no expectation"
  readonly details: ReadonlyArray<string>
}

class Refused extends Error {}

const orRefuse = <A>(result: Result.Result<A, { readonly message: string }>): A => {
  if (Result.isFailure(result)) throw new Refused(result.failure.message)
  return result.success
}

// Numbering and lengths that the other tool adds to each record.
const ignored = new Set(["RECORDID", "FILEID", "RECORDBYTELENGTH", "SEGID0", "SEGID1", "SEGID2"])

/** Of texts, tools keep different characters: control characters, and what is not in every EBCDIC page. */
const textsOf = ({ codePage: page, peer }: Manifest): ComparisonOptions["texts"] => {
  if (peer === "coboljsonifier") return "visible"
  if (peer !== "cobrix") return "blanks"
  return /^ascii|common/.test(page) ? "ascii" : "visible"
}

const comparisonOf = (manifest: Manifest, layout: Layout): ComparisonOptions => ({
  ignored,
  narrow: narrowFields(manifest, layout),
  texts: textsOf(manifest),
  isSubset: manifest.peer.startsWith("legstar"),
})

const pageOf = (name: string): CodePage => {
  // Tools read ASCII as if its upper half were something, too.
  const bare = name
    .replace(/^ebcdic:/, "")
    .replace(/^common_extended$/, "common")
    .replace(/^ascii/, "latin1")
  return orRefuse(codePage(bare.split(/[ /(]/)[0] ?? ""))
}

const read = (manifest: Manifest, file: string): Buffer =>
  fs.readFileSync(path.join(manifest.directory, file))

const copybookFor = (manifest: Manifest): Copybook => {
  const text = manifest.copybooks.map((file) => read(manifest, file).toString("latin1")).join("\n")
  return orRefuse(parseCopybook(text, parseOptionsOf(manifest, text)))
}

const layoutFor = (manifest: Manifest): Layout => {
  const copybook = copybookFor(manifest)
  const names = copybook.items.map(({ name }) => name)
  return orRefuse(layoutOf(copybook, layoutOptionsOf(manifest, names)))
}

interface Reading {
  readonly values: ReadonlyArray<RecordObject>
  readonly codec: RecordCodec.RecordCodec
  readonly records: ReadonlyArray<Uint8Array>
  readonly faults: ReadonlyArray<string>
}

const decodeAll = (
  manifest: Manifest,
  layout: Layout,
  page: CodePage,
  data: Uint8Array,
): Reading => {
  const options = { ...codecOptionsOf(manifest, layout), codePage: page }
  const codec = orRefuse(RecordCodec.make(layout, options))
  const fields = recordFields(layout, options)
  const lengthOf = (record: string) =>
    orRefuse(layoutOf(copybookFor(manifest), { record })).lengthMax
  const framer = orRefuse(
    makeFramer(framingOf(manifest, layout), framerOptionsOf(manifest, lengthOf), fields),
  )
  const values: Array<RecordObject> = []
  const records: Array<Uint8Array> = []
  const faults: Array<string> = []
  for (const batch of framer.push(data, true)) {
    for (let index = 0; index < batch.count; index++) {
      const start = batch.starts[index] ?? 0
      const length = batch.lengths[index] ?? 0
      const decoded = codec.decoder.decode(batch.bytes, start, length, batch.firstRecord + index)
      values.push(decoded.value)
      records.push(batch.bytes.slice(start, start + length))
      for (const { code, message, path: at } of decoded.faults)
        faults.push(`${code} ${at}: ${message}`)
    }
  }
  for (const fault of framer.takeFaults()) faults.push(`${fault.code}: ${fault.message}`)
  return { values, codec, records, faults }
}

/** Expected records may be the first of a file only, or ordered by a field: found wherever they are. */
const compareRecords = (
  manifest: Manifest,
  layout: Layout,
  expected: ReadonlyArray<Json>,
  { faults, values: all }: Reading,
): ReadonlyArray<string> => {
  const values = gathered(manifest, all)
  const options = comparisonOf(manifest, layout)
  const found: Array<string> = []
  for (const [index, each] of expected.entries()) {
    let here = differences(each, values[index] ?? {}, options)
    if (here.length > 0) {
      if (values.some((value) => differences(each, value, options).length === 0)) here = []
    }
    for (const difference of here.slice(0, 8)) found.push(`record ${index}: ${difference}`)
    if (found.length > 40) break
  }
  if (expected.length > values.length)
    found.push(`expected ${expected.length} records, are ${values.length}`)
  return found.length === 0 ? found : [...found, ...faults.slice(0, 5)]
}

const compareRoundTrip = ({ codec, records, values }: Reading): ReadonlyArray<string> =>
  values.flatMap((value, index) => {
    const encoded = codec.encoder.encode(value)
    if (Result.isFailure(encoded)) return [`record ${index}: ${encoded.failure.message}`]
    const own = records[index] ?? new Uint8Array()
    const padded = Buffer.from(encoded.success).subarray(0, own.length)
    return Buffer.compare(padded, own) === 0
      ? []
      : [
          `record ${index}: encodes to ${padded.toString("latin1")}, was ${Buffer.from(own).toString("latin1")}`,
        ]
  })

const plainValue = (value: Json): unknown => {
  if (Array.isArray(value)) return value.map(plainValue)
  if (!isObject(value)) return value
  if (typeof value["#"] === "string") return value["#"]
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainValue(each)]))
}

const compareEncoding = (
  manifest: Manifest,
  layout: Layout,
  file: string,
): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const name of manifest.codePage.split(" and ")) {
    const options = { ...codecOptionsOf(manifest, layout), codePage: pageOf(name) }
    const codec = orRefuse(RecordCodec.make(layout, options))
    const [input] = readExpected(manifest, file).map(plainValue)
    const inner =
      isObject(input) && Object.keys(input).length === 1 ? input[layout.root.name] : undefined
    const root = isObject(inner) ? inner : undefined
    // What JSON holds is what encoding takes, and it says where it is not.
    const encoded = orRefuse(codec.encoder.encode((root ?? input) as RecordObject))
    const [bytesFile] = manifest.data
    if (bytesFile !== undefined) {
      const bytes = read(manifest, bytesFile)
      if (Buffer.compare(bytes, encoded) !== 0) {
        found.push(
          `encodes to ${Buffer.from(encoded).toString("hex")}, expected ${bytes.toString("hex")}`,
        )
      }
    } else {
      const back = codec.decoder.decode(encoded)
      const [expected] = readExpected(manifest, file)
      found.push(...differences(expected ?? null, back.value, comparisonOf(manifest, layout)))
    }
  }
  return found
}

const runExpectation = (manifest: Manifest, layout: Layout): ReadonlyArray<string> | undefined => {
  const [first] = manifest.expected
  const [data] = manifest.data
  if (first === undefined) return undefined
  if (/encode-input|json-roundtrip/.test(first.kind))
    return compareEncoding(manifest, layout, first.file)
  if (data === undefined) return undefined
  const reading = decodeAll(manifest, layout, pageOf(manifest.codePage), read(manifest, data))
  if (first.kind === "roundtrip") return compareRoundTrip(reading)
  if (first.kind === "counts") {
    const [counts] = readExpected(manifest, first.file)
    return differences(
      counts ?? null,
      { records: reading.values.length },
      { ...comparisonOf(manifest, layout), isSubset: true },
    )
  }
  if (/\.(json|jsonl|ndjson)$/.test(first.file))
    return compareRecords(manifest, layout, readExpected(manifest, first.file), reading)
  return reading.faults.slice(0, 8)
}

/** Cases without data: vectors, tables, and copybooks that are wrong. */
const runVectors = (manifest: Manifest): Findings | undefined => {
  const [first] = manifest.expected
  if (first === undefined) return undefined
  const expected = (): ReadonlyArray<Json> => readExpected(manifest, first.file)
  if (/^vectors .*function/.test(first.kind)) {
    const pages = { ebcdic: pageOf("common"), ascii: pageOf("ascii") }
    return fieldVectorFindings(expected(), pages)
  }
  if (/^vectors .*code_page/.test(first.kind)) return textVectorFindings(expected())
  if (/charset.*code points/.test(first.kind)) {
    return tableFindings(expected()[0] ?? null, manifest.notes)
  }
  const [copybook] = manifest.copybooks
  return first.kind === "errors" && manifest.data.length === 0 && copybook !== undefined
    ? parseErrorFindings(read(manifest, copybook).toString("latin1"), expected()[0])
    : undefined
}

const outcomeOf = (findings: Findings | undefined): Outcome => {
  if (findings === undefined) return { verdict: "no expectation", details: [] }
  const { different, explained } = findings
  if (different.length > 0) return { verdict: "different", details: [...different, ...explained] }
  return { verdict: explained.length > 0 ? "explained" : "equal", details: explained }
}

const run = (manifest: Manifest): Findings | undefined => {
  const vectors = runVectors(manifest)
  if (vectors !== undefined || manifest.copybooks.length === 0) return vectors
  const different = runExpectation(manifest, layoutFor(manifest))
  return different === undefined ? undefined : { different, explained: [] }
}

export const runCase = (manifest: Manifest): Outcome => {
  try {
    return outcomeOf(run(manifest))
  } catch (error) {
    if (error instanceof Refused) return { verdict: "refused", details: [error.message] }
    return {
      verdict: "crash",
      details: [error instanceof Error ? String(error.stack) : String(error)],
    }
  }
}
