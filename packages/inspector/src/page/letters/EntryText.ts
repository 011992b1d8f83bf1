/** The bytes of an entry as text that can be read, and says nothing that they do not say. */

/** Lines of what is nested more deeply would be mostly space, megabytes of it. */
const nestingMax = 32

/** Brackets within texts count as well: then an entry stays as it was written. */
const nestingOf = (text: string): number => {
  let [nesting, most] = [0, 0]
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    nesting += bracket === "[" || bracket === "{" ? 1 : -1
    most = Math.max(most, nesting)
  }
  return most
}

/**
 * On lines of its own where that leaves every value as it is: two members of one name, or a number
 * that a page would round, are shown as they were written.
 *
 * @param base64 any bytes
 */
export const entryText = (base64: string): string => {
  const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0))
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)
  if (nestingOf(text) > nestingMax) return text
  try {
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? JSON.stringify(value, null, 2) : text
  } catch {
    // Any bytes can be an entry.
    return text
  }
}
