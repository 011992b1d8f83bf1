/**
 * A thread that decodes batches.
 *
 * @since 0.1.0
 */
import { parentPort, workerData } from "node:worker_threads"
import * as Result from "effect/Result"
import { ColumnDecoder } from "../columns/ColumnDecoder.ts"
import { NdjsonWriter } from "../columns/NdjsonWriter.ts"
import { type Piece, pieces } from "../columns/BatchMemory.ts"
import type { Column } from "../columns/Column.ts"
import type { Fault } from "../field/Fault.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import { fromModule } from "../kernels/Kernels.ts"
import * as TypeScriptKernels from "../kernels/TypeScriptKernels.ts"
import type {
  ColumnAt,
  ColumnsReport,
  DecoderAnswer,
  DecoderJob,
  DecoderReport,
  ThreadSetting,
} from "./DecoderJob.ts"
import { Output } from "./Output.ts"
import * as SettingPlan from "./SettingPlan.ts"

type Decode = (batch: RecordBatch, output: Output) => DecoderReport

/** In the second-level cache with the columns of it. Units: bytes. */
const pieceBytes = 131_072

const valuesOf = (column: Column): ArrayBufferView =>
  "values" in column ? column.values : column.bytes

const offsetsOf = (column: Column): Int32Array | undefined =>
  column.kind === "text" ? column.offsets : undefined

const pieceOf = (batch: RecordBatch, from: number, until: number): RecordBatch => ({
  ...batch,
  starts: batch.starts.subarray(from, until),
  lengths: batch.lengths.subarray(from, until),
  count: until - from,
  firstRecord: batch.firstRecord + from,
  ...(batch.offsets && { offsets: batch.offsets.subarray(from, until) }),
  ...(batch.numbers && { numbers: batch.numbers.subarray(from, until) }),
})

/** The whole batch where a column's length is only known with all of its values. */
const piecesOf = (decoder: ColumnDecoder, batch: RecordBatch): Iterable<Piece> =>
  batch.count === 0 || decoder.sources.some(({ form }) => form === "utf8")
    ? [{ from: 0, until: batch.count }]
    : pieces(batch, pieceBytes)

const columnsOf = (decoder: ColumnDecoder, batch: RecordBatch, output: Output): ColumnsReport => {
  let places: ReadonlyArray<ColumnAt> | undefined
  const faults: Array<Fault> = []
  const rejected: Array<number> = []
  for (const { from, until } of piecesOf(decoder, batch)) {
    const piece = decoder.decode(pieceOf(batch, from, until))
    const count = until - from
    // Whole bytes a record: a quotient of records would round to a byte beside.
    const before = (array: ArrayBufferView): number =>
      from === 0 ? 0 : (array.byteLength / count) * from
    // Of each column as much as all records have; a whole batch has what it has.
    const all = (array: ArrayBufferView): number =>
      count === batch.count ? array.byteLength : (array.byteLength / count) * batch.count
    places ??= piece.columns.map((column) => ({
      values: output.reserve(all(valuesOf(column))),
      valid: output.reserve(all(column.valid)),
      offsets: output.reserve(offsetsOf(column)?.byteLength ?? 0),
    }))
    piece.columns.forEach((column, index) => {
      const at = places?.[index]
      if (at === undefined) return
      const values = valuesOf(column)
      const offsets = offsetsOf(column)
      output.put(at.values + before(values), values)
      output.put(at.valid + before(column.valid), column.valid)
      if (offsets !== undefined) output.put(at.offsets, offsets)
    })
    // One by one: as arguments of one call they might be too many.
    for (const fault of piece.faults) faults.push(fault)
    for (const index of piece.rejected) rejected.push(from + index)
  }
  return { kind: "columns", columns: places ?? [], count: batch.count, faults, rejected }
}

const makeDecode = (setting: ThreadSetting): Decode => {
  const plan = Result.getOrThrow(SettingPlan.make(setting))
  const { module } = setting
  const kernels = module ? fromModule(module) : TypeScriptKernels.make()
  if (setting.kind === "columns") {
    const decoder = new ColumnDecoder(plan, kernels)
    return (batch, output) => columnsOf(decoder, batch, output)
  }
  const writer = new NdjsonWriter(plan, kernels)
  return (batch, output) => {
    const { rejected, written } = writer.write(batch, (bytes) => output.add(bytes))
    return {
      kind: "ndjson",
      length: output.length,
      written,
      rejected: rejected.map(({ faults, record }) => ({ record, faults: [...faults] })),
    }
  }
}

const answer = (message: DecoderAnswer): void => parentPort?.postMessage(message)

try {
  // Sent by the pool.
  const decode = makeDecode(workerData as ThreadSetting)
  const outputs = new Map<number, Output>()
  parentPort?.on("message", (job: DecoderJob) => {
    const { count, input, slot } = job
    const output = outputs.get(slot) ?? new Output()
    outputs.set(slot, output)
    output.clear()
    try {
      const starts = new Int32Array(input, 0, count)
      const lengths = new Int32Array(input, count * 4, count)
      const report = decode({ ...job, starts, lengths }, output)
      answer({ _tag: "Done", slot, output: output.changed, report })
    } catch (cause) {
      answer({ _tag: "Failed", slot, detail: String(cause) })
    }
  })
  answer({ _tag: "Ready" })
} catch (cause) {
  answer({ _tag: "Unable", detail: String(cause) })
}
