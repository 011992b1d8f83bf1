/**
 * Compares a page of a trail with the rows of its records.
 *
 * @since 0.1.0
 */
import type { TrailEntry } from "@countersign/core/trail/TrailReader"
import { monthOf, recordColumns } from "../postgres/RecordColumns.ts"
import { differingColumns, type RowKey, type StoredRow } from "./RowDifference.ts"
import type { RowFinding } from "./ReconcileReport.ts"
import type { RecordedDrops } from "./RetentionRecord.ts"

/**
 * What explains that a record has no row.
 *
 * @category models
 * @since 0.1.0
 */
export interface Absences {
  /** The sequence that the sink wants next. */
  readonly next: number
  readonly setAside: ReadonlySet<number>
  /** Months that the database calls dropped, such as `2019-11`. */
  readonly droppedMonths: ReadonlySet<string>
  /** What the trail says of that. */
  readonly drops: RecordedDrops
}

/**
 * @category models
 * @since 0.1.0
 */
export type Absence = "pending" | "setAside" | "retired" | "deleted"

/**
 * What is known of one record's rows.
 */
interface Slot {
  isWhole: boolean
  wrongRows: number
  columns: ReadonlyArray<string>
}

/**
 * A page of records that follow each other, and what their rows say.
 *
 * - Memory: the records and one slot for each, however many rows there are.
 *
 * @category models
 * @since 0.1.0
 */
export class PageComparison {
  private readonly entries: ReadonlyArray<TrailEntry>
  private readonly from: number
  private readonly slots: ReadonlyArray<Slot>

  constructor(entries: ReadonlyArray<TrailEntry>) {
    this.entries = entries
    this.from = entries[0]?.sequence ?? 0
    this.slots = entries.map(() => ({ isWhole: false, wrongRows: 0, columns: [] }))
  }

  /** Judges one row; returns its place where it is not as its record says. */
  see(row: StoredRow): RowKey | undefined {
    const entry = this.entries[row.sequence - this.from]
    const slot = this.slots[row.sequence - this.from]
    if (entry === undefined || slot === undefined) return row.key
    const columns = differingColumns(row, entry.bytes)
    if (columns.length === 0) {
      slot.isWhole = true
      return undefined
    }
    if (slot.wrongRows === 0) slot.columns = columns
    slot.wrongRows += 1
    return row.key
  }

  /** How many records have their row as it should be. */
  get whole(): number {
    return this.slots.reduce((count, { isWhole }) => count + (isWhole ? 1 : 0), 0)
  }

  /**
   * To be called when all rows were seen: what is wrong, in order.
   *
   * @param absent told of each record without a row, and of its month where the database alone
   *   calls that dropped
   */
  findings(
    absences: Absences,
    absent: (kind: Absence, unrecordedMonth: string | undefined) => void,
  ): ReadonlyArray<RowFinding> {
    const findings: Array<RowFinding> = []
    for (const [index, slot] of this.slots.entries()) {
      const sequence = this.from + index
      let { wrongRows } = slot
      if (!slot.isWhole) {
        const { kind, month } = this.absence(index, absences)
        if (kind === "deleted" && wrongRows > 0) {
          findings.push({ kind: "edited", sequence, columns: slot.columns })
          wrongRows -= 1
        } else {
          // Where there should be no row, a wrong one is nobody's, and only goes.
          absent(kind, month)
          if (kind === "deleted") findings.push({ kind, sequence })
        }
      }
      if (wrongRows > 0) findings.push({ kind: "added", sequence, rows: wrongRows })
    }
    return findings
  }

  /** Records that have to be brought again to put these findings right. */
  toRestore(findings: ReadonlyArray<RowFinding>) {
    return findings.flatMap(({ kind, sequence }) => {
      const entry = this.entries[sequence - this.from]
      return kind === "added" || entry === undefined ? [] : [{ sequence, entry: entry.bytes }]
    })
  }

  private absence(
    index: number,
    { droppedMonths, drops, next, setAside }: Absences,
  ): { readonly kind: Absence; readonly month?: string } {
    const sequence = this.from + index
    if (sequence >= next) return { kind: "pending" }
    if (setAside.has(sequence)) return { kind: "setAside" }
    const entry = this.entries[index]
    if (droppedMonths.size === 0 || entry === undefined) return { kind: "deleted" }
    const { millis } = recordColumns(entry.bytes)
    const month = millis === undefined ? "" : monthOf(millis)
    if (!droppedMonths.has(month)) return { kind: "deleted" }
    return drops.explains(month, sequence) ? { kind: "retired" } : { kind: "deleted", month }
  }
}
