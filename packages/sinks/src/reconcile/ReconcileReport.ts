/**
 * What a comparison of rows with their trail has found.
 *
 * @since 0.1.0
 */

/**
 * A record whose rows are not as they should be.
 *
 * - `edited`: its row says something else; `columns` says where.
 * - `deleted`: it was delivered and has no row.
 * - `added`: rows that no record stands for, `rows` of them.
 *
 * @category models
 * @since 0.1.0
 */
export type RowFinding =
  | {
      readonly kind: "edited"
      readonly sequence: number
      readonly columns: ReadonlyArray<string>
    }
  | { readonly kind: "deleted"; readonly sequence: number }
  | { readonly kind: "added"; readonly sequence: number; readonly rows: number }

/**
 * @category models
 * @since 0.1.0
 */
export interface ReconcileReport {
  /** `equal`: every record that should be there is, unchanged, and nothing else. */
  readonly verdict: "equal" | "different"
  readonly origin: string
  /** Records of the trail that were compared: all that its checkpoint signs. */
  readonly records: number
  /** Rows that are as their record says. */
  readonly equal: number
  readonly edited: number
  readonly deleted: number
  readonly added: number
  /** Records that the sink has not delivered yet. */
  readonly pending: number
  /** Records that the sink refused: they are among its dead letters. */
  readonly setAside: number
  /** Records of months that retention has dropped. */
  readonly retired: number
  /** Delivered rows beyond the checkpoint, which can't be judged yet. */
  readonly unsigned: number
  /** Delivered records beyond the checkpoint that have no row. */
  readonly unsignedMissing: number
  /** By how many records the sink's cursor lies beyond the end of the trail: nobody delivered them. */
  readonly cursorBeyond: number
  /**
   * Months, such as `2019-11`, that the database calls dropped and the trail does not, of which
   * records are missing. They count as deleted.
   */
  readonly unrecordedDrops: ReadonlyArray<string>
  /** The first {@link findingsMax}, in order of the trail. */
  readonly findings: ReadonlyArray<RowFinding>
  /** Whether all that was found was put right. */
  readonly isRepaired: boolean
}

/**
 * @category constants
 * @since 0.1.0
 */
export const findingsMax = 100
