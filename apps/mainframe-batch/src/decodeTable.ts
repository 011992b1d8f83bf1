/** One kind of a day's records as a Parquet file, audited. */
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as FileLineage from "@countersign/copybook/audit/FileLineage"
import { type ColumnBatch, ColumnDecoder } from "@countersign/copybook/columns/ColumnDecoder"
import { ParquetFile } from "@countersign/copybook/columns/ParquetFile"
import type { Fault } from "@countersign/copybook/field/Fault"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { numberOf } from "@countersign/copybook/framing/RecordBatch"
import { recordBatches } from "@countersign/copybook/framing/RecordFile"
import { type Reject, rejectOf } from "@countersign/copybook/framing/Rejects"
import { selectSegments } from "@countersign/copybook/framing/Segments"
import * as KernelFile from "@countersign/copybook/kernels/KernelFile"
import { fromModule } from "@countersign/copybook/kernels/Kernels"
import * as TypeScriptKernels from "@countersign/copybook/kernels/TypeScriptKernels"
import * as RecordPlan from "@countersign/copybook/record/RecordPlan"
import * as ColumnPool from "@countersign/copybook/worker/ColumnPool"
import { Audit } from "@countersign/core/Audit"
import type { Actor } from "@countersign/core/event/AuditEvent"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export interface TableRequest {
  /** The file of records. */
  readonly data: string
  /** Takes records of one kind. */
  readonly plan: FilePlan
  /** The new Parquet file. */
  readonly output: string
  /** Threads that decode. */
  readonly workers: number
  readonly actor: Actor
}

/** The event that says which bytes a table has. */
export const tableWritten = "bank.table.written"

/** The records of a batch without those that were rejected. */
const without = (batch: RecordBatch, rejected: ReadonlySet<number>): RecordBatch => {
  const kept = Array.from({ length: batch.count }, (_, index) => index).filter(
    (index) => !rejected.has(index),
  )
  return {
    ...batch,
    count: kept.length,
    starts: Int32Array.from(kept, (index) => batch.starts[index] ?? 0),
    lengths: Int32Array.from(kept, (index) => batch.lengths[index] ?? 0),
    numbers: Float64Array.from(kept, (index) => numberOf(batch, index)),
  }
}

const rejectsIn = (
  { bytes, lengths, starts, ...batch }: RecordBatch,
  { faults, rejected }: ColumnBatch,
): ReadonlyArray<Reject> => {
  const byRecord = Map.groupBy(faults, ({ record }: Fault) => record)
  return rejected.flatMap((index) => {
    const number = numberOf({ bytes, lengths, starts, ...batch }, index)
    const [first, ...others] = byRecord.get(number) ?? []
    const start = starts[index] ?? 0
    const record = bytes.slice(start, start + (lengths[index] ?? 0))
    return first === undefined ? [] : [rejectOf(record, [first, ...others])]
  })
}

/** Writes a file, and takes its SHA-256 on the way. */
const openOutput = (file: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const handle = fs.openSync(file, "wx")
      const hash = createHash("sha256")
      let size = 0
      return {
        handle,
        write: (bytes: Uint8Array): void => {
          hash.update(bytes)
          size += bytes.length
          for (let at = 0; at < bytes.length; at += fs.writeSync(handle, bytes, at)) continue
        },
        end: () => ({ bytes: size, sha256: hash.digest("hex") }),
      }
    }),
    ({ handle }) => Effect.sync(() => fs.closeSync(handle)),
  )

const decode = Effect.fnUntraced(function* (
  { data, output, plan, workers }: TableRequest,
  lineage: FileLineage.FileLineage,
) {
  const { codec, fields, framer, framing, layout, segments } = plan
  if (segments === undefined) return yield* Effect.die("a table has one kind of records")
  const module = yield* KernelFile.load
  const { codePage, ...options } = codec
  const setting = { layout, codePage: codePage.name, options }
  const pool = yield* ColumnPool.make(
    { ...setting, ...(module === undefined ? {} : { module }) },
    workers,
  )
  // Says what the columns are, and reads a batch anew that has a reject.
  const decoder = new ColumnDecoder(
    yield* Effect.fromResult(RecordPlan.make(layout, codec)),
    module === undefined ? TypeScriptKernels.make() : fromModule(module),
  )
  const parquet = new ParquetFile(decoder.sources)
  const file = yield* openOutput(output)
  const under: Array<RecordBatch> = []
  let rows = 0
  let rejected = 0

  const batches = recordBatches(data, { ...framer, framing, fields, onBytes: lineage.bytes }).pipe(
    Stream.mapEffect((all) => {
      const { batch } = selectSegments(all, segments)
      under.push(batch)
      return Effect.as(lineage.batch(batch.count), batch)
    }),
  )
  const written = pool.using(batches, (columns) => {
    // Columns come in the order of their batches.
    const batch = under.shift()
    if (batch === undefined) return Effect.die("columns without a batch")
    const rejects = rejectsIn(batch, columns)
    const good =
      rejects.length === 0 ? columns : decoder.decode(without(batch, new Set(columns.rejected)))
    file.write(parquet.add(good))
    rows += good.count
    rejected += rejects.length
    return Effect.forEach(rejects, lineage.reject, { discard: true })
  })
  yield* Stream.runDrain(written)
  file.write(parquet.finish())
  return { ...file.end(), rows, rejected }
}, Effect.scoped)

/** Decodes, and has the trail say what was read, what was refused and which bytes came of it. */
export const decodeTable = Effect.fnUntraced(function* (request: TableRequest) {
  const audit = yield* Audit
  const { actor, data, output, plan } = request
  const about = { file: data, other: output, direction: "decode", plan, actor } as const
  const lineage = yield* FileLineage.open({ ...about, format: "parquet" })
  const table = yield* FileLineage.closing(lineage, decode(request, lineage), {
    succeeded: ({ rejected }) => [rejected === 0 ? "success" : "partial"],
    failed: ({ message }) => message,
  })
  yield* audit.record({
    type: tableWritten,
    class: "compliance",
    actor,
    target: [{ id: output, type: "ParquetFile" }],
    outcome: "success",
    data: { from: data, ...table },
  })
  return table
})
