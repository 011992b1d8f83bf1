/**
 * What the trail says of a file that was decoded or encoded: which bytes, by which layout, into
 * what, and what was wrong.
 *
 * Events, in their order:
 *
 * - `copybook.file.opened` (`standard`): the file, the layout with its fingerprint, the framing,
 *   how sensitive it is.
 * - `copybook.file.lineage` (`standard`): from which field each column is, once a file and not
 *   once a record; a row a field under `columns`, at most 6 KiB of them in an
 *   event. Rows have no keys, of which an engine may allow few.
 * - `copybook.batch.read` (`telemetry`, so sampled), each 16 MiB: records, and SHA-256 of the file
 *   up to there: each is chained to all bytes before it.
 * - `copybook.record.rejected` (`standard`, so never sampled): code, path and offset of its faults,
 *   never bytes. At most 1,000 a file; the closing event has the count of all.
 * - `copybook.file.closed` (`compliance`): records, bytes, SHA-256 of the whole file, how often
 *   each code.
 *
 * @since 0.1.0
 */
import { Audit } from "@countersign/core/Audit"
import type { RecordError } from "@countersign/core/Audit"
import type { Actor, AuditEventInput, Outcome } from "@countersign/core/event/AuditEvent"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { FilePlan } from "../file/FilePlan.ts"
import type { Reject } from "../framing/Rejects.ts"
import type { Field } from "../layout/Layout.ts"
import { elementaryFields, formatStorage } from "../layout/LayoutTree.ts"
import * as FileDigest from "./FileDigest.ts"
import { trailFaults } from "./MaskedFault.ts"
import { classificationOf, type SensitiveField, sensitiveFields } from "./SensitiveFields.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FileLineageOptions {
  /** The file that holds records: read on decoding, written on encoding. */
  readonly file: string
  /** What the values are in: read on encoding, written on decoding. */
  readonly other: string
  readonly direction: "decode" | "encode"
  readonly plan: FilePlan
  readonly actor: Actor
  /** Of the values, such as `ndjson`. */
  readonly format: string
  /** Bytes of the file between two events of batches. Default 16 MiB. */
  readonly eventBytes?: number
}

/**
 * The lineage of one file. Calls come in the order of the file.
 *
 * @category models
 * @since 0.1.0
 */
export interface FileLineage {
  readonly sensitive: ReadonlyArray<SensitiveField>
  /** Sees each byte of the file with records once. */
  readonly bytes: (bytes: Uint8Array) => void
  /**
   * A batch was read or written. Waits where hashing has fallen far behind; without room in its
   * lane the engine drops the event, and counts it.
   */
  readonly batch: (records: number) => Effect.Effect<void>
  readonly reject: (reject: Reject) => Effect.Effect<void, RecordError>
  /** Fails where the trail can't have it: then nobody may say that the file was audited. */
  readonly close: (outcome: Outcome, reason?: string) => Effect.Effect<void, RecordError>
}

/** An event costs the engine's stages as much as decoding some hundred kilobytes. */
const eventBytesDefault = 16 * 1024 * 1024

/** Keeps an event below what an engine with the smallest profile takes, long file names included. */
const rowBytesPerEvent = 6 * 1024

/**
 * What the columns of a lineage event's rows are.
 *
 * @category constants
 * @since 0.1.0
 */
export const lineageColumns = [
  "field",
  "offset",
  "length",
  "storage",
  "column",
  "kind",
  "classification",
] as const

/**
 * A row of a lineage event; the last two are `null` where the field is not sensitive.
 *
 * @category schemas
 * @since 0.1.0
 */
export const LineageRow = Schema.Tuple([
  Schema.String,
  Schema.Int,
  Schema.Int,
  Schema.String,
  Schema.String,
  Schema.NullOr(Schema.String),
  Schema.NullOr(Schema.String),
])

/**
 * Rejects that have an event of their own.
 *
 * @category limits
 * @since 0.1.0
 */
export const rejectEventsMax = 1000

const targetOf = (file: string) => [{ id: file, type: "RecordFile" }] as const

/** Rows in their order, as many together as an event may hold. */
const pagesOf = <A>(rows: ReadonlyArray<A>): ReadonlyArray<ReadonlyArray<A>> => {
  const pages: Array<Array<A>> = []
  let left = 0
  for (const row of rows) {
    const bytes = Buffer.byteLength(JSON.stringify(row)) + 1
    const page = pages.at(-1)
    if (page === undefined || bytes > left) {
      pages.push([row])
      left = rowBytesPerEvent - bytes
    } else {
      page.push(row)
      left -= bytes
    }
  }
  return pages
}

/**
 * The name of each field's column by the field's path: its groups' names before its own, without
 * those groups whose fields belong to what is around them.
 */
const columnsOf = ({ codec, layout }: FilePlan, format: string): ReadonlyMap<string, string> => {
  const { fillerGroups, groups, names } = codec
  // CSV has every group in its columns' names, however values are nested.
  const isNested = format === "csv"
  const keyOf = (name: string): string =>
    names === "underscore" ? name.replaceAll("-", "_") : name
  const columns = new Map<string, string>()
  const walk = (fields: ReadonlyArray<Field>, before: string): void => {
    for (const field of fields) {
      const column = before + keyOf(field.name)
      if (field.kind === "elementary") {
        columns.set(field.path, column)
        continue
      }
      const isFiller = field.isFiller && !isNested
      if (isFiller && fillerGroups === "drop") continue
      const isDissolved =
        field.table === undefined &&
        ((groups === "flat" && !isNested) || (isFiller && fillerGroups === "dissolve"))
      walk(field.fields, isDissolved ? before : `${column}.`)
    }
  }
  const { root } = layout
  walk(root.kind === "group" ? root.fields : [root], "")
  return columns
}

/** From which field each column is. */
const lineageEvents = (
  { direction, file, format, other, plan }: FileLineageOptions,
  sensitive: ReadonlyArray<SensitiveField>,
): ReadonlyArray<Omit<AuditEventInput, "actor">> => {
  const kinds = new Map(sensitive.map((each) => [each.path, each]))
  const { codec, layout } = plan
  const { select } = codec
  const isTaken = (path: string): boolean =>
    select === undefined || select.some((each) => path === each || path.startsWith(`${each}.`))
  const columns = columnsOf(plan, format)
  const rows = elementaryFields(layout)
    .filter(
      ({ isFiller, path }) =>
        columns.has(path) && isTaken(path) && (!isFiller || codec.hasFillers === true),
    )
    .map(({ length, offset, path, storage }): typeof LineageRow.Type => {
      const { classification = null, kind = null } = kinds.get(path) ?? {}
      const column = columns.get(path) ?? path
      return [path, offset, length, formatStorage(storage), column, kind, classification]
    })
  const pages = pagesOf(rows)
  return pages.map((each, page) => ({
    type: "copybook.file.lineage",
    outcome: "success" as const,
    class: "standard" as const,
    target: targetOf(file),
    data: {
      layout: layout.fingerprint,
      from: direction === "decode" ? file : other,
      to: direction === "decode" ? other : file,
      page: page + 1,
      pages: pages.length,
      columns: lineageColumns,
      rows: each,
    },
  }))
}

interface Writing {
  readonly audit: Audit["Service"]
  readonly about: Pick<AuditEventInput, "actor" | "classification" | "target">
  readonly options: FileLineageOptions
  readonly sensitive: ReadonlyArray<SensitiveField>
}

/** What is counted on the way. */
interface Tally {
  readonly faults: Map<string, number>
  bytes: number
  records: number
  rejected: number
  batches: number
  /** What events have told of. */
  toldRecords: number
  toldBytes: number
}

/** What the event says of the records since the last one, besides the digest up to there. */
const batchData = (tally: Tally) => {
  const data = {
    batch: tally.batches,
    firstRecord: tally.toldRecords,
    records: tally.records - tally.toldRecords,
    bytes: tally.bytes,
  }
  tally.batches += 1
  tally.toldRecords = tally.records
  tally.toldBytes = tally.bytes
  return data
}

const rejectEvent = (reject: Reject): Omit<AuditEventInput, "actor"> => ({
  type: "copybook.record.rejected",
  outcome: "failure",
  class: "standard",
  data: {
    record: reject.record,
    fileOffset: reject.fileOffset,
    length: reject.length,
    faults: trailFaults(reject),
  },
})

const closedEvent = (
  { batches, bytes, faults, records, rejected }: Tally,
  digest: Effect.Success<FileDigest.FileDigest["finish"]>,
  { direction, plan }: FileLineageOptions,
  outcome: Outcome,
  reason: string | undefined,
): Omit<AuditEventInput, "actor"> => ({
  type: "copybook.file.closed",
  action: direction === "decode" ? "READ" : "WRITE",
  outcome,
  class: "compliance",
  ...(reason === undefined ? {} : { reason: reason.slice(0, 500) }),
  data: {
    fingerprint: plan.layout.fingerprint,
    records,
    rejected,
    bytes,
    batches,
    ...digest,
    faults: [...faults],
  },
})

const lineageOf = (
  { about, audit, options, sensitive }: Writing,
  digest: FileDigest.FileDigest,
): FileLineage => {
  const tally: Tally = {
    faults: new Map(),
    bytes: 0,
    records: 0,
    rejected: 0,
    batches: 0,
    toldRecords: 0,
    toldBytes: 0,
  }
  const { eventBytes = eventBytesDefault } = options
  const tell = (): void => {
    const data = batchData(tally)
    // The thread answers later, and the event comes then.
    digest.soFar((sha256) => {
      audit.recordUnsafe({
        ...about,
        type: "copybook.batch.read",
        outcome: "success",
        class: "telemetry",
        data: { ...data, sha256 },
      })
    })
  }
  return {
    sensitive,
    bytes: (piece) => {
      digest.update(piece)
      tally.bytes += piece.byteLength
    },
    batch: (count) => {
      tally.records += count
      if (tally.bytes - tally.toldBytes >= eventBytes) tell()
      return digest.room
    },
    reject: Effect.fnUntraced(function* (reject) {
      tally.rejected += 1
      for (const { code } of reject.faults) {
        tally.faults.set(code, (tally.faults.get(code) ?? 0) + 1)
      }
      if (tally.rejected > rejectEventsMax) return
      yield* audit.record({ ...about, ...rejectEvent(reject) })
    }),
    close: Effect.fnUntraced(function* (outcome, reason) {
      if (tally.records > tally.toldRecords) tell()
      const done = yield* digest.finish
      yield* audit.record({ ...about, ...closedEvent(tally, done, options, outcome, reason) })
    }),
  }
}

/**
 * Opens a file's lineage: records that it was opened, and what becomes of its fields.
 *
 * - Errors: those of the engine. Nothing was read by then.
 *
 * @category constructors
 * @since 0.1.0
 */
export const open = Effect.fnUntraced(function* (
  options: FileLineageOptions,
): Effect.fn.Return<FileLineage, RecordError, Audit> {
  const audit = yield* Audit
  const { actor, direction, file, format, other, plan } = options
  const { codec, framing, layout } = plan
  const sensitive = sensitiveFields(layout)
  const classification = classificationOf(sensitive)
  const about = { actor, classification, target: targetOf(file) }
  yield* audit.record({
    ...about,
    type: "copybook.file.opened",
    action: direction === "decode" ? "READ" : "WRITE",
    outcome: "attempt",
    class: "standard",
    data: {
      direction,
      other,
      format,
      layout: layout.name,
      fingerprint: layout.fingerprint,
      dialect: layout.dialect,
      codePage: codec.codePage.name,
      framing: framing.kind,
      sensitiveFields: sensitive.length,
    },
  })
  for (const event of lineageEvents(options, sensitive)) {
    yield* audit.record({ ...event, actor, classification })
  }
  return lineageOf({ audit, about, options, sensitive }, yield* FileDigest.make)
})

/**
 * Runs what reads or writes the file, and closes its lineage however that ends.
 *
 * - Errors: those of the effect, and those of the engine where the trail can't have the end of what
 *   succeeded.
 *
 * @param ends how the trail calls what succeeded, and why what failed did; without bytes of fields
 * @category running
 * @since 0.1.0
 */
export const closing = <A, E, R>(
  lineage: FileLineage,
  effect: Effect.Effect<A, E, R>,
  ends: {
    readonly succeeded: (value: A) => readonly [outcome: Outcome, reason?: string]
    readonly failed: (error: E) => string
  },
): Effect.Effect<A, E | RecordError, R> =>
  effect.pipe(
    Effect.onError((cause) => {
      const error = Cause.findErrorOption(cause)
      const reason = Option.isSome(error)
        ? ends.failed(error.value)
        : Cause.hasInterruptsOnly(cause)
          ? "it was interrupted"
          : "a defect of the program ended it"
      // Why it failed says more than that the trail does not have it.
      return Effect.ignore(lineage.close("failure", reason))
    }),
    Effect.tap((value) => lineage.close(...ends.succeeded(value))),
  )
