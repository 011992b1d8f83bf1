/**
 * What someone may have meant.
 *
 * @since 0.1.0
 */

const lengthMax = 64

/** Insertions, deletions, changes and swaps of neighbours that lead from one text to another. */
const distance = (one: string, other: string): number => {
  let before: ReadonlyArray<number> = []
  let last: ReadonlyArray<number> = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let row = 1; row <= one.length; row++) {
    const next = [row]
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1]
      const isSwap =
        row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1]
      next.push(
        Math.min(
          (last[at] ?? 0) + 1,
          (next[at - 1] ?? 0) + 1,
          (last[at - 1] ?? 0) + (isSame ? 0 : 1),
          isSwap ? (before[at - 2] ?? 0) + 1 : Infinity,
        ),
      )
    }
    before = last
    last = next
  }
  return last[other.length] ?? 0
}

/**
 * The candidate nearest to a word, case aside, where one is near: at most one slip for each
 * three characters.
 *
 * - Bounds: a word of more than 64 characters is near to nothing.
 *
 * @category predicates
 * @since 0.1.0
 */
export const nearest = (word: string, candidates: Iterable<string>): string | undefined => {
  if (word.length > lengthMax) return undefined
  const wanted = word.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.floor(word.length / 3) + 1
  for (const candidate of candidates) {
    const slips = distance(wanted, candidate.toLowerCase())
    if (slips < bestDistance) {
      best = candidate
      bestDistance = slips
    }
  }
  return best
}
