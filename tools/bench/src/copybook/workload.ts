/** Copybooks, records in EBCDIC with known values, and what the peers of a row do with them. */
import * as CodePages from "@countersign/copybook/charset/CodePages"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import * as LayoutBuilder from "@countersign/copybook/layout/LayoutBuilder"
import * as RecordPlan from "@countersign/copybook/record/RecordPlan"
import * as CopybookParser from "@countersign/copybook/syntax/CopybookParser"
import * as Result from "effect/Result"

export interface WorkloadField {
  readonly name: string
  readonly kind: "text" | "zoned" | "packed" | "binary"
  readonly offset: number
  readonly length: number
  readonly scale: number
  /** Of every distinct record: trimmed text, or the exact decimal. */
  readonly truth: ReadonlyArray<string>
}

export interface Workload {
  readonly name: string
  /** The copybook's text, in free format. */
  readonly copybook: string
  readonly plan: RecordPlan.RecordPlan
  readonly fields: ReadonlyArray<WorkloadField>
  readonly recordBytes: number
  /** Records that differ; then they begin again. */
  readonly distinct: number
  readonly bytes: Uint8Array
  readonly batches: ReadonlyArray<RecordBatch>
}

const distinct = 4096
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz0123456789"

/** The same in each run. */
const randomOf = (seed: number): ((bound: number) => number) => {
  let state = seed * 0x9e3779b1
  return (bound) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
}

const page = Result.getOrThrow(CodePages.codePage("cp037"))
const random = randomOf(7)

const putText = (bytes: Uint8Array, at: number, length: number): string => {
  const used = 1 + random(length)
  let text = ""
  for (let index = 0; index < used; index++) text += letters[random(letters.length)] ?? ""
  for (let index = 0; index < length; index++) {
    bytes[at + index] = page.fromUnicode[text.charCodeAt(index) || 0x20] ?? 0x40
  }
  return text.trimEnd()
}

const decimal = (digits: string, scale: number, isNegative: boolean): string => {
  const all = digits.padStart(scale + 1, "0")
  const whole = all.slice(0, all.length - scale).replace(/^0+(?=\d)/, "")
  const text = scale > 0 ? `${whole}.${all.slice(all.length - scale)}` : whole
  return isNegative && /[1-9]/.test(digits) ? `-${text}` : text
}

const putNumber = (bytes: Uint8Array, field: Omit<WorkloadField, "truth">, at: number): string => {
  const { kind, length, scale } = field
  const isNegative = random(2) === 0
  if (kind === "binary") {
    const value = random(1_000_000_000)
    new DataView(bytes.buffer).setInt32(at, isNegative ? -value : value)
    return decimal(String(value), scale, isNegative)
  }
  const count = kind === "zoned" ? length : length * 2 - 1
  const digits = Array.from({ length: count }, () => random(10)).join("")
  const sign = isNegative ? 0xd : 0xc
  if (kind === "zoned") {
    for (let index = 0; index < count; index++) bytes[at + index] = 0xf0 | Number(digits[index])
    bytes[at + count - 1] = (sign << 4) | Number(digits[count - 1])
  } else {
    const nibbles = digits + sign.toString(16)
    for (let index = 0; index < length; index++) {
      bytes[at + index] = Number.parseInt(nibbles.slice(index * 2, index * 2 + 2), 16)
    }
  }
  return decimal(digits, scale, isNegative)
}

const pictures = {
  text: (length: number) => `PIC X(${length})`,
  zoned: () => "PIC S9(7)V99",
  packed: () => "PIC S9(9)V99 COMP-3",
  binary: () => "PIC S9(9) COMP",
} as const

/** @param kinds of each field its kind, and the length of a text */
const make = (
  name: string,
  kinds: ReadonlyArray<readonly [kind: WorkloadField["kind"], length: number]>,
  batchRecords: number,
  total: number,
): Workload => {
  let offset = 0
  const shapes = kinds.map(([kind, length], index) => {
    const at = offset
    offset += length
    const scale = kind === "zoned" || kind === "packed" ? 2 : 0
    return { name: `FIELD-${String(index + 1).padStart(2, "0")}`, kind, offset: at, length, scale }
  })
  const recordBytes = offset
  const text = ["01 BENCH-RECORD."]
  for (const shape of shapes) text.push(`  05 ${shape.name} ${pictures[shape.kind](shape.length)}.`)
  const copybook = Result.getOrThrow(
    CopybookParser.parseCopybook(text.join("\n"), { format: "free" }),
  )
  const layout = Result.getOrThrow(LayoutBuilder.layoutOf(copybook))
  if (layout.lengthMax !== recordBytes) throw new Error(`${name}: ${layout.lengthMax} bytes`)
  const block = new Uint8Array(distinct * recordBytes)
  const truths = shapes.map((): Array<string> => [])
  for (let record = 0; record < distinct; record++) {
    shapes.forEach((shape, index) => {
      const at = record * recordBytes + shape.offset
      truths[index]?.push(
        shape.kind === "text" ? putText(block, at, shape.length) : putNumber(block, shape, at),
      )
    })
  }
  const count = Math.ceil(total / recordBytes / distinct) * distinct
  const bytes = new Uint8Array(count * recordBytes)
  for (let at = 0; at < bytes.length; at += block.length) bytes.set(block, at)
  const lengths = new Int32Array(batchRecords).fill(recordBytes)
  const batches: Array<RecordBatch> = []
  for (let first = 0; first < count; first += batchRecords) {
    const starts = Int32Array.from(
      { length: batchRecords },
      (_, index) => (first + index) * recordBytes,
    )
    batches.push({ bytes, starts, lengths, count: batchRecords, firstRecord: first, fileOffset: 0 })
  }
  return {
    name,
    copybook: text.join("\n"),
    plan: Result.getOrThrow(
      RecordPlan.make(layout, { codePage: page, numbers: "string", trim: "right" }),
    ),
    fields: shapes.map((shape, index) => ({ ...shape, truth: truths[index] ?? [] })),
    recordBytes,
    distinct,
    bytes,
    batches,
  }
}

const times = <A>(count: number, value: A): ReadonlyArray<A> =>
  Array.from({ length: count }, () => value)

/** The same records with texts as they are, in columns of one width. */
export const untrimmed = (workload: Workload): Workload => ({
  ...workload,
  plan: Result.getOrThrow(
    RecordPlan.make(workload.plan.layout, { ...workload.plan.options, trim: "none" }),
  ),
})

/** The same records with numbers as doubles, where they fit. */
export const native = (workload: Workload): Workload => ({
  ...workload,
  plan: Result.getOrThrow(
    RecordPlan.make(workload.plan.layout, { ...workload.plan.options, numbers: "native" }),
  ),
})

/** The same records decoded by code that is made for them. */
export const generated = (workload: Workload): Workload => ({
  ...workload,
  plan: Result.getOrThrow(
    RecordPlan.make(workload.plan.layout, { ...workload.plan.options, generatesCode: true }),
  ),
})

/** @param total how many bytes of records at least */
export const display = (total: number): Workload => make("A", times(10, ["text", 50]), 256, total)

export const packed = (total: number): Workload => make("B", times(10, ["packed", 6]), 1024, total)

/** 20 texts, 15 zoned, 10 packed and 5 binary fields. */
export const mixed = (total: number): Workload =>
  make(
    "C",
    [
      ...times(14, ["text", 10] as const),
      ...times(5, ["text", 8] as const),
      ["text", 13],
      ...times(15, ["zoned", 9] as const),
      ...times(10, ["packed", 6] as const),
      ...times(5, ["binary", 4] as const),
    ],
    256,
    total,
  )

/** Each record behind its descriptor word. */
export const framedRecords = (bytes: Uint8Array, recordBytes: number): Buffer => {
  const count = bytes.length / recordBytes
  const framed = Buffer.alloc(count * (recordBytes + 4))
  for (let record = 0; record < count; record++) {
    const at = record * (recordBytes + 4)
    framed.writeUInt16BE(recordBytes + 4, at)
    framed.set(bytes.subarray(record * recordBytes, (record + 1) * recordBytes), at + 4)
  }
  return framed
}

/** What is done without much thought: a walk over the fields, characters and digits one by one. */
export const straightforward = (workload: Workload, batch: RecordBatch): Array<object> => {
  const records: Array<object> = []
  for (let index = 0; index < batch.count; index++) {
    const start = batch.starts[index] ?? 0
    const record: Record<string, string> = {}
    for (const field of workload.fields) {
      const from = start + field.offset
      if (field.kind === "text") {
        let text = ""
        for (let at = from; at < from + field.length; at++) {
          text += String.fromCharCode(page.toUnicode[batch.bytes[at] ?? 0] ?? 0)
        }
        record[field.name] = text.trimEnd()
      } else if (field.kind === "binary") {
        const view = new DataView(batch.bytes.buffer)
        record[field.name] = String(view.getInt32(from))
      } else {
        let digits = ""
        let sign = 0
        for (let at = from; at < from + field.length; at++) {
          const byte = batch.bytes[at] ?? 0
          if (field.kind === "packed") {
            digits += String(byte >> 4)
            if (at < from + field.length - 1) digits += String(byte & 15)
            else sign = byte & 15
          } else {
            digits += String(byte & 15)
            sign = byte >> 4
          }
        }
        record[field.name] = decimal(digits, field.scale, sign === 0xd)
      }
    }
    records.push(record)
  }
  return records
}
