/**
 * Makes rows what the trail says, a page in a transaction.
 *
 * @since 0.1.0
 */
import { copyStatement, CopyRows } from "../postgres/CopyRows.ts"
import type { PostgresSession } from "../postgres/PostgresSession.ts"
import type { RowKey } from "./RowDifference.ts"

/**
 * What is to be done in one transaction.
 *
 * @category models
 * @since 0.1.0
 */
export interface PageRepair {
  /** Rows that go. */
  readonly wrong: ReadonlyArray<RowKey>
  /** Records that come, each with its sequence. */
  readonly missing: ReadonlyArray<{ readonly sequence: number; readonly entry: Uint8Array }>
}

const rowsOf = function* (trail: number, { missing }: PageRepair): Iterable<Buffer> {
  const rows = new CopyRows(trail)
  for (const { entry, sequence } of missing) {
    rows.add(sequence, entry)
    if (rows.isFull) yield rows.takeChunk()
  }
  yield rows.takeLast()
}

/**
 * Deletes what is wrong and brings what is missing, both or neither.
 *
 * @category running
 * @since 0.1.0
 */
export const repairPage = async (
  session: PostgresSession,
  trail: number,
  repair: PageRepair,
): Promise<void> => {
  if (repair.wrong.length === 0 && repair.missing.length === 0) return
  try {
    await session.script("begin")
    await session.rows(
      `delete from countersign.audit_record row
       using unnest($2::bigint[], $3::timestamptz[]) as wrong (sequence, "time")
       where row.trail = $1 and row.sequence = wrong.sequence and row."time" = wrong."time"`,
      [trail, repair.wrong.map(({ sequence }) => sequence), repair.wrong.map(({ time }) => time)],
    )
    if (repair.missing.length > 0) await session.copy(copyStatement, rowsOf(trail, repair))
    await session.script("commit")
  } catch (error) {
    await session.rollback()
    throw error
  }
}
