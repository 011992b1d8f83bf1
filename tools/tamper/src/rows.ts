import * as Effect from "effect/Effect"
import { textColumns } from "@countersign/sinks/postgres/RecordColumns"
import type { ReconcileReport, RowFinding } from "@countersign/sinks/reconcile/ReconcileReport"
import { postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { delivered } from "@countersign/sinks/testing/ReconcileFixture"
import type { Row } from "./score.ts"

/** One thing that whoever administers a database does to a row. */
interface RowMutation {
  readonly sentence: string
  readonly statement: string
  readonly wanted: RowFinding["kind"]
  readonly column?: string
}

const table = "countersign.audit_record"

const copied = (sequence: string, time: string, where: string): string =>
  `insert into ${table} (trail, sequence, "time", ${textColumns.join(", ")}, targets, entry)
   select trail, ${sequence}, ${time}, ${textColumns.join(", ")}, targets, entry from ${table} ${where}`

/** What is tried on the row of each record. */
const mutationsOf = (sequence: number): ReadonlyArray<RowMutation> => {
  const where = `where sequence = ${sequence}`
  const edit = (column: string, value: string): RowMutation => ({
    sentence: `record ${sequence}: ${column} changed`,
    statement: `update ${table} set ${column} = ${value} ${where}`,
    wanted: "edited",
    column: column.replaceAll('"', ""),
  })
  return [
    edit("entry", "set_byte(entry, length(entry) / 2, get_byte(entry, length(entry) / 2) # 1)"),
    edit("entry", "entry || ' '"),
    edit('"time"', `"time" + interval '1 microsecond'`),
    edit('"time"', `"time" - interval '1 month'`),
    ...textColumns.map((column) => edit(column, `coalesce(${column}, '') || 'x'`)),
    edit("targets", "array_append(targets, 'Patient/x')"),
    {
      sentence: `record ${sequence}: deleted`,
      statement: `delete from ${table} ${where}`,
      wanted: "deleted",
    },
    {
      sentence: `record ${sequence}: a second row in another month`,
      statement: copied("sequence", `"time" + interval '1 month'`, where),
      wanted: "added",
    },
    {
      sentence: `record ${sequence}: copied under a number of its own`,
      statement: copied("sequence + 1000000", `"time"`, where),
      wanted: "added",
    },
  ]
}

/** Caught: exactly this, at this record. */
const isCaught = (report: ReconcileReport, sequence: number, mutation: RowMutation): boolean => {
  const [finding, ...others] = report.findings
  if (finding === undefined || others.length > 0 || finding.kind !== mutation.wanted) return false
  if (finding.kind === "edited" && finding.columns.join() !== mutation.column) return false
  return finding.sequence % 1_000_000 === sequence
}

const events = Array.from({ length: 30 }, (_, index) => ({
  id: `e-${index}`,
  time: `2026-${String(1 + (index % 12)).padStart(2, "0")}-15T12:00:00.000001Z`,
  type: "patient.record.read",
  actor: { id: `u-${index}` },
  outcome: "success" as const,
  ...(index % 3 === 0 ? { tenant: "north", target: [{ id: `p-${index}`, type: "Patient" }] } : {}),
}))

/**
 * Tries every change of a row on each n-th record, in a real PostgreSQL, each on rows that are
 * otherwise whole: what was found is repaired before the next.
 */
export const scoreRows = (step: number): Promise<Row> =>
  Effect.scoped(
    Effect.gen(function* () {
      const server = yield* postgresServer()
      const { alter, reconcile, size } = yield* delivered(server, "tamper", events)
      const row: Row = { id: "T6", tried: 0, caught: 0, missed: [] }
      for (let sequence = 0; sequence < size; sequence += step) {
        for (const mutation of mutationsOf(sequence)) {
          yield* alter(mutation.statement)
          row.tried += 1
          if (isCaught(yield* reconcile(true), sequence, mutation)) row.caught += 1
          else row.missed.push(mutation.sentence)
          const { verdict } = yield* reconcile()
          if (verdict !== "equal") row.missed.push(`${mutation.sentence}: and not repaired`)
        }
      }
      return row
    }),
  ).pipe(Effect.runPromise)
