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
 * What one path leads to: a text, several where there are several, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type TextsAt = (event: unknown) => string | ReadonlyArray<string> | undefined

/**
 * What one path leads to: a finite number, or nothing.
 *
 * @category models
 * @since 0.1.0
 */
export type NumberAt = (event: unknown) => number | undefined

/** Own members of parsed JSON, of which nothing is assumed. */
type Members = Readonly<Record<string, unknown>>

/** Stands for what is one of several, and needs a look at each. */
const several = Symbol("several")

const only = (value: unknown): unknown => {
  if (!Array.isArray(value)) return value
  return value.length > 1 ? several : only(value[0])
}

/** What a path leads to where everything on the way is one, which is so for nearly all events. */
const valueAt = (steps: ReadonlyArray<string>, event: unknown): unknown => {
  let value: unknown = event
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined
    value = only((value as Members)[step])
    if (value === several) return several
  }
  return value
}

/** What each of some paths leads to, of which there may be several. */
type Row = ReadonlyArray<unknown>

/** Two lists within one event could make a million pairs. */
const rowsMax = 4096

/**
 * The values of several paths that belong together: those with the same beginning are taken from
 * the same element of a list, and lists that have nothing to do with each other each with each.
 */
const rowsAt = (
  value: unknown,
  paths: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<Row> => {
  if (Array.isArray(value)) return value.flatMap((each) => rowsAt(each, paths)).slice(0, rowsMax)
  const steps = new Set(paths.map(([step]) => step))
  let rows: ReadonlyArray<Row> = [[]]
  for (const step of steps) {
    const below =
      step === undefined
        ? [[value]]
        : typeof value === "object" && value !== null && Object.hasOwn(value, step)
          ? rowsAt(
              (value as Members)[step],
              paths.filter(([first]) => first === step).map((path) => path.slice(1)),
            )
          : []
    rows = rows.flatMap((row) => below.map((more) => [...row, ...more])).slice(0, rowsMax)
  }
  return rows
}

const textOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined
}

/** Paths with the same beginning next to each other, as {@link rowsAt} has their values. */
const grouped = (
  paths: ReadonlyArray<ReadonlyArray<string>>,
): ReadonlyArray<ReadonlyArray<string>> =>
  [...new Set(paths.map(([first]) => first))].flatMap((step) => {
    const group = paths.filter(([first]) => first === step)
    if (step === undefined || group.length < 2) return group
    return grouped(group.map((path) => path.slice(1))).map((path) => [step, ...path])
  })

const listed = (paths: string | ReadonlyArray<string>): ReadonlyArray<ReadonlyArray<string>> =>
  grouped((typeof paths === "string" ? [paths] : paths).map((path) => path.split(".")))

const textsOf = (event: unknown, paths: ReadonlyArray<ReadonlyArray<string>>) => {
  const found = new Set<string>()
  for (const row of rowsAt(event, paths)) {
    const texts = row.map(textOf)
    if (!texts.includes(undefined)) found.add(texts.join(" "))
  }
  return [...found]
}

/**
 * The text at a path such as `actor.id`, or at several, joined by a space; where a list is on the
 * way, that of each of its elements, none of them twice. Where a path leads nowhere, there is none.
 *
 * @category constructors
 * @since 0.1.0
 */
export const textsAt = (paths: string | ReadonlyArray<string>): TextsAt => {
  const all = listed(paths)
  return (event) => {
    let joined: string | undefined
    for (const steps of all) {
      const value = valueAt(steps, event)
      if (value === several) return textsOf(event, all)
      const text = textOf(value)
      if (text === undefined) return undefined
      joined = joined === undefined ? text : `${joined} ${text}`
    }
    return joined
  }
}

/**
 * The same where one is wanted: the first of several.
 *
 * @category constructors
 * @since 0.1.0
 */
export const textAt = (paths: string | ReadonlyArray<string>): TextAt => {
  const texts = textsAt(paths)
  return (event) => {
    const found = texts(event)
    return typeof found === "object" ? found[0] : found
  }
}

const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined

const numbersAt = (
  path: string,
  reduce: (numbers: ReadonlyArray<number>) => number | undefined,
): NumberAt => {
  const all = listed(path)
  const steps = path.split(".")
  return (event) => {
    const value = valueAt(steps, event)
    if (value !== several) return numberOf(value)
    return reduce(
      rowsAt(event, all).flatMap(([each]) => {
        const number = numberOf(each)
        return number === undefined ? [] : [number]
      }),
    )
  }
}

/**
 * The number at a path such as `data.rows`; the first of several.
 *
 * @category constructors
 * @since 0.1.0
 */
export const numberAt = (path: string): NumberAt => numbersAt(path, ([first]) => first)

/**
 * The same where a list is on the way to be added up.
 *
 * @category constructors
 * @since 0.1.0
 */
export const sumAt = (path: string): NumberAt =>
  numbersAt(path, (numbers) =>
    numbers.length === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0),
  )

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
