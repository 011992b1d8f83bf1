/** A ratio to a baseline in words: above 1 is worse, whatever the metric counts. */

/** Nearer to 1 than this is the same: noise is no news. */
const sameWithin = 0.02

export const ratioInWords = (ratio: number): string => {
  if (!Number.isFinite(ratio) || ratio < 0) return "not known"
  if (Math.abs(ratio - 1) < sameWithin) return "as its baseline"
  if (ratio >= 2) return `${ratio.toFixed(1)} times its baseline: worse`
  const percent = Math.round(Math.abs(ratio - 1) * 100)
  return `${percent} % ${ratio > 1 ? "worse" : "better"} than its baseline`
}
