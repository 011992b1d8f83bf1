/** What becomes of records with faults: counted, written to the rejects file and told to the trail. */
import type { FileLineage } from "@countersign/copybook/audit/FileLineage"
import { maskFraming, maskReject } from "@countersign/copybook/audit/MaskedFault"
import { type SensitiveField, sensitiveFields } from "@countersign/copybook/audit/SensitiveFields"
import { FramingFailed } from "@countersign/copybook/framing/FramingFailed"
import type { FramingFault } from "@countersign/copybook/framing/FramingFault"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import { formatReject, type Reject, rejectOfFraming } from "@countersign/copybook/framing/Rejects"
import type { Field, Layout } from "@countersign/copybook/layout/Layout"
import { everyField, fieldAt, tablesOf } from "@countersign/copybook/layout/LayoutTree"
import type { FaultLimits } from "@countersign/copybook/record/FaultLog"
import { TooManyFaults } from "@countersign/copybook/record/TooManyFaults"
import type { RecordError } from "@countersign/core/Audit"
import type { DiskError } from "@countersign/core/platform/Disk"
import * as Effect from "effect/Effect"
import type { OutputFailed } from "../terminal/Output.ts"
import { LineRefused } from "./LineRefused.ts"
import type { Target } from "./Target.ts"

/** A fault with its code, which messages about fields have already. */
const faultText = ({ code, message }: Reject["faults"][number]): string =>
  message.startsWith(code) ? message : `${code}: ${message}`

/** Counts rejects, keeps the first, and says when there are too many. */
export class RejectLog {
  readonly byCode = new Map<string, number>()
  records = 0
  first: string | undefined
  last = ""
  #firstRecord = Number.POSITIVE_INFINITY
  readonly #max: number

  constructor({ mode, recordsMax = Number.POSITIVE_INFINITY }: FaultLimits) {
    this.#max = mode === "strict" ? 0 : recordsMax
  }

  add({ faults, fileOffset, record }: Reject): void {
    this.records += 1
    const [fault] = faults
    this.last = `record ${record} at byte ${fileOffset}: ${fault === undefined ? "" : faultText(fault)}`
    // Faults of framing are told before the records beside them.
    if (record < this.#firstRecord) {
      this.#firstRecord = record
      this.first = this.last
    }
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

type Unwritten = DiskError | OutputFailed | RecordError

export type Masked = (reject: Reject) => Reject

/** Where a field's bytes lie, with those of every place of the outermost table that it is in. */
const extentOf = (layout: Layout, field: Field): readonly [from: number, to: number] => {
  const [table] = tablesOf(layout, field)
  if (table?.table === undefined) return [field.offset, field.offset + field.length]
  return [table.offset, table.offset + table.table.max * table.table.stride]
}

/** Sensitive fields, and those that show the bytes of one by another name. */
const sensitiveBytes = (layout: Layout): ReadonlyArray<SensitiveField> => {
  const named = sensitiveFields(layout)
  const extents = named.flatMap((one) => {
    const field = fieldAt(layout, one.path)
    return field === undefined ? [] : [{ ...one, extent: extentOf(layout, field) }]
  })
  const others = everyField(layout).flatMap((field) => {
    const [from, to] = extentOf(layout, field)
    const under = extents.find(({ extent }) => from < extent[1] && extent[0] < to)
    return under === undefined ? [] : [{ ...under, path: field.path }]
  })
  return [...named, ...others]
}

/** Leaves out what sensitive fields hold, or nothing. */
export const maskFor = (layout: Layout, isMasked: boolean): Masked => {
  if (!isMasked) return (reject) => reject
  const sensitive = sensitiveBytes(layout)
  return (reject) => maskReject(reject, sensitive)
}

/** The beginning of a batch that lies before a record. */
export const before = (batch: RecordBatch, record: number): RecordBatch => {
  const { count, firstRecord, numbers } = batch
  const behind = numbers?.subarray(0, count).findIndex((each) => each >= record)
  const at = behind === undefined ? Math.max(0, record - firstRecord) : behind
  return at < 0 || at >= count ? batch : { ...batch, count: at }
}

/** Who is told of each reject: the lineage of a file in a trail, or a report. */
export type Told = Pick<FileLineage, "reject">

/** Where rejects go. Nothing waits here for longer than a piece of the file. */
export class RejectSink {
  readonly log: RejectLog
  readonly #target: Target | undefined
  readonly #lineage: Told | undefined
  readonly #masked: Masked
  #waiting: Array<Reject> = []
  /** The record before which a fault of framing was one too many. */
  #cut = Number.POSITIVE_INFINITY

  constructor(
    log: RejectLog,
    target: Target | undefined,
    lineage: Told | undefined,
    masked: Masked,
  ) {
    this.log = log
    this.#target = target
    this.#lineage = lineage
    this.#masked = masked
  }

  add(reject: Reject): void {
    if (this.log.isFull) return
    const shown = this.#masked(reject)
    this.log.add(shown)
    this.#waiting.push(shown)
  }

  /**
   * Takes the faults of a piece, before its records come. Those before the fault that is one too
   * many are good: the error comes behind them, or with the next piece.
   */
  framing(faults: ReadonlyArray<FramingFault>) {
    return Effect.suspend((): Effect.Effect<void, TooManyFaults | Unwritten> => {
      if (this.log.isFull) return Effect.fail(this.log.error)
      for (const fault of faults) {
        this.add(rejectOfFraming(fault))
        if (!this.log.isFull) continue
        this.#cut = fault.record
        break
      }
      return this.flush
    })
  }

  /** What of a batch comes before the end. */
  limit(batch: RecordBatch): RecordBatch {
    return this.#cut === Number.POSITIVE_INFINITY ? batch : before(batch, this.#cut)
  }

  /** Whether a batch whose records have these rejects is the last. */
  isOver(rejects: ReadonlyArray<Reject>): boolean {
    return this.log.isFull && (rejects.length > 0 || this.#cut === Number.POSITIVE_INFINITY)
  }

  get flush(): Effect.Effect<void, Unwritten> {
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

/** An error without the bytes of the file that it shows. */
export const maskError = <E>(error: E): E | FramingFailed => {
  if (!(error instanceof FramingFailed)) return error
  const { detail, fault, fileOffset, hint, path, record } = error
  return new FramingFailed({ path, fault, record, fileOffset, detail: maskFraming(detail), hint })
}

/** Why a file was not finished, as a trail may have it: codes and places, without bytes. */
export const trailReason = (error: Error): string => {
  if (error instanceof TooManyFaults) {
    const { code, records, recordsMax } = error
    return `${code}: ${records} records have faults, ${recordsMax} are allowed`
  }
  if (error instanceof FramingFailed) {
    const { code, fault, fileOffset, record } = error
    return `${code}: record ${record} at byte ${fileOffset}: ${fault}`
  }
  return error instanceof LineRefused
    ? `${error.code}: line ${error.line} was not encoded`
    : error.message
}
