/** Reads a file of records to its end, and says what is wrong with it; nothing is written. */
import * as FileDigest from "@countersign/copybook/audit/FileDigest"
import { NdjsonWriter } from "@countersign/copybook/columns/NdjsonWriter"
import * as FileDecoder from "@countersign/copybook/file/FileDecoder"
import * as RecordLines from "@countersign/copybook/file/RecordLines"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import { numberOf, type RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import type { Reject } from "@countersign/copybook/framing/Rejects"
import { TooManyFaults } from "@countersign/copybook/record/TooManyFaults"
import * as RecordPlan from "@countersign/copybook/record/RecordPlan"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { ProgressBar } from "../terminal/ProgressBar.ts"
import type { CheckReport, Kind } from "./CheckReport.ts"
import { batchesOf } from "./Decoding.ts"
import { isPlain, kernels, rejectsOf } from "./FileForm.ts"
import { maskFor, RejectLog, RejectSink } from "./Rejecting.ts"
import { makeRoundTrip, type RoundTrip } from "./RoundTrip.ts"
import { watchSelection } from "./Selection.ts"

export interface CheckRequest {
  /** A file, or `-` for stdin. */
  readonly data: string
  readonly plan: FilePlan
  /** Whether each record is encoded again. */
  readonly roundTrips: boolean
  /** Rejects behind which it ends. */
  readonly errorsMax: number | undefined
  /** Rejects that the report has. */
  readonly shown: number
  readonly isMasked: boolean
}

/** Says which records of a batch are no good. */
interface Check {
  readonly add: (batch: RecordBatch) => ReadonlyArray<Reject>
  readonly kinds: () => ReadonlyArray<Kind>
  passedOver: number
}

/** Decodes every record by itself, which tells kinds apart. */
class RecordCheck implements Check {
  passedOver = 0
  readonly #decoder: FileDecoder.FileDecoder
  readonly #roundTrip: RoundTrip | undefined
  readonly #family: RecordLines.RecordLines | undefined
  readonly #kinds = new Map<string, { -readonly [Key in keyof Kind]: Kind[Key] }>()

  constructor(
    decoder: FileDecoder.FileDecoder,
    roundTrip: RoundTrip | undefined,
    family: RecordLines.RecordLines | undefined,
  ) {
    this.#decoder = decoder
    this.#family = family
    this.#roundTrip = roundTrip
  }

  add(batch: RecordBatch): ReadonlyArray<Reject> {
    const records = this.#decoder.decode(batch)
    this.passedOver += batch.count - records.length
    let index = 0
    for (const one of records) {
      this.#count(one)
      while (numberOf(batch, index) < one.record) index += 1
      if (one.reject === undefined) this.#roundTrip?.add(batch, index, one)
    }
    const rejects = records.flatMap(({ reject }) => (reject === undefined ? [] : [reject]))
    if (this.#family === undefined) return rejects
    // Written for nobody: it tells which children have no parent.
    this.#family.add(records)
    return [...rejects, ...this.#family.takeRejects()]
  }

  #count({ reject, segment, view }: FileDecoder.FileRecord): void {
    if (this.#decoder.plan.segments === undefined) return
    const key = segment === undefined ? "" : `=${segment}`
    const none = { segment: segment ?? null, view: view ?? null, records: 0, rejected: 0 }
    const kind = this.#kinds.get(key) ?? none
    kind.records += 1
    if (reject !== undefined) kind.rejected += 1
    this.#kinds.set(key, kind)
  }

  kinds(): ReadonlyArray<Kind> {
    return [...this.#kinds.values()]
  }
}

const checkOf = Effect.fnUntraced(function* (plan: FilePlan, roundTrip: RoundTrip | undefined) {
  if (!isPlain(plan)) {
    const decoder = yield* Effect.fromResult(FileDecoder.make(plan))
    const hasFamily = plan.settings.segments?.children !== undefined
    const family = hasFamily ? yield* Effect.fromResult(RecordLines.make(plan)) : undefined
    return new RecordCheck(decoder, roundTrip, family)
  }
  const recordPlan = yield* Effect.fromResult(RecordPlan.make(plan.layout, plan.codec))
  const writer = new NdjsonWriter(recordPlan, yield* kernels)
  const check: Check = {
    passedOver: 0,
    kinds: () => [],
    // The lines themselves are looked at by nobody.
    add: (batch) => rejectsOf(batch, writer.write(batch, () => undefined).rejected),
  }
  return check
})

const inOrder = (one: Reject, other: Reject): number =>
  one.record - other.record || one.fileOffset - other.fileOffset

/** Keeps those that come first in the file: faults of framing are told before the records beside them. */
const keeping = (first: Array<Reject>, most: number) => ({
  reject: (reject: Reject) =>
    Effect.sync(() => {
      const last = first.at(-1)
      if (first.length >= most && (last === undefined || inOrder(last, reject) <= 0)) return
      first.push(reject)
      first.sort(inOrder)
      if (first.length > most) first.pop()
    }),
})

const about = (data: string, { codec, framing, layout }: FilePlan) => ({
  file: data,
  layout: layout.name,
  fingerprint: layout.fingerprint,
  codePage: codec.codePage.name,
  framing: framing.kind,
})

const tripOf = (roundTrip: RoundTrip | undefined) => {
  if (roundTrip === undefined) return {}
  const { differing, first, records } = roundTrip
  return { roundTrip: { records, differing, first } }
}

/** Goes on behind every fault that it can go on behind. */
const limitsOf = (errorsMax: number | undefined) => ({
  mode: "lenient" as const,
  ...(errorsMax === undefined ? {} : { recordsMax: errorsMax }),
})

export const checkFile = Effect.fnUntraced(function* (request: CheckRequest) {
  const { data, errorsMax, isMasked, roundTrips, shown } = request
  const clock = yield* Clock.clockWith(Effect.succeed)
  const from = clock.currentTimeMillisUnsafe()
  const codec = roundTrips ? { ...request.plan.codec, metadata: true } : request.plan.codec
  const { missing, plan } = watchSelection({ ...request.plan, codec })
  const roundTrip = roundTrips
    ? yield* Effect.fromResult(makeRoundTrip(plan, shown, isMasked))
    : undefined
  const check = yield* checkOf(plan, roundTrip)
  const limits = limitsOf(errorsMax)
  const log = new RejectLog(limits)
  const first: Array<Reject> = []
  const rejects = new RejectSink(
    log,
    undefined,
    keeping(first, shown),
    maskFor(plan.layout, isMasked),
  )
  const digest = yield* FileDigest.make
  let [bytes, records, bad] = [0, 0, 0]
  const seen = (piece: Uint8Array): void => {
    bytes += piece.byteLength
    digest.update(piece)
  }
  const { batches, sizeBytes } = yield* batchesOf({ data, limits, plan }, rejects, seen, true)
  const bar = new ProgressBar(process.stderr, "verifying", () => clock.currentTimeMillisUnsafe())
  const isWhole = yield* batches.pipe(
    Stream.runForEach((whole) =>
      Effect.suspend(() => {
        const batch = rejects.limit(whole)
        const found = check.add(batch)
        records += batch.count
        bad += found.length
        for (const reject of found) rejects.add(reject)
        const part = sizeBytes === undefined ? undefined : bytes / Math.max(1, sizeBytes)
        bar.update(records, part, { bytes, faults: log.records })
        const over = rejects.isOver(found) || batch.count < whole.count
        return Effect.andThen(rejects.flush, over ? Effect.fail(log.error) : digest.room)
      }),
    ),
    Effect.andThen(Effect.suspend(() => (log.isFull ? Effect.fail(log.error) : Effect.void))),
    Effect.as(true),
    Effect.catchIf(
      (error) => error instanceof TooManyFaults,
      () => Effect.succeed(false),
    ),
    Effect.ensuring(Effect.sync(() => bar.clear())),
  )
  const { sha256 } = yield* digest.finish
  const report: CheckReport = {
    ...about(data, plan),
    bytes,
    sha256: isWhole ? sha256 : null,
    isWhole,
    records,
    good: records - check.passedOver - bad,
    rejected: log.records,
    passedOver: check.passedOver,
    kinds: check.kinds(),
    missing: missing(),
    faults: Object.fromEntries(log.byCode),
    first: first.map((each) => ({ ...each, bytes: Buffer.from(each.bytes).toString("hex") })),
    ...tripOf(roundTrip),
    millis: clock.currentTimeMillisUnsafe() - from,
  }
  return report
}, Effect.scoped)
