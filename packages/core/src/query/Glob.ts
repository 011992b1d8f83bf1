/**
 * Patterns with `*` and `?`, matched in time that is bounded by text times pattern.
 *
 * Patterns come from users, so they are never turned into a `RegExp`: a hostile one could
 * stop the process. A backslash takes the meaning from the character after it.
 *
 * @since 0.1.0
 */

/**
 * Longest pattern. Units: characters.
 *
 * @category constants
 * @since 0.1.0
 */
export const globLengthMax = 256

/**
 * Stands in `codes` for `*`: any run of characters, also none.
 *
 * @category constants
 * @since 0.1.0
 */
export const anyRun = -1

/**
 * Stands in `codes` for `?`: any one character.
 *
 * @category constants
 * @since 0.1.0
 */
export const anyOne = -2

/**
 * A pattern that a whole text must match.
 *
 * @category models
 * @since 0.1.0
 */
export interface Glob {
  /** As it was written. */
  readonly pattern: string
  /** Code points, {@link anyRun} and {@link anyOne}; never two `anyRun` in a row. */
  readonly codes: ReadonlyArray<number>
}

const star = 0x2a
const question = 0x3f
const backslash = 0x5c

/**
 * Reads a pattern. Every text is one.
 *
 * @param pattern at most {@link globLengthMax} characters, which the caller sees to
 * @category constructors
 * @since 0.1.0
 */
export const make = (pattern: string): Glob => {
  const codes: Array<number> = []
  let isEscaped = false
  for (const character of pattern) {
    const code = character.codePointAt(0) ?? 0
    if (isEscaped) {
      codes.push(code)
      isEscaped = false
    } else if (code === backslash) {
      isEscaped = true
    } else if (code === star) {
      if (codes.at(-1) !== anyRun) codes.push(anyRun)
    } else {
      codes.push(code === question ? anyOne : code)
    }
  }
  if (isEscaped) codes.push(backslash)
  return { pattern, codes }
}

const widthOf = (code: number): number => (code > 0xffff ? 2 : 1)

/**
 * Tells whether the whole text matches. Upper and lower case differ.
 *
 * Only the newest `*` is ever tried again, since an earlier one could not do better: at most
 * text times pattern steps, and no allocation.
 *
 * @category predicates
 * @since 0.1.0
 */
export const matches = ({ codes }: Glob, text: string): boolean => {
  let at = 0
  let step = 0
  let retryStep = -1
  let retryAt = 0
  while (at < text.length) {
    const expected = codes[step]
    const code = text.codePointAt(at) ?? 0
    if (expected === anyRun) {
      step += 1
      retryStep = step
      retryAt = at
    } else if (expected === anyOne || expected === code) {
      at += widthOf(code)
      step += 1
    } else if (retryStep >= 0) {
      retryAt += widthOf(text.codePointAt(retryAt) ?? 0)
      at = retryAt
      step = retryStep
    } else {
      return false
    }
  }
  if (codes[step] === anyRun) step += 1
  return step === codes.length
}
