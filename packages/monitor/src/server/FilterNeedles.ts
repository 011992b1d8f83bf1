/**
 * Texts that stand in the bytes of each event that a filter lets through: an entry without them
 * need not be parsed.
 *
 * @since 0.1.0
 */
import type * as Filter from "@countersign/core/query/Filter"

/**
 * @category models
 * @since 0.1.0
 */
export type Needle = Buffer

const backslash = 0x5c
/** Whether JSON writes the text as it is. What can't be read as UTF-8 becomes U+FFFD. */
const isPlain = (text: string): boolean =>
  text !== "" && !text.includes("\ufffd") && JSON.stringify(text) === `"${text}"`

/** The longest run of characters that a pattern wants as they are. */
const literalOf = (codes: ReadonlyArray<number>): string => {
  let longest = ""
  let run = ""
  for (const code of [...codes, -1]) {
    if (code >= 0) run += String.fromCodePoint(code)
    else {
      if (run.length > longest.length) longest = run
      run = ""
    }
  }
  return longest
}

/**
 * @category constructors
 * @since 0.1.0
 */
export const needlesOf = (filter: Filter.Filter): ReadonlyArray<Needle> => {
  switch (filter._tag) {
    case "And":
      return filter.all.flatMap(needlesOf)
    case "Like": {
      const literal = literalOf(filter.glob.codes)
      return isPlain(literal) ? [Buffer.from(literal)] : []
    }
    case "Compare":
      return filter.operator === "=" && filter.value._tag === "Text" && isPlain(filter.value.text)
        ? [Buffer.from(filter.value.text)]
        : []
    case "Or":
    case "Not":
    case "Exists":
      return []
  }
}

/**
 * `false`: the entry can't pass. One with escapes may say the same in other bytes, and so is parsed.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isWorthReading = (needles: ReadonlyArray<Needle>, entry: Uint8Array): boolean => {
  if (needles.length === 0) return true
  const bytes = Buffer.from(entry.buffer, entry.byteOffset, entry.byteLength)
  return needles.every((needle) => bytes.includes(needle)) || bytes.includes(backslash)
}
