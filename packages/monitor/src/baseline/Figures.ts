/**
 * Figures out of the documents that measurements leave: results of benchmarks, reports of loads,
 * readings, or any JSON by paths into it.
 *
 * @since 0.1.0
 */
import { seriesOf } from "../metric/Reading.ts"
import type { Better } from "./Verdict.ts"

/**
 * One figure with what it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Figure {
  readonly name: string
  /** `undefined` where neither its unit nor whoever asks for it says so. */
  readonly better: Better | undefined
  readonly unit: string
  readonly value: number
}

/**
 * A figure that is asked for.
 *
 * @category models
 * @since 0.1.0
 */
export interface WantedFigure {
  readonly name: string
  /** Decides, whatever the document says. `undefined`: as the figure's unit tells. */
  readonly better: Better | undefined
  readonly unit: string
}

/**
 * Reads `latency.p99:lower:µs`: a path or a series, which way is better, a unit.
 *
 * @category encoding
 * @since 0.1.0
 */
export const parsePick = (text: string): WantedFigure | undefined => {
  const found =
    /^(?<name>\P{Cc}{1,200}?)(?::(?<better>lower|higher)(?::(?<unit>\P{Cc}{0,20}))?)?$/u.exec(text)
  const { better, name, unit = "" } = found?.groups ?? {}
  if (name === undefined) return undefined
  return { name, better: better === "lower" || better === "higher" ? better : undefined, unit }
}

const times: ReadonlySet<string> = new Set(["ns", "µs", "μs", "us", "ms", "s", "min", "h"])

/**
 * Which way a figure gets better, by its unit: less time or memory, more of anything in a time.
 * `undefined` where a unit does not tell, as for `%`, `×`, or time in a time.
 *
 * @category numbers
 * @since 0.1.0
 */
export const betterOf = (unit: string): Better | undefined => {
  const [counted = "", per] = unit.split("/", 2)
  const isTime = times.has(counted)
  if (per !== undefined && times.has(per)) return isTime ? undefined : "higher"
  return isTime || /^(?:(?:[kKMGT]i?)?B|bytes?)$/.test(counted) ? "lower" : undefined
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

// An infinite one is worse or better than all others, and a comparison says so.
const figureOf = (
  name: string,
  better: Better | undefined,
  unit: string,
  value: unknown,
): ReadonlyArray<Figure> =>
  typeof value === "number" && !Number.isNaN(value) ? [{ name, better, unit, value }] : []

const directions: ReadonlyMap<unknown, Better> = new Map([
  ["atLeast", "higher"],
  ["atMost", "lower"],
])

/** A goal on a ratio or a difference points another way than the figure it is worked out from. */
const isGoalOn = (value: unknown, unit: string, line: Plain): boolean =>
  at(line, "goal.unit") === unit && (line["judged"] ?? value) === value

/** A line of `npm run bench`: what it measured, and which way that gets better. */
const benchFigures = (document: unknown): ReadonlyArray<Figure> =>
  listOf(at(document, "lines")).flatMap((line) => {
    const { name } = line
    const unit = at(line, "ours.unit")
    const value = at(line, "ours.value")
    if (typeof name !== "string" || typeof unit !== "string") return []
    const goal = isGoalOn(value, unit, line)
      ? directions.get(at(line, "goal.direction"))
      : undefined
    return figureOf(name, goal ?? betterOf(unit), unit, value)
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
 * known. One that is asked for and absent is left out. Whoever asks decides which way is better.
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
    const value = found?.value ?? series.get(name) ?? at(document, name)
    const isIn = unit === "" ? (found?.unit ?? "") : unit
    return figureOf(name, better ?? found?.better ?? betterOf(isIn), isIn, value)
  })
}
