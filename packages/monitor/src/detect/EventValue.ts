/**
 * Values of an event by their path, for detection's hot path: plain, synchronous, and without
 * allocation where the path leads to a text.
 *
 * @since 0.1.0
 */

/**
 * What one path leads to: a text, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type TextAt = (event: unknown) => string | undefined

/**
 * What one path leads to: a finite number, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type NumberAt = (event: unknown) => number | undefined

/** Own members of parsed JSON, of which nothing is assumed. */
type Members = Readonly<Record<string, unknown>>

const valueAt = (steps: ReadonlyArray<string>, event: unknown): unknown => {
  let value: unknown = event
  for (const step of steps) {
    // Of several, the first: a key is one thing.
    if (Array.isArray(value)) value = value[0]
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Members)[step]
  }
  return Array.isArray(value) ? value[0] : value
}

const one = (path: string): TextAt => {
  const steps = path.split(".")
  return (event) => {
    const value = valueAt(steps, event)
    if (typeof value === "string") return value
    return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined
  }
}

/**
 * The text at a path such as `actor.id`, or at several, joined by a space; of an array its first
 * element. Where one of them leads nowhere, there is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const textAt = (paths: string | ReadonlyArray<string>): TextAt => {
  const all = (typeof paths === "string" ? [paths] : paths).map(one)
  const [first, ...others] = all
  if (first === undefined) return () => undefined
  if (others.length === 0) return first
  return (event) => {
    let joined = first(event)
    for (const next of others) {
      const text = next(event)
      if (joined === undefined || text === undefined) return undefined
      joined = `${joined} ${text}`
    }
    return joined
  }
}

/**
 * The number at a path such as `data.rows`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const numberAt = (path: string): NumberAt => {
  const steps = path.split(".")
  return (event) => {
    const value = valueAt(steps, event)
    return typeof value === "number" && Number.isFinite(value) ? value : undefined
  }
}

const zero = 0x30
const secondsEnd = 19
const fractionAt = 20

/**
 * Reads instants in UTC, as the trail has them. Events come in the order of their times, nearly,
 * so most share their second with the one before, and only the fraction is read.
 *
 * @category models
 * @since 0.1.0
 */
export class InstantReader {
  private prefix = "-"
  private millis = Number.NaN

  /**
   * @param text RFC 3339 in UTC, such as `2026-11-21T09:00:00.000Z`
   * @returns milliseconds since 1970; `NaN` for what is no instant
   */
  read(text: string): number {
    if (!text.startsWith(this.prefix)) {
      const prefix = text.slice(0, secondsEnd)
      const millis = prefix.length === secondsEnd ? Date.parse(`${prefix}Z`) : Number.NaN
      if (Number.isNaN(millis)) return Date.parse(text)
      this.prefix = prefix
      this.millis = millis
    }
    if (text.length === 24 && text[23] === "Z") {
      const hundreds = text.charCodeAt(fractionAt) - zero
      const tens = text.charCodeAt(fractionAt + 1) - zero
      const ones = text.charCodeAt(fractionAt + 2) - zero
      return this.millis + hundreds * 100 + tens * 10 + ones
    }
    return text.length === secondsEnd + 1 ? this.millis : Date.parse(text)
  }
}

/**
 * A text as 32 bits (FNV-1a over its UTF-16 code units), the same on every machine.
 *
 * @category conversions
 * @since 0.1.0
 */
export const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  }
  return hash >>> 0
}
