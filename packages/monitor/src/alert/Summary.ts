/**
 * The sentence of an alert, from its rule's.
 *
 * @since 0.1.0
 */
import type { Labels } from "../metric/Reading.ts"

/**
 * What stands in the braces' place.
 *
 * @category models
 * @since 0.1.0
 */
export interface SummaryValues {
  readonly value: number | null
  readonly bound: number
  readonly subject: string
  readonly for: string
  readonly labels: Labels
}

const summaryLengthMax = 500
const placeholder = /\{([^{}]*)\}/g
const known = new Set(["value", "bound", "subject", "for"])
const labelPrefix = "labels."

/**
 * What stands in braces and is not known.
 *
 * @category predicates
 * @since 0.1.0
 */
export const unknownPlaceholders = (template: string): ReadonlyArray<string> =>
  [...template.matchAll(placeholder)]
    .map(([, name = ""]) => name)
    .filter((name) => !known.has(name) && !/^labels\.[a-zA-Z_]\w*$/.test(name))

/** At most four digits that count, and none where there are none. */
const shownNumber = (value: number): string => String(Number(value.toPrecision(4)))

/**
 * Labels may hold anything that an application was sent: what is not printable is left out, so that
 * it moves no cursor and ends no line.
 *
 * @category encoding
 * @since 0.1.0
 */
export const summaryOf = (template: string, values: SummaryValues): string =>
  template
    .replaceAll(placeholder, (_, name: string) => {
      if (name === "value") return values.value === null ? "nothing" : shownNumber(values.value)
      if (name === "bound") return shownNumber(values.bound)
      if (name === "subject") return values.subject
      if (name === "for") return values.for
      return values.labels[name.slice(labelPrefix.length)] ?? ""
    })
    .replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, " ")
    .slice(0, summaryLengthMax)
