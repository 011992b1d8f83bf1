/**
 * What a record's values leave open: signs, blanks and bytes that no field shows.
 *
 * @since 0.1.0
 */

/**
 * Bytes that encoding the values alone would not give.
 *
 * @category models
 * @since 0.1.0
 */
export interface BytePatch {
  /** The field, with indexes, whose value they are; absent for bytes that no field shows. */
  readonly path?: string
  /** From the start of the record. Units: bytes. */
  readonly offset: number
  /** In hex. */
  readonly bytes: string
}

/**
 * What encoding needs beside a record's values to give its bytes again. Plain data, so that it
 * can be kept with the values.
 *
 * A field's bytes are used as long as its value is the one that was decoded; the others as long
 * as the record is as long as it was.
 *
 * @category models
 * @since 0.1.0
 */
export interface RecordMetadata {
  /** Of the record. Units: bytes. */
  readonly length: number
  /** Of the record that the values alone give. Units: bytes. */
  readonly canonicalLength: number
  /** In the order of their places. */
  readonly patches: ReadonlyArray<BytePatch>
  /**
   * The whole record in hex, where damaged views or counters contradict each other so that fields
   * can't be encoded one by one: it is used as long as all values are the ones that were decoded.
   */
  readonly record?: string
}

/**
 * A field as it was written.
 *
 * @category models
 * @since 0.1.0
 */
export interface Visit {
  readonly path: string
  readonly offset: number
  readonly length: number
}

/**
 * The bytes of fields that encoding their values alone would not give.
 *
 * @param faulty the paths of values that have no place; of a field that is cut, what is there
 * @category constructors
 * @since 0.1.0
 */
export const patchesOf = (
  visits: ReadonlyArray<Visit>,
  faulty: ReadonlySet<string>,
  canonical: Uint8Array,
  bytes: Uint8Array,
): ReadonlyArray<BytePatch> =>
  visits.flatMap(({ length, offset, path }) => {
    const is = bytes.subarray(offset, offset + length)
    const would = canonical.subarray(offset, offset + length)
    const differs = is.length === length && Buffer.compare(is, would) !== 0
    const isKept = differs || faulty.has(path)
    return isKept ? [{ path, offset, bytes: Buffer.from(is).toString("hex") }] : []
  })

/**
 * The runs in which bytes differ from what they should be, as patches without a path.
 *
 * @category constructors
 * @since 0.1.0
 */
export const differences = (actual: Uint8Array, expected: Uint8Array): ReadonlyArray<BytePatch> => {
  const patches: Array<BytePatch> = []
  let from = -1
  for (let index = 0; index <= expected.length; index++) {
    const differs = index < expected.length && actual[index] !== expected[index]
    if (differs && from < 0) from = index
    if (!differs && from >= 0) {
      const bytes = Buffer.from(expected.subarray(from, index)).toString("hex")
      patches.push({ offset: from, bytes })
      from = -1
    }
  }
  return patches
}
