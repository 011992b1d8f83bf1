/** Sizes of parts of the workbench, which are remembered. */

export interface Size {
  readonly min: number
  readonly max: number
  readonly initial: number
}

/** The size that was asked for or remembered, as far as it is one. */
export const bounded = (
  asked: number | string | undefined,
  { initial, max, min }: Size,
): number => {
  const size = asked === undefined || asked === "" ? Number.NaN : Math.round(Number(asked))
  return Number.isFinite(size) ? Math.min(max, Math.max(min, size)) : initial
}
