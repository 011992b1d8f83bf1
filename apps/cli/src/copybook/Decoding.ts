/** Decodes a file of records into lines of JSON or CSV. */
import type { FaultLimits } from "@countersign/copybook/record/FaultLog"
import { TooManyFaults } from "@countersign/copybook/record/TooManyFaults"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { framedPieces, recordBatches } from "@countersign/copybook/framing/RecordFile"
import { formatReject, type Reject, rejectOfFraming } from "@countersign/copybook/framing/Rejects"
import * as FileLineage from "@countersign/copybook/audit/FileLineage"
import * as KernelFile from "@countersign/copybook/kernels/KernelFile"
import * as NdjsonPool from "@countersign/copybook/worker/NdjsonPool"
import type { WorkerFailed } from "@countersign/copybook/worker/WorkerFailed"
import { Disk, DiskError } from "@countersign/core/platform/Disk"
import type { Actor } from "@countersign/core/event/AuditEvent"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { openInput } from "../input/Input.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { type FileForm, type Format, type Formed, formOf, isPlain, rejectsOf } from "./FileForm.ts"
import { openTarget, type Target } from "./Target.ts"

export interface DecodeRequest {
  /** A file, or `-` for stdin. */
  readonly data: string
  readonly plan: FilePlan
  readonly format: Format
  /** Threads that write lines. */
  readonly workers: number
  /** A file, or `-` for stdout. */
  readonly output: string
  /** A file for records with faults. */
  readonly rejects: string | undefined
  readonly limits: FaultLimits
  /** Stops after so many records. */
  readonly limit: number
  readonly lineage: FileLineage.FileLineage | undefined
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
  last = ""
  readonly #max: number

  constructor({ mode, recordsMax = Number.POSITIVE_INFINITY }: FaultLimits) {
    this.#max = mode === "strict" ? 0 : recordsMax
  }

  add({ faults, fileOffset, record }: Reject): void {
    this.records += 1
    this.last = `record ${record} at byte ${fileOffset}: ${faults[0]?.message ?? ""}`
    this.first ??= this.last
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
    const { last, records } = this
    return new TooManyFaults({ records, recordsMax: this.#max, last })
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
  if (data === "-") {
    const input = yield* openInput(data)
    return { batches: framedPieces("stdin", input.chunks, options), sizeBytes: undefined }
  }
  const disk = yield* Disk
  const status = yield* disk.status(data)
  if (status === undefined || status.isDirectory) {
    const [errno, detail] =
      status === undefined
        ? ["ENOENT", "no such file or directory"]
        : ["EISDIR", "it is a directory"]
    return yield* new DiskError({ call: "read", path: data, errno, detail })
  }
  return { batches: recordBatches(data, options), sizeBytes: status.sizeBytes }
})

const limited = (batch: RecordBatch, left: number): RecordBatch =>
  batch.count <= left ? batch : { ...batch, count: left }

interface Progress {
  records: number
  written: number
  bytes: number
}

type Stage = <E, R>(
  batches: Stream.Stream<RecordBatch, E, R>,
) => Stream.Stream<readonly [RecordBatch, Formed], E | WorkerFailed, R>

/** Threads write the lines; a batch that ends the file is decoded anew, to end at its reject. */
const pooled = Effect.fnUntraced(function* (
  { plan, workers }: DecodeRequest,
  form: FileForm,
  log: RejectLog,
): Effect.fn.Return<Stage, WorkerFailed, Disk | Scope.Scope> {
  const { codePage, ...options } = plan.codec
  const module = yield* KernelFile.load
  const pool = yield* NdjsonPool.make(
    {
      layout: plan.layout,
      codePage: codePage.name,
      options,
      ...(module === undefined ? {} : { module }),
    },
    workers,
  )
  return (batches) => {
    const under: Array<RecordBatch> = []
    const noted = Stream.map(batches, (batch) => {
      under.push(batch)
      return batch
    })
    return Stream.map(pool.lines(noted), ({ bytes, rejected, written }) => {
      // Lines come in the order of their batches.
      const batch = under.shift()
      if (batch === undefined) throw new Error("lines without a batch")
      const rejects = rejectsOf(batch, rejected)
      return rejects.length > log.left
        ? ([batch, form.add(batch, log.left)] as const)
        : ([batch, { bytes, rejects, written }] as const)
    })
  }
})

const alone =
  (form: FileForm, log: RejectLog): Stage =>
  (batches) =>
    Stream.map(batches, (batch) => [batch, form.add(batch, log.left)] as const)

/** Overrides of fields can't be sent to a thread with code pages of their own. */
const canPool = ({ format, plan, workers }: DecodeRequest): boolean =>
  workers > 1 &&
  format === "ndjson" &&
  isPlain(plan) &&
  plan.settings.newline === undefined &&
  plan.settings.controls === undefined &&
  Object.values(plan.codec.fields ?? {}).every((each) => each.codePage === undefined)

/** Where rejects go: into the log, the file of rejects and the trail. */
class RejectSink {
  readonly log: RejectLog
  readonly #target: Target | undefined
  readonly #lineage: FileLineage.FileLineage | undefined
  #waiting: Array<Reject> = []

  constructor(
    log: RejectLog,
    target: Target | undefined,
    lineage: FileLineage.FileLineage | undefined,
  ) {
    this.log = log
    this.#target = target
    this.#lineage = lineage
  }

  add(reject: Reject): void {
    if (this.log.isFull) return
    this.log.add(reject)
    this.#waiting.push(reject)
  }

  get flush() {
    return Effect.suspend(() => {
      const rejects = this.#waiting
      this.#waiting = []
      const lines = rejects.map(formatReject).join("")
      const written = this.#target === undefined ? Effect.void : this.#target.write(lines)
      const lineage = this.#lineage
      if (lineage === undefined) return Effect.asVoid(written)
      return Effect.andThen(
        written,
        Effect.forEach(rejects, (each) => lineage.reject(each), { discard: true }),
      )
    })
  }
}

interface Progress {
  records: number
  written: number
  bytes: number
}

/**
 * What was decoded before a fault stays, as a whole file. Where the disk failed or a thread ended
 * instead, nobody knows what is missing.
 */
const endEarly = <E, R>(
  tag: string,
  form: FileForm,
  target: Target,
  finish: Effect.Effect<void, E, R>,
) =>
  tag === "TooManyFaults" || tag === "FramingFailed"
    ? Effect.ignore(Effect.andThen(target.write(form.cutShort?.() ?? ""), finish))
    : Effect.void

/** Reads, decodes and writes everything. */
export const decodeFile = Effect.fnUntraced(function* (request: DecodeRequest) {
  const { lineage, limit, limits, output, rejects: rejectsFile } = request
  const clock = yield* Clock.clockWith(Effect.succeed)
  const from = clock.currentTimeMillisUnsafe()
  const form = yield* formOf(request.format, request.plan)
  const log = new RejectLog(limits)
  const progress: Progress = { records: 0, written: 0, bytes: 0 }
  const target = yield* openTarget(output, "--output")
  const rejectsTarget =
    rejectsFile === undefined ? undefined : yield* openTarget(rejectsFile, "--rejects")
  const rejects = new RejectSink(log, rejectsTarget, lineage)
  const { batches, sizeBytes } = yield* batchesOf(
    request,
    (reject) => rejects.add(reject),
    (bytes) => {
      progress.bytes += bytes.byteLength
      lineage?.bytes(bytes)
    },
  )
  const stage = canPool(request) ? yield* pooled(request, form, log) : alone(form, log)
  const bar = new ProgressBar(process.stderr, "decoding", () => clock.currentTimeMillisUnsafe())
  const finish = Effect.gen(function* () {
    yield* rejects.flush
    yield* target.finish
    if (rejectsTarget !== undefined) yield* rejectsTarget.finish
  })
  const put = Effect.fnUntraced(function* (formed: Formed) {
    progress.written += formed.written
    for (const reject of formed.rejects) rejects.add(reject)
    const isRead = yield* target.write(formed.bytes)
    yield* rejects.flush
    if (log.isFull) return yield* log.error
    return isRead
  })
  let framed = 0
  const wanted = Stream.takeWhile(
    Stream.map(batches, (batch) => {
      const left = limited(batch, limit - framed)
      framed += left.count
      return left
    }),
    ({ count }) => count > 0,
  )
  yield* stage(wanted).pipe(
    Stream.mapEffect(([batch, formed]) => {
      progress.records += batch.count
      const part = sizeBytes === undefined ? undefined : progress.bytes / Math.max(1, sizeBytes)
      bar.update(progress.records, part)
      const told = lineage?.batch(batch.count) ?? Effect.void
      return Effect.andThen(told, put(formed))
    }),
    Stream.takeWhile((isRead) => isRead && progress.records < limit),
    Stream.runDrain,
    Effect.andThen(Effect.suspend(() => put(form.finish()))),
    Effect.ensuring(Effect.sync(() => bar.clear())),
    Effect.tapError(({ _tag }) => endEarly(_tag, form, target, finish)),
  )
  yield* finish
  const summary: DecodeSummary = {
    records: progress.records,
    written: progress.written,
    rejected: log.records,
    bytes: progress.bytes,
    millis: clock.currentTimeMillisUnsafe() - from,
    faults: Object.fromEntries(log.byCode),
    first: log.first,
  }
  return summary
}, Effect.scoped)

/** The same between the opening and the closing record of the file's lineage. */
export const decodeAudited = Effect.fnUntraced(function* (
  request: Omit<DecodeRequest, "lineage">,
  actor: Actor,
) {
  const { data, format, output, plan } = request
  const lineage = yield* FileLineage.open({
    file: data,
    other: output,
    direction: "decode",
    plan,
    actor,
    format,
  })
  return yield* decodeFile({ ...request, lineage }).pipe(
    Effect.tapError((error) => lineage.close("failure", error.message)),
    Effect.tap(({ rejected }) => lineage.close(rejected === 0 ? "success" : "partial")),
  )
})
