/** Sizes of parts of the workbench, which are remembered. */

/** Below it, as the style sheet knows as well, the side bar lies over the tabs. */
export const narrowPixels = 900

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
