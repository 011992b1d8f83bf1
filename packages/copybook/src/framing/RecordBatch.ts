/**
 * Records as a framer finds them: places in one run of bytes, so that nothing is copied.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface RecordBatch {
  /** Holds every record of the batch; may be a view on shared memory. */
  readonly bytes: Uint8Array
  /** Where each record begins in `bytes`, behind its headers. Only the first `count` hold. */
  readonly starts: Int32Array
  /** How long each is. Units: bytes. */
  readonly lengths: Int32Array
  readonly count: number
  /** 0-based number of the first record in the file. */
  readonly firstRecord: number
  /** Where `bytes` begins in the file. Units: bytes. Spanned records are joined, and have the place of their first segment. */
  readonly fileOffset: number
  /**
   * Where each record begins in the file, behind its headers, where that is not
   * `fileOffset + starts[i]`: joined records. Only the first `count` hold.
   */
  readonly offsets?: Float64Array
  /** The number of each record in the file, where it is not `firstRecord + i`: some were left out. */
  readonly numbers?: Float64Array
}

/**
 * The number of one of its records in the file, 0-based.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const numberOf = ({ firstRecord, numbers }: RecordBatch, index: number): number =>
  numbers?.[index] ?? firstRecord + index

/**
 * Where one of its records begins in the file, behind its headers.
 *
 * @category inspecting
 * @since 0.1.0
 */
export const offsetOf = ({ fileOffset, offsets, starts }: RecordBatch, index: number): number =>
  offsets?.[index] ?? fileOffset + (starts[index] ?? 0)
