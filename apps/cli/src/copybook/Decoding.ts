/** Decodes a file of records into lines of JSON or CSV. */
import * as path from "node:path"
import type { FaultLimits } from "@countersign/copybook/record/FaultLog"
import type { TooManyFaults } from "@countersign/copybook/record/TooManyFaults"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import type { FramingFault } from "@countersign/copybook/framing/FramingFault"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { framedPieces, recordBatches } from "@countersign/copybook/framing/RecordFile"
import * as FileLineage from "@countersign/copybook/audit/FileLineage"
import * as KernelFile from "@countersign/copybook/kernels/KernelFile"
import * as NdjsonPool from "@countersign/copybook/worker/NdjsonPool"
import type { WorkerFailed } from "@countersign/copybook/worker/WorkerFailed"
import { Disk, DiskError } from "@countersign/core/platform/Disk"
import type { RecordError } from "@countersign/core/Audit"
import type { Actor } from "@countersign/core/event/AuditEvent"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Input, openInput } from "../input/Input.ts"
import { UsageError } from "../terminal/Failure.ts"
import type { OutputFailed } from "../terminal/Output.ts"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import { hintCompressed } from "./Compressed.ts"
import { type FileForm, type Format, type Formed, formOf, isPlain, rejectsOf } from "./FileForm.ts"
import { maskFor, RejectLog, RejectSink, trailReason } from "./Rejecting.ts"
import { watchSelection } from "./Selection.ts"
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
  /** Whether rejects, and what is said of them, are without the bytes of sensitive fields. */
  readonly isMasked: boolean
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
  /** Ids of segments that were asked for and that no record has. */
  readonly missing: ReadonlyArray<string>
}

/** A pipe brings 64 KiB at a time. Together they make fewer batches, if they come soon. */
const gathered = ({ chunks }: Input, isOneByOne: boolean): Stream.Stream<Uint8Array, DiskError> => {
  const memory = Buffer.alloc(isOneByOne ? 16 * 64 * 1024 : 0)
  return Stream.map(Stream.groupedWithin(chunks, 16, "20 millis"), (some) => {
    const length = some.reduce((sum, chunk) => sum + chunk.length, 0)
    if (length > memory.length) return Buffer.concat(some)
    let at = 0
    for (const chunk of some) at += chunk.copy(memory, at)
    return memory.subarray(0, at)
  })
}

/**
 * The batches of a file, or of stdin for `-`.
 *
 * @param isOneByOne whether a batch is done with when the next is asked for
 */
export const batchesOf = Effect.fnUntraced(function* (
  { data, limits, plan }: Pick<DecodeRequest, "data" | "limits" | "plan">,
  rejects: RejectSink,
  onBytes: (bytes: Uint8Array) => void,
  isOneByOne: boolean,
) {
  const options = {
    ...plan.framer,
    framing: plan.framing,
    fields: plan.fields,
    onBytes,
    reusesMemory: isOneByOne,
    ...(limits.mode === "strict"
      ? {}
      : { onFaults: (faults: ReadonlyArray<FramingFault>) => rejects.framing(faults) }),
  }
  if (data === "-") {
    const input = yield* openInput(data)
    return {
      batches: framedPieces("stdin", gathered(input, isOneByOne), options),
      sizeBytes: undefined,
    }
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
  yield* hintCompressed(data)
  return { batches: recordBatches(data, options), sizeBytes: status.sizeBytes }
})

const limited = (batch: RecordBatch, left: number): RecordBatch =>
  batch.count <= left ? batch : { ...batch, count: left }

/** What becomes of a batch, before the next one. `false` once nobody reads any more. */
type Use<E> = (batch: RecordBatch, formed: Formed) => Effect.Effect<boolean, E>

type Stage = <E, R, E2>(
  batches: Stream.Stream<RecordBatch, E, R>,
  use: Use<E2>,
) => Stream.Stream<boolean, E | E2 | WorkerFailed, R>

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
  return (batches, use) => {
    const under: Array<RecordBatch> = []
    const noted = Stream.map(batches, (batch) => {
      under.push(batch)
      return batch
    })
    return pool.using(noted, ({ bytes, rejected, written }) => {
      // Lines come in the order of their batches.
      const batch = under.shift()
      if (batch === undefined) return Effect.die(new Error("lines without a batch"))
      const rejects = rejectsOf(batch, rejected)
      return use(
        batch,
        rejects.length > log.left ? form.add(batch, log.left) : { bytes, rejects, written },
      )
    })
  }
})

const alone =
  (form: FileForm, log: RejectLog): Stage =>
  (batches, use) =>
    Stream.mapEffect(batches, (batch) => use(batch, form.add(batch, log.left)))

/** Overrides of fields can't be sent to a thread with code pages of their own. */
const canPool = ({ format, plan, workers }: DecodeRequest): boolean =>
  workers > 1 &&
  format === "ndjson" &&
  isPlain(plan) &&
  plan.settings.newline === undefined &&
  plan.settings.controls === undefined &&
  Object.values(plan.codec.fields ?? {}).every((each) => each.codePage === undefined)

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

const sameFile = (one: string, other: string): boolean =>
  one === other || (one !== "-" && other !== "-" && path.resolve(one) === path.resolve(other))

/** Opens what is written to. Two streams of lines can't go to one place. */
const openTargets = Effect.fnUntraced(function* ({ output, rejects }: DecodeRequest) {
  if (rejects !== undefined && sameFile(output, rejects)) {
    const place = output === "-" ? "stdout" : `${output}, and so`
    const detail = `${place} has the records already: name another file`
    return yield* new UsageError({ parameter: "--rejects", detail })
  }
  const target = yield* openTarget(output, "--output")
  return {
    target,
    rejectsTarget:
      // It has the bytes of records, and nobody asked for those to be shown.
      rejects === undefined ? undefined : yield* openTarget(rejects, "--rejects", 0o600),
  }
})

/** Reads, decodes and writes everything. */
export const decodeFile = Effect.fnUntraced(function* (given: DecodeRequest) {
  const { missing, plan } = watchSelection(given.plan)
  const request = { ...given, plan }
  const { isMasked, lineage, limit, limits } = request
  const clock = yield* Clock.clockWith(Effect.succeed)
  const from = clock.currentTimeMillisUnsafe()
  const form = yield* formOf(request.format, plan)
  const log = new RejectLog(limits)
  const progress: Progress = { records: 0, written: 0, bytes: 0 }
  const { rejectsTarget, target } = yield* openTargets(request)
  const rejects = new RejectSink(log, rejectsTarget, lineage, maskFor(plan.layout, isMasked))
  const isPooled = canPool(request)
  const seen = (bytes: Uint8Array): void => {
    progress.bytes += bytes.byteLength
    lineage?.bytes(bytes)
  }
  const { batches, sizeBytes } = yield* batchesOf(request, rejects, seen, !isPooled)
  const stage = isPooled ? yield* pooled(request, form, log) : alone(form, log)
  const bar = new ProgressBar(process.stderr, "decoding", () => clock.currentTimeMillisUnsafe())
  const finish = Effect.gen(function* () {
    yield* rejects.flush
    yield* target.finish
    if (rejectsTarget !== undefined) yield* rejectsTarget.finish
  })
  const put = Effect.fnUntraced(function* (formed: Formed, isLast: boolean) {
    progress.written += formed.written
    for (const reject of formed.rejects) rejects.add(reject)
    const isRead = yield* target.write(formed.bytes)
    yield* rejects.flush
    if (isLast ? log.isFull : rejects.isOver(formed.rejects)) return yield* log.error
    return isRead
  })
  let framed = 0
  const wanted = Stream.takeWhile(
    Stream.map(batches, (batch) => {
      const left = limited(rejects.limit(batch), limit - framed)
      framed += left.count
      return left
    }),
    ({ count }) => count > 0,
  )
  const use: Use<DiskError | OutputFailed | RecordError | TooManyFaults> = (batch, formed) => {
    progress.records += batch.count
    const { bytes, records } = progress
    bar.update(records, sizeBytes === undefined ? undefined : bytes / Math.max(1, sizeBytes), {
      bytes,
      faults: log.records,
    })
    return Effect.andThen(lineage?.batch(batch.count) ?? Effect.void, put(formed, false))
  }
  yield* stage(wanted, use).pipe(
    Stream.takeWhile((isRead) => isRead && progress.records < limit),
    Stream.runDrain,
    Effect.andThen(Effect.suspend(() => put(form.finish(), true))),
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
    missing: missing(),
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
  return yield* FileLineage.closing(lineage, decodeFile({ ...request, lineage }), {
    succeeded: ({ records, rejected }) =>
      records >= request.limit
        ? ["partial", `ended behind ${records} records, as asked`]
        : [rejected === 0 ? "success" : "partial"],
    failed: trailReason,
  })
})
