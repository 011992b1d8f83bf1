/**
 * What is remembered of those keys alone that had an event come late: windows keep as little as
 * events in order need, and most keys never have another.
 *
 * @since 0.1.0
 */
import type { Evidence } from "./Evidence.ts"
import type { SlotTable } from "./SlotTable.ts"

/**
 * How late an event may be, and what was counted before the first that was.
 *
 * @category models
 * @since 0.1.0
 */
export interface Lateness {
  /** Units: milliseconds. */
  readonly latenessMillis: number
  readonly evidence: Pick<Evidence, "visit">
}

/**
 * @category models
 * @since 0.1.0
 */
export class LateRows<A> {
  private readonly rows = new Map<number, A>()
  private readonly rowsMax: number

  /** @param rowsMax most rows at once; the one that was late longest ago makes room */
  constructor(table: SlotTable, rowsMax: number) {
    this.rowsMax = rowsMax
    table.onChange(
      () => undefined,
      (row) => {
        this.rows.delete(row)
      },
    )
  }

  find(row: number): A | undefined {
    return this.rows.size === 0 ? undefined : this.rows.get(row)
  }

  close(row: number): void {
    this.rows.delete(row)
  }

  /** What is remembered of a row, made where nothing is; the last to make room from now on. */
  open(row: number, make: () => A): A {
    const known = this.rows.get(row) ?? make()
    this.rows.delete(row)
    this.rows.set(row, known)
    const [oldest] = this.rows.keys()
    if (this.rows.size > this.rowsMax && oldest !== undefined) this.rows.delete(oldest)
    return known
  }
}
