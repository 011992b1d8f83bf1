/** The rows that the PostgreSQL sink has written, as a second copy of a trail for viewers. */
import { Disk } from "@countersign/core/platform/Disk"
import { readCheckpoint } from "@countersign/core/trail/TrailReader"
import type { FindCopy, StoredCopy } from "@countersign/monitor/server/SecondCopy"
import { openSession } from "@countersign/sinks/reconcile/Reconciliation"
import { differingColumns, type StoredRow } from "@countersign/sinks/reconcile/RowDifference"
import { findTrail, rowsBetween } from "@countersign/sinks/reconcile/RowReader"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/** More rows than one for a record are a finding; how many there are beyond that is none. */
const rowsMax = 10

const detailOf = (rows: ReadonlyArray<StoredRow>, shown: StoredRow): string => {
  const columns = differingColumns(shown, shown.entry)
  return [
    ...(rows.length > 1
      ? [`there are ${rows.length} rows for this record, and one at most is right`]
      : []),
    ...(columns.length > 0
      ? [`columns that say something else than the bytes beside them: ${columns.join(", ")}`]
      : []),
  ].join("; ")
}

const copyOf = (rows: ReadonlyArray<StoredRow>): StoredCopy | undefined => {
  const [first] = rows
  return first === undefined ? undefined : { entry: first.entry, detail: detailOf(rows, first) }
}

/**
 * Asks the database for the row of a record, over a connection of its own each time: people ask
 * seldom.
 *
 * @param url of a role that may read the tables
 */
export const postgresCopy = (
  url: Redacted.Redacted,
  directory: string,
): Effect.Effect<FindCopy, never, Disk> =>
  Effect.map(
    Effect.service(Disk),
    (disk): FindCopy =>
      (sequence) =>
        Effect.scoped(
          Effect.gen(function* () {
            const signed = yield* Effect.provideService(readCheckpoint(directory), Disk, disk)
            const session = yield* openSession(url)
            return yield* Effect.tryPromise({
              try: async () => {
                const trail = await findTrail(session, signed?.checkpoint.origin ?? "")
                if (trail === undefined) throw new Error("the database does not hold this trail")
                const { number } = trail
                return copyOf(
                  await rowsBetween(session, number, sequence, sequence + 1, undefined, rowsMax),
                )
              },
              catch: (error) => ({
                message: error instanceof Error ? error.message : String(error),
              }),
            })
          }),
        ),
  )
