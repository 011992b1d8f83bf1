/** Finds what somebody means by a few letters: each in order, words' beginnings first. */

/** Above 0 where every letter is there in order, more for a better place; 0 where not. */
export const score = (typed: string, text: string): number => {
  const wanted = typed.toLowerCase().replaceAll(/\s+/g, "")
  const lower = text.toLowerCase()
  if (wanted === "") return 1
  const whole = lower.indexOf(typed.toLowerCase().trim())
  if (whole >= 0) return 100_000 - Math.min(50_000, whole)
  const initials = [...lower.matchAll(/(?<![a-z0-9])[a-z0-9]/g)].join("")
  if (initials.includes(wanted)) return 1000 - initials.indexOf(wanted)
  let at = -1
  let sum = 0
  for (const letter of wanted) {
    const found = lower.indexOf(letter, at + 1)
    if (found < 0) return 0
    const isWordStart = found === 0 || !/[a-z0-9]/.test(lower.charAt(found - 1))
    sum += isWordStart ? 8 : found === at + 1 ? 4 : 1
    at = found
  }
  return sum
}

export const best = <A>(
  typed: string,
  all: ReadonlyArray<A>,
  textOf: (one: A) => string,
  most: number,
): ReadonlyArray<A> =>
  all
    .map((one) => ({ one, points: score(typed, textOf(one)) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points)
    .slice(0, most)
    .map(({ one }) => one)
