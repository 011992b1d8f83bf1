/**
 * Where somebody who looks into a trail that was tampered with is taken first.
 *
 * @since 0.1.0
 */

/**
 * What verifying a trail found, as far as it says where.
 *
 * @category models
 * @since 0.1.0
 */
export interface Placed {
  /** The entry; `null` where it is about no entry. */
  readonly index: number | null
  readonly kind: string
}

const firstOf = (findings: ReadonlyArray<Placed>): number | undefined => {
  let first: number | undefined
  for (const { index } of findings) {
    if (index !== null && (first === undefined || index < first)) first = index
  }
  return first
}

/**
 * The first entry that is not as it was signed; `undefined`: no finding names one. An older form of
 * a bundle that differs from the newest (`copy`) names where the bundle begins, and so counts only
 * where nothing else was found.
 *
 * @category accessors
 * @since 0.1.0
 */
export const firstBadPlace = (findings: ReadonlyArray<Placed>): number | undefined =>
  firstOf(findings.filter(({ kind }) => kind !== "copy")) ?? firstOf(findings)
