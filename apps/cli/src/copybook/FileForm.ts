/** The forms that decoded records are written in. */
import { ArrowFile } from "@countersign/copybook/columns/ArrowFile"
import { ColumnDecoder } from "@countersign/copybook/columns/ColumnDecoder"
import { NdjsonWriter } from "@countersign/copybook/columns/NdjsonWriter"
import { ParquetFile } from "@countersign/copybook/columns/ParquetFile"
import type { Fault } from "@countersign/copybook/field/Fault"
import * as FileDecoder from "@countersign/copybook/file/FileDecoder"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import * as RecordLines from "@countersign/copybook/file/RecordLines"
import { numberOf, offsetOf, type RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { type Reject, rejectOf } from "@countersign/copybook/framing/Rejects"
import { selectSegments } from "@countersign/copybook/framing/Segments"
import * as KernelFile from "@countersign/copybook/kernels/KernelFile"
import { fromModule } from "@countersign/copybook/kernels/Kernels"
import * as TypeScriptKernels from "@countersign/copybook/kernels/TypeScriptKernels"
import * as RecordPlan from "@countersign/copybook/record/RecordPlan"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"
import { CsvRows } from "./CsvRows.ts"
import { before } from "./Rejecting.ts"

/** What a batch has become. */
export interface Formed {
  /** Only until the next batch is added. */
  readonly bytes: string | Uint8Array
  /** Records that are in what was and will be written. */
  readonly written: number
  readonly rejects: ReadonlyArray<Reject>
}

export interface FileForm {
  /**
   * @param rejectsMax rejects that are allowed; with the one behind them the batch ends
   */
  readonly add: (batch: RecordBatch, rejectsMax: number) => Formed
  readonly finish: () => Formed
  /** What makes a file of what was written, where a fault ends it early. Default: nothing. */
  readonly cutShort?: () => Uint8Array
}

export type Format = "ndjson" | "csv" | "arrow" | "parquet"

export const kernels = Effect.map(KernelFile.load, (module) =>
  module === undefined ? TypeScriptKernels.make() : fromModule(module),
)

const rejectsIn = (records: ReadonlyArray<FileDecoder.FileRecord>): ReadonlyArray<Reject> =>
  records.flatMap(({ reject }) => (reject === undefined ? [] : [reject]))

/** Records up to the reject that is one too many. */
const allowed = (
  records: ReadonlyArray<FileDecoder.FileRecord>,
  rejectsMax: number,
): ReadonlyArray<FileDecoder.FileRecord> => {
  let left = rejectsMax
  for (const [index, { reject }] of records.entries()) {
    if (reject === undefined) continue
    if (left === 0) return records.slice(0, index + 1)
    left -= 1
  }
  return records
}

const ndjson = Effect.fnUntraced(function* (plan: FilePlan) {
  const decoder = yield* Effect.fromResult(FileDecoder.make(plan))
  const lines = yield* Effect.fromResult(RecordLines.make(plan))
  const keepsRejected = plan.settings.output?.faults !== undefined
  const form: FileForm = {
    add: (batch, rejectsMax) => {
      const records = allowed(decoder.decode(batch), rejectsMax)
      const bytes = lines.add(records)
      const rejected = rejectsIn(records)
      const orphans = lines.takeRejects()
      const left = keepsRejected ? 0 : rejected.length
      return {
        bytes,
        written: records.length - left - orphans.length,
        rejects: [...rejected, ...orphans],
      }
    },
    finish: () => ({ bytes: lines.finish(), written: 0, rejects: lines.takeRejects() }),
  }
  return form
})

const csv = Effect.fnUntraced(function* (plan: FilePlan) {
  const rows = new CsvRows(plan)
  const decoder = yield* Effect.fromResult(FileDecoder.make(rows.plan))
  if (rows.columns > CsvRows.columnsMax) {
    const detail = `the record has ${rows.columns} columns with its tables, and csv takes ${CsvRows.columnsMax}: select fewer, or take ndjson`
    return yield* new UsageError({ parameter: "--format", detail })
  }
  let isBegun = false
  const header = (): string => {
    if (isBegun) return ""
    isBegun = true
    return rows.header()
  }
  const form: FileForm = {
    add: (batch, rejectsMax) => {
      const records = allowed(decoder.decode(batch), rejectsMax)
      const good = records.filter(({ reject }) => reject === undefined)
      return {
        bytes: header() + good.map(({ value }) => rows.row(value)).join(""),
        written: good.length,
        rejects: rejectsIn(records),
      }
    },
    finish: () => ({ bytes: header(), written: 0, rejects: [] }),
  }
  return form
})

/** Whether lines are nothing but values, which the kernels write. */
export const isPlain = ({ codec, segments, settings }: FilePlan): boolean =>
  segments === undefined && settings.output === undefined && codec.metadata !== true

const sliceAt = ({ bytes, lengths, starts }: RecordBatch, index: number): Uint8Array => {
  const start = starts[index] ?? 0
  return bytes.slice(start, start + (lengths[index] ?? 0))
}

/** The rejects of records that were found out by their numbers. */
export const rejectsOf = (
  batch: RecordBatch,
  rejected: ReadonlyArray<{ readonly record: number; readonly faults: ReadonlyArray<Fault> }>,
): ReadonlyArray<Reject> =>
  rejected.flatMap(({ faults: [first, ...others], record }) => {
    if (first === undefined) return []
    const index = batch.numbers?.indexOf(record) ?? record - batch.firstRecord
    return [rejectOf(sliceAt(batch, index), [first, ...others])]
  })

/** Puts pieces together in memory that is used again. */
class Gathering {
  #memory = Buffer.alloc(0)
  #used = 0

  readonly add = (piece: Uint8Array): void => {
    const needed = this.#used + piece.length
    if (needed > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#memory.length))
      this.#memory.copy(larger, 0, 0, this.#used)
      this.#memory = larger
    }
    this.#memory.set(piece, this.#used)
    this.#used = needed
  }

  /** What was added since the last time. */
  take(): Uint8Array {
    const bytes = this.#memory.subarray(0, this.#used)
    this.#used = 0
    return bytes
  }
}

/** Lines by the kernels; a batch that ends the file is decoded anew, to end at its reject. */
const plainNdjson = Effect.fnUntraced(function* (plan: FilePlan) {
  const slow = yield* ndjson(plan)
  const recordPlan = yield* Effect.fromResult(RecordPlan.make(plan.layout, plan.codec))
  const writer = new NdjsonWriter(recordPlan, yield* kernels)
  const gathering = new Gathering()
  const form: FileForm = {
    add: (batch, rejectsMax) => {
      const { rejected, written } = writer.write(batch, gathering.add)
      const bytes = gathering.take()
      if (rejected.length > rejectsMax) return slow.add(batch, rejectsMax)
      return { bytes, written, rejects: rejectsOf(batch, rejected) }
    },
    finish: slow.finish,
  }
  return form
})

/** Some records of a batch. */
const some = (batch: RecordBatch, kept: ReadonlyArray<number>): RecordBatch => ({
  ...batch,
  count: kept.length,
  starts: Int32Array.from(kept, (index) => batch.starts[index] ?? 0),
  lengths: Int32Array.from(kept, (index) => batch.lengths[index] ?? 0),
  numbers: Float64Array.from(kept, (index) => numberOf(batch, index)),
  offsets: Float64Array.from(kept, (index) => offsetOf(batch, index)),
})

/** The records of a batch without some of them. */
const without = (batch: RecordBatch, dropped: ReadonlySet<number>): RecordBatch => {
  const indexes = Array.from({ length: batch.count }, (_, index) => index)
  return some(
    batch,
    indexes.filter((index) => !dropped.has(index)),
  )
}

/** What becomes of records that could be of any kind: the rejects that lines have too. */
const unreadRejects = Effect.fnUntraced(function* (plan: FilePlan) {
  const { settings } = plan
  if (settings.segments === undefined) return () => []
  const asSet = yield* Effect.fromResult(FileDecoder.make(plan))
  const segments = { ...settings.segments, unknown: "fault" as const }
  const refusing = yield* Effect.fromResult(
    FileDecoder.make({ ...plan, settings: { ...settings, segments } }),
  )
  return (batch: RecordBatch): ReadonlyArray<Reject> =>
    asSet.decode(batch).flatMap(({ reject }, index) =>
      // Fields without faults would still make no row of any view.
      reject === undefined ? rejectsIn(refusing.decode(some(batch, [index]))) : [reject],
    )
})

/** A table holds one kind of records, so segments have to come to one view. */
const oneView = Effect.fnUntraced(function* (plan: FilePlan) {
  const { segments, settings } = plan
  if (segments === undefined) return plan
  const views = new Set((settings.segments?.select ?? []).map((id) => segments.viewOf(id)))
  const [view, ...others] = views
  if (view === undefined || others.length > 0) {
    const detail =
      "a table holds records of one kind: name its ids with --only-segment, all of one view"
    return yield* new UsageError({ parameter: "--format", detail })
  }
  return { ...plan, codec: { ...plan.codec, views: [view] } }
})

const table = Effect.fnUntraced(function* (
  given: FilePlan,
  sinkOf: (decoder: ColumnDecoder) => {
    readonly add: (batch: ReturnType<ColumnDecoder["decode"]>) => Uint8Array
    readonly finish: () => Uint8Array
  },
) {
  const plan = yield* oneView(given)
  const { segments } = plan
  const recordPlan = yield* Effect.fromResult(RecordPlan.make(plan.layout, plan.codec))
  const decoder = new ColumnDecoder(recordPlan, yield* kernels)
  const unreadOf = yield* unreadRejects(given)
  const sink = sinkOf(decoder)
  const form: FileForm = {
    add: (all, rejectsMax) => {
      const { batch, unread } =
        segments === undefined ? { batch: all, unread: [] } : selectSegments(all, segments)
      const first = decoder.decode(batch)
      const byRecord = Map.groupBy(first.faults, ({ record }) => record)
      const rejected = [...byRecord].map(([record, faults]) => ({ record, faults }))
      const rejects = [...rejectsOf(batch, rejected), ...unreadOf(some(all, unread))].toSorted(
        (one, other) => one.record - other.record,
      )
      // Behind the reject that is one too many nothing is taken.
      const end = rejects[rejectsMax]
      const until = end === undefined ? batch : before(batch, end.record)
      // A row that is no record would look like one: the others are decoded without it.
      const good =
        rejects.length === 0 ? first : decoder.decode(without(until, new Set(first.rejected)))
      return { bytes: sink.add(good), written: good.count, rejects }
    },
    finish: () => ({ bytes: sink.finish(), written: 0, rejects: [] }),
    cutShort: sink.finish,
  }
  return form
})

const parquet = (plan: FilePlan) =>
  table(plan, (decoder) => {
    const file = new ParquetFile(decoder.sources)
    return { add: (batch) => file.add(batch), finish: () => file.finish() }
  })

const arrow = (plan: FilePlan) =>
  table(plan, (decoder) => {
    const file = new ArrowFile(decoder.sources, plan.layout)
    return { add: (batch) => file.add(batch), finish: () => file.finish() }
  })

export const formOf = (format: Format, plan: FilePlan) => {
  switch (format) {
    case "csv":
      return csv(plan)
    case "parquet":
      return parquet(plan)
    case "arrow":
      return arrow(plan)
    case "ndjson":
      return isPlain(plan) ? plainNdjson(plan) : ndjson(plan)
  }
}
