/** The forms that decoded records are written in. */
import * as FileDecoder from "@countersign/copybook/file/FileDecoder"
import type { FilePlan } from "@countersign/copybook/file/FilePlan"
import * as RecordLines from "@countersign/copybook/file/RecordLines"
import type { RecordBatch } from "@countersign/copybook/framing/RecordBatch"
import type { Reject } from "@countersign/copybook/framing/Rejects"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"
import { CsvRows } from "./CsvRows.ts"

/** What a batch has become. */
interface Formed {
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
}

export const formats = ["ndjson", "csv"] as const

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

export const formOf = (format: string, plan: FilePlan) => {
  switch (format) {
    case "csv":
      return csv(plan)
    default:
      return ndjson(plan)
  }
}
