/**
 * Compares what PostgreSQL holds with what the trail has signed, and restores it on request.
 *
 * Both are read in the order of the trail, a page at a time, so memory is bounded whatever their
 * size. The trail is right: nothing in the database can change it, and before rows are measured by
 * it, it is verified.
 *
 * @since 0.1.0
 */
import { entries, readCheckpoint, type TrailEntry } from "@countersign/core/trail/TrailReader"
import { verify, type VerifyOptions } from "@countersign/core/trail/Verifier"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { faultOf } from "../postgres/PostgresFault.ts"
import { PostgresSession } from "../postgres/PostgresSession.ts"
import { type Absences, PageComparison } from "./PageComparison.ts"
import { ReconcileFailed } from "./ReconcileError.ts"
import { findingsMax, type ReconcileReport, type RowFinding } from "./ReconcileReport.ts"
import { RecordedDrops } from "./RetentionRecord.ts"
import type { RowKey, StoredRow } from "./RowDifference.ts"
import { countUnsigned, findTrail, rowsBetween, rowsBeyond, type StoredTrail } from "./RowReader.ts"
import { repairPage } from "./RowRepair.ts"
import { readSetAside } from "./SetAside.ts"
import { readTrailEnd } from "./TrailEnd.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface ReconcileOptions {
  /** The database. To repair, as a role that may delete rows: the tables' owner. */
  readonly url: Redacted.Redacted
  /** The trail's directory. */
  readonly directory: string
  /** The sink's name, to know its dead letters. Default `postgres`. */
  readonly sink?: string
  /** Restores what differs, a page in a transaction. Default `false`: nothing is written. */
  readonly isRepairing?: boolean
  /** How the trail is verified before its rows are compared with it. */
  readonly verification?: VerifyOptions
  /** Run once before the first row is changed, to say so where it lasts. */
  readonly beforeRepair?: Effect.Effect<void>
  /** Told after each page. */
  readonly progress?: (progress: { readonly records: number; readonly size: number }) => void
}

// At most so many records and as many rows are in memory, each of at most 64 KiB.
const pageSize = 1_024
// Places of wrong rows, so few bytes each that a page may have many.
const wrongMax = 8_192

const connection = {
  applicationName: "countersign-reconcile",
  connectMillisMax: 5_000,
  statementMillisMax: 300_000,
  lockMillisMax: 30_000,
}

const failed = (error: unknown): ReconcileFailed =>
  new ReconcileFailed({ reason: "database", detail: faultOf(error).detail })

const ask = <A>(run: () => Promise<A>): Effect.Effect<A, ReconcileFailed> =>
  Effect.tryPromise({ try: run, catch: failed })

/**
 * A session that ends with the scope.
 *
 * - Errors: `ReconcileFailed`, without the address and the password.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openSession = (url: Redacted.Redacted) =>
  Effect.acquireRelease(
    Effect.tryPromise({
      try: (signal) => PostgresSession.open({ ...connection, url: Redacted.value(url) }, signal),
      catch: failed,
    }),
    (session) => Effect.promise(() => session.close()),
  )

type Tally = { -readonly [K in keyof ReconcileReport]: ReconcileReport[K] }

class Pass {
  readonly tally: Tally
  private readonly findings: Array<RowFinding> = []
  private readonly unrecordedDrops = new Set<string>()
  private readonly session: PostgresSession
  private readonly stored: StoredTrail
  private readonly absences: Absences
  private readonly isRepairing: boolean
  private readonly beforeRepair: Effect.Effect<void>
  private hasBegun = false

  constructor(
    session: PostgresSession,
    stored: StoredTrail,
    absences: Absences,
    { beforeRepair = Effect.void, isRepairing = false }: ReconcileOptions,
    facts: Pick<ReconcileReport, "origin" | "records">,
  ) {
    this.session = session
    this.stored = stored
    this.absences = absences
    this.isRepairing = isRepairing
    this.beforeRepair = beforeRepair
    this.tally = {
      ...facts,
      verdict: "equal",
      equal: 0,
      edited: 0,
      deleted: 0,
      added: 0,
      pending: 0,
      setAside: 0,
      retired: 0,
      unsigned: 0,
      unsignedMissing: 0,
      cursorBeyond: 0,
      unrecordedDrops: [],
      findings: this.findings,
      isRepaired: false,
    }
  }

  /** Compares the rows of some records that follow each other. */
  readonly page = Effect.fnUntraced(
    { self: this },
    function* (this: Pass, records: ReadonlyArray<TrailEntry>) {
      const { absences, session, stored, tally } = this
      const from = records[0]?.sequence ?? 0
      const to = from + records.length
      const page = new PageComparison(records)
      let wrong: Array<RowKey> = []
      let after: RowKey | undefined
      let rows: ReadonlyArray<StoredRow>
      do {
        const behind = after
        rows = yield* ask(() => rowsBetween(session, stored.number, from, to, behind, pageSize))
        for (const row of rows) {
          const place = page.see(row)
          if (place !== undefined) wrong.push(place)
        }
        after = rows.at(-1)?.key
        if (wrong.length > wrongMax) {
          yield* this.repair(wrong, [])
          wrong = []
        }
      } while (rows.length === pageSize)
      const findings = page.findings(absences, (kind, unrecordedMonth) => {
        if (unrecordedMonth !== undefined) this.unrecordedDrops.add(unrecordedMonth)
        if (kind !== "deleted") tally[kind] += 1
      })
      tally.equal += page.whole
      for (const finding of findings) this.find(finding)
      yield* this.repair(wrong, page.toRestore(findings))
    },
  )

  /** Looks for rows beyond the records. */
  readonly beyond = Effect.fnUntraced(
    { self: this },
    function* (this: Pass, directory: string, sink: string) {
      const { session, stored, tally } = this
      const { records: size } = tally
      const isUnsigned = stored.next > size
      // Read after the cursor, so that a trail which goes on is never behind it.
      const end = isUnsigned ? yield* readTrailEnd(directory) : size
      tally.cursorBeyond = Math.max(0, stored.next - Math.max(end, size))
      const believed = tally.cursorBeyond > 0 ? end : undefined
      let after: RowKey | undefined
      let rows: ReadonlyArray<StoredRow>
      do {
        const behind = after
        rows = yield* ask(() =>
          rowsBeyond(session, stored.number, size, believed, behind, pageSize),
        )
        for (const { sequence } of rows) this.find({ kind: "added", sequence, rows: 1 })
        yield* this.repair(
          rows.map(({ key }) => key),
          [],
        )
        after = rows.at(-1)?.key
      } while (rows.length === pageSize)
      const unsigned = yield* ask(() => countUnsigned(session, stored.number, size, believed))
      tally.unsigned = unsigned.rows
      const missing = Math.max(0, unsigned.to - size) - unsigned.records
      if (missing === 0) return
      // Read again: a letter is written before the cursor moves past its record.
      const setAside = yield* readSetAside(directory, sink)
      const explained = [...setAside].filter((at) => at >= size && at < unsigned.to).length
      tally.unsignedMissing = Math.max(0, missing - explained)
    },
  )

  get report(): ReconcileReport {
    const { tally } = this
    tally.unrecordedDrops = [...this.unrecordedDrops].toSorted()
    const repairable = tally.edited + tally.deleted + tally.added
    const left = tally.unsignedMissing + tally.cursorBeyond
    if (repairable + left > 0) tally.verdict = "different"
    tally.isRepaired = this.isRepairing && repairable > 0 && left === 0
    return tally
  }

  private find(finding: RowFinding): void {
    this.tally[finding.kind] += finding.kind === "added" ? finding.rows : 1
    if (this.findings.length < findingsMax) this.findings.push(finding)
  }

  private readonly repair = Effect.fnUntraced(
    { self: this },
    function* (
      this: Pass,
      wrong: ReadonlyArray<RowKey>,
      missing: ReadonlyArray<{ readonly sequence: number; readonly entry: Uint8Array }>,
    ) {
      if (!this.isRepairing || wrong.length + missing.length === 0) return
      if (!this.hasBegun) yield* this.beforeRepair
      this.hasBegun = true
      yield* ask(() => repairPage(this.session, this.stored.number, { wrong, missing }))
    },
  )
}

/**
 * Compares all rows of a trail with its signed records, once the trail has verified.
 *
 * - Errors: `ReconcileFailed`; those of reading the trail.
 * - Memory: a page of 1,024 records and one of as many rows.
 *
 * @category running
 * @since 0.1.0
 */
export const reconcile = (options: ReconcileOptions) =>
  Effect.scoped(
    Effect.gen(function* () {
      const { directory, progress, sink = "postgres" } = options
      const signed = yield* readCheckpoint(directory)
      if (signed === undefined) {
        return yield* new ReconcileFailed({
          reason: "unsigned",
          detail: `${directory} has no checkpoint yet, so there is nothing to compare with`,
        })
      }
      const { origin, size } = signed.checkpoint
      yield* requireVerified(directory, options.verification)
      const session = yield* openSession(options.url)
      yield* requireAllRows(session)
      const stored = yield* ask(() => findTrail(session, origin))
      if (stored === undefined) {
        return yield* new ReconcileFailed({
          reason: "unknown-trail",
          detail: `the database holds no trail ${origin}`,
        })
      }
      const setAside = yield* readSetAside(directory, sink)
      const { droppedMonths, next } = stored
      const drops =
        droppedMonths.size === 0 ? new RecordedDrops() : yield* readDrops(directory, size)
      const absences = { next, setAside, droppedMonths, drops }
      const pass = new Pass(session, stored, absences, options, { origin, records: size })
      yield* entries(directory, { to: size }).pipe(
        Stream.grouped(pageSize),
        Stream.runForEach((records) =>
          Effect.andThen(
            pass.page(records),
            Effect.sync(() => progress?.({ records: (records.at(-1)?.sequence ?? 0) + 1, size })),
          ),
        ),
      )
      yield* pass.beyond(directory, sink)
      return pass.report
    }),
  )

/** Read before, since what was dropped comes before the word of it. */
const readDrops = Effect.fnUntraced(function* (directory: string, size: number) {
  const drops = new RecordedDrops()
  yield* entries(directory, { to: size }).pipe(
    Stream.runForEach(({ bytes, sequence }) => Effect.sync(() => drops.add(sequence, bytes))),
  )
  return drops
})

const requireVerified = Effect.fnUntraced(function* (directory: string, options?: VerifyOptions) {
  const report = yield* verify(directory, options)
  if (report.verdict === "verified") return
  return yield* new ReconcileFailed({
    reason: "untrusted",
    detail: `${directory} is ${report.verdict}, and nothing is compared with such a trail, nor restored from it; countersign verify says why`,
  })
})

/** A role that a policy holds for would take every row that it isn't shown for deleted. */
const requireAllRows = Effect.fnUntraced(function* (session: PostgresSession) {
  const [row] = yield* ask(() =>
    session.rows("select row_security_active('countersign.audit_record'::regclass)"),
  )
  if (row?.[0] !== true) return
  return yield* new ReconcileFailed({
    reason: "row-security",
    detail:
      "row-level security hides rows from this role: come as the tables' owner or as the role auditor of rolesSql",
  })
})
