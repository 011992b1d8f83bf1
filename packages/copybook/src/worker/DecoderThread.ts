/**
 * A thread that decodes batches.
 *
 * @since 0.1.0
 */
import { parentPort, workerData } from "node:worker_threads"
import * as Result from "effect/Result"
import { ColumnDecoder } from "../columns/ColumnDecoder.ts"
import { NdjsonWriter } from "../columns/NdjsonWriter.ts"
import type { RecordBatch } from "../framing/RecordBatch.ts"
import { fromModule } from "../kernels/Kernels.ts"
import * as TypeScriptKernels from "../kernels/TypeScriptKernels.ts"
import type { DecoderAnswer, DecoderJob, DecoderReport, ThreadSetting } from "./DecoderJob.ts"
import { Output } from "./Output.ts"
import * as SettingPlan from "./SettingPlan.ts"

type Decode = (batch: RecordBatch, output: Output) => DecoderReport

const makeDecode = (setting: ThreadSetting): Decode => {
  const plan = Result.getOrThrow(SettingPlan.make(setting))
  const { module } = setting
  const kernels = module ? fromModule(module) : TypeScriptKernels.make()
  if (setting.kind === "columns") {
    const decoder = new ColumnDecoder(plan, kernels)
    return (batch, output) => {
      const { columns, count, faults, rejected } = decoder.decode(batch)
      const places = columns.map((column) => ({
        values: output.place("values" in column ? column.values : column.bytes),
        valid: output.place(column.valid),
        offsets:
          column.kind === "text" && column.offsets !== undefined
            ? output.place(column.offsets)
            : -1,
      }))
      return { kind: "columns", columns: places, count, faults, rejected }
    }
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
