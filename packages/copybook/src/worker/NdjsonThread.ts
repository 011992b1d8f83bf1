/**
 * A thread that writes the lines of batches.
 *
 * @since 0.1.0
 */
import { parentPort, workerData } from "node:worker_threads"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { NdjsonWriter } from "../columns/NdjsonWriter.ts"
import { fromModule } from "../kernels/Kernels.ts"
import * as TypeScriptKernels from "../kernels/TypeScriptKernels.ts"
import * as RecordPlan from "../record/RecordPlan.ts"
import type { NdjsonAnswer, NdjsonJob, NdjsonLines, NdjsonSetting } from "./NdjsonJob.ts"

const makeWriter = ({ codePage: name, layout, module, options }: NdjsonSetting): NdjsonWriter => {
  const page = Result.getOrThrow(codePage(name))
  const plan = Result.getOrThrow(RecordPlan.make(layout, { ...options, codePage: page }))
  return new NdjsonWriter(plan, module ? fromModule(module) : TypeScriptKernels.make())
}

const linesOf = (writer: NdjsonWriter, job: NdjsonJob): NdjsonLines => {
  const chunks: Array<Uint8Array> = []
  const { rejected, written } = writer.write(job, (bytes) => chunks.push(bytes.slice()))
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return {
    bytes,
    written,
    rejected: rejected.map(({ faults, record }) => ({ record, faults: [...faults] })),
  }
}

const answer = (message: NdjsonAnswer): void => {
  const transfer = message._tag === "Lines" ? [message.lines.bytes.buffer as ArrayBuffer] : []
  parentPort?.postMessage(message, transfer)
}

try {
  // Sent by the pool.
  const writer = makeWriter(workerData as NdjsonSetting)
  parentPort?.on("message", (job: NdjsonJob) => {
    try {
      answer({ _tag: "Lines", lines: linesOf(writer, job) })
    } catch (cause) {
      answer({ _tag: "Failed", detail: String(cause) })
    }
  })
  answer({ _tag: "Ready" })
} catch (cause) {
  answer({ _tag: "Failed", detail: String(cause) })
}
