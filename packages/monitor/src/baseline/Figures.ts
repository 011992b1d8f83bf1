/**
 * Figures out of the documents that measurements leave: results of benchmarks, reports of loads,
 * readings, or any JSON by paths into it.
 *
 * @since 0.1.0
 */
import type { BaselineMetric } from "./Baseline.ts"
import { seriesOf } from "../metric/Reading.ts"
import type { Better } from "./Verdict.ts"

/**
 * One figure with what it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Figure extends BaselineMetric {
  readonly name: string
  readonly value: number
}

/**
 * A figure that is asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface WantedFigure extends BaselineMetric {
  readonly name: string
}

/**
 * Reads `latency.p99:lower:µs`: a path or a series, which way is better (default: lower), a unit.
 *
 * @category encoding
 * @since 0.1.0
 */
export const parsePick = (text: string): WantedFigure | undefined => {
  const found = /^(?<name>.{1,200}?)(?::(?<better>lower|higher)(?::(?<unit>.{0,20}))?)?$/u.exec(
    text,
  )
  const { better, name, unit = "" } = found?.groups ?? {}
  if (name === undefined) return undefined
  return { name, better: better === "higher" ? "higher" : "lower", unit }
}

type Plain = Readonly<Record<string, unknown>>

const plainOf = (value: unknown): Plain =>
  // Any object is a record of what is unknown.
  typeof value === "object" && value !== null ? (value as Plain) : {}

const listOf = (value: unknown): ReadonlyArray<Plain> =>
  Array.isArray(value) ? value.map(plainOf) : []

const at = (document: unknown, path: string): unknown => {
  let value = document
  for (const name of path.split(".")) {
    const inner = plainOf(value)
    value = Object.hasOwn(inner, name) ? inner[name] : undefined
  }
  return value
}

const figureOf = (name: string, better: Better, unit: string, value: unknown) =>
  typeof value === "number" && Number.isFinite(value) ? [{ name, better, unit, value }] : []

/** A line of `npm run bench`: what it measured, and which way its goal points. */
const benchFigures = (document: unknown): ReadonlyArray<Figure> =>
  listOf(at(document, "lines")).flatMap((line) => {
    const better = at(line, "goal.direction") === "atLeast" ? "higher" : "lower"
    const { name } = line
    const unit = at(line, "ours.unit")
    if (typeof name !== "string" || typeof unit !== "string") return []
    return figureOf(name, better, unit, at(line, "ours.value"))
  })

const loadFigures = (document: unknown): ReadonlyArray<Figure> => {
  if (at(document, "format") !== "countersign-load-1") return []
  return [
    ...["p50", "p95", "p99", "p999"].flatMap((quantile) =>
      figureOf(`latency.${quantile}`, "lower", "µs", at(document, `latency.${quantile}`)),
    ),
    ...figureOf("rate.achievedPerSecond", "higher", "/s", at(document, "rate.achievedPerSecond")),
  ]
}

/** Values of the series in a document of readings. */
const seriesIn = (document: unknown): ReadonlyMap<string, unknown> =>
  new Map(
    listOf(at(document, "readings")).map(({ labels, name, value }) => {
      const named = Object.entries(plainOf(labels)).map(
        ([key, text]) => [key, String(text)] as const,
      )
      return [seriesOf({ name: String(name), labels: Object.fromEntries(named) }), value]
    }),
  )

/**
 * The figures of a document: those that are asked for, or all of a kind of document that is
 * known. One that is asked for and absent is left out.
 *
 * @category encoding
 * @since 0.1.0
 */
export const figuresOf = (
  document: unknown,
  picks: ReadonlyArray<WantedFigure> = [],
): ReadonlyArray<Figure> => {
  const known = [...benchFigures(document), ...loadFigures(document)]
  if (picks.length === 0) return known
  const series = seriesIn(document)
  return picks.flatMap(({ better, name, unit }) => {
    const found = known.find((figure) => figure.name === name)
    if (found !== undefined) return [found]
    return figureOf(name, better, unit, series.get(name) ?? at(document, name))
  })
}
