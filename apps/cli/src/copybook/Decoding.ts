/** Decodes a file of records into lines of JSON or CSV. */
import type { FaultLimits } from "@countersign/copybook/record/FaultLog"
import { TooManyFaults } from "@countersign/copybook/record/TooManyFaults"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { framedPieces, recordBatches } from "@countersign/copybook/framing/RecordFile"
import { formatReject, type Reject, rejectOfFraming } from "@countersign/copybook/framing/Rejects"
import { Disk } from "@countersign/core/platform/Disk"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { openInput } from "../input/Input.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { type FileForm, formOf } from "./FileForm.ts"
import { openTarget, type Target } from "./Target.ts"

export interface DecodeRequest {
  /** A file, or `-` for stdin. */
  readonly data: string
  readonly plan: FilePlan
  readonly format: string
  /** A file, or `-` for stdout. */
  readonly output: string
  /** A file for records with faults. */
  readonly rejects: string | undefined
  readonly limits: FaultLimits
  /** Stops after so many records. */
  readonly limit: number
}

export interface DecodeSummary {
  readonly records: number
  readonly written: number
  readonly rejected: number
  readonly bytes: number
  readonly millis: number
  /** Faults by their codes. */
  readonly faults: Readonly<Record<string, number>>
  /** The first fault in words. */
  readonly first: string | undefined
}

/** Counts rejects, keeps the first, and says when there are too many. */
class RejectLog {
  readonly byCode = new Map<string, number>()
  records = 0
  first: string | undefined
  readonly #max: number

  constructor({ mode, recordsMax = Number.POSITIVE_INFINITY }: FaultLimits) {
    this.#max = mode === "strict" ? 0 : recordsMax
  }

  add({ faults, record }: Reject): void {
    this.records += 1
    this.first ??= `record ${record}: ${faults[0]?.message ?? ""}`
    for (const { code } of faults) this.byCode.set(code, (this.byCode.get(code) ?? 0) + 1)
  }

  /** Rejects that are still allowed. */
  get left(): number {
    return Math.max(0, this.#max - this.records)
  }

  get isFull(): boolean {
    return this.records > this.#max
  }

  get error(): TooManyFaults {
    const { first = "", records } = this
    return new TooManyFaults({ records, recordsMax: this.#max, last: first })
  }
}

const batchesOf = Effect.fnUntraced(function* (
  { data, limits, plan }: DecodeRequest,
  onReject: (reject: Reject) => void,
  onBytes: (bytes: Uint8Array) => void,
) {
  const options = {
    ...plan.framer,
    framing: plan.framing,
    fields: plan.fields,
    onBytes,
    ...(limits.mode === "strict"
      ? {}
      : {
          onFaults: (faults: ReadonlyArray<Parameters<typeof rejectOfFraming>[0]>) =>
            Effect.sync(() => {
              for (const fault of faults) onReject(rejectOfFraming(fault))
            }),
        }),
  }
  // Opened here as well, so that a name that leads nowhere is said before anything is written.
  const input = yield* openInput(data)
  if (data === "-") {
    const batches = framedPieces("stdin", input.chunks, options)
    return { batches, sizeBytes: undefined }
  }
  return { batches: recordBatches(data, options), sizeBytes: input.sizeBytes }
})

const limited = (batch: RecordBatch, left: number): RecordBatch =>
  batch.count <= left ? batch : { ...batch, count: left }

interface Progress {
  records: number
  written: number
  bytes: number
}

/** Takes a batch; `false` where the file needs no more of them. */
const takeBatch = (
  batch: RecordBatch,
  form: FileForm,
  log: RejectLog,
  onReject: (reject: Reject) => void,
  progress: Progress,
): { readonly bytes: string | Uint8Array } => {
  progress.records += batch.count
  const { bytes, rejects, written } = form.add(batch, log.left)
  progress.written += written
  for (const reject of rejects) {
    onReject(reject)
    if (log.isFull) break
  }
  return { bytes }
}

/** Reads, decodes and writes everything. */
export const decodeFile = Effect.fnUntraced(function* (request: DecodeRequest) {
  const { limit, limits, output, plan, rejects: rejectsFile } = request
  const clock = yield* Clock.clockWith(Effect.succeed)
  const from = clock.currentTimeMillisUnsafe()
  yield* Disk
  const form = yield* formOf(request.format, plan)
  const log = new RejectLog(limits)
  const progress: Progress = { records: 0, written: 0, bytes: 0 }
  let waiting = ""
  const onReject = (reject: Reject): void => {
    log.add(reject)
    if (rejectsFile !== undefined) waiting += formatReject(reject)
  }
  const { batches, sizeBytes } = yield* batchesOf(request, onReject, (bytes) => {
    progress.bytes += bytes.byteLength
  })
  const target = yield* openTarget(output, "--output")
  const rejects: Target | undefined =
    rejectsFile === undefined ? undefined : yield* openTarget(rejectsFile, "--rejects")
  const writeRejects = Effect.suspend(() => {
    const lines = waiting
    waiting = ""
    return rejects === undefined ? Effect.void : Effect.asVoid(rejects.write(lines))
  })
  const bar = new ProgressBar(process.stderr, "decoding", () => clock.currentTimeMillisUnsafe())
  // Both files get their names where the limit ends it: what was decoded before stays good.
  const finish = Effect.gen(function* () {
    yield* writeRejects
    yield* target.finish
    if (rejects !== undefined) yield* rejects.finish
  })
  yield* batches.pipe(
    Stream.mapEffect((batch) =>
      Effect.gen(function* () {
        const left = limited(batch, limit - progress.records)
        const { bytes } = takeBatch(left, form, log, onReject, progress)
        const isRead = yield* target.write(bytes)
        yield* writeRejects
        bar.update(
          progress.records,
          sizeBytes === undefined ? undefined : progress.bytes / Math.max(1, sizeBytes),
        )
        if (log.isFull) return yield* log.error
        return isRead && progress.records < limit
      }),
    ),
    Stream.takeWhile((goesOn) => goesOn),
    Stream.runDrain,
    Effect.ensuring(Effect.sync(() => bar.clear())),
    Effect.tapError(() => Effect.ignore(finish)),
  )
  const last = form.finish()
  for (const reject of last.rejects) onReject(reject)
  yield* target.write(last.bytes)
  yield* finish
  if (log.isFull) return yield* log.error
  const summary: DecodeSummary = {
    records: progress.records,
    written: progress.written + last.written,
    rejected: log.records,
    bytes: progress.bytes,
    millis: clock.currentTimeMillisUnsafe() - from,
    faults: Object.fromEntries(log.byCode),
    first: log.first,
  }
  return summary
}, Effect.scoped)
