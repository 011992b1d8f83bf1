/** What an alert is about, over the minutes that the page remembers. */
import type { Alert } from "@countersign/monitor/alert/Alert"
import type { AlertRule } from "@countersign/monitor/alert/AlertRule"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { thresholdOf } from "./RuleWords.ts"

export interface SeriesPoint {
  readonly atMillis: number
  readonly value: number
}

export interface AlertSeries {
  readonly series: string
  readonly points: ReadonlyArray<SeriesPoint>
  /** On the same scale as the points; `undefined`: the rule compares something made of them. */
  readonly bound: number | undefined
}

/** Rules that look at the values of one series; the others add up or look at events. */
const looksAtSeries: ReadonlySet<AlertRule["kind"]> = new Set([
  "threshold",
  "rate",
  "absence",
  "change",
])

export const alertSeries = (
  alert: Alert,
  rule: AlertRule | undefined,
  frames: ReadonlyArray<Frame>,
): AlertSeries | undefined => {
  if (rule === undefined || !looksAtSeries.has(rule.kind)) return undefined
  const series = alert.subject
  const points = frames.flatMap(({ atMillis, snapshot }) => {
    const value = snapshot.readings.find((row) => row.series === series)?.value
    return value === undefined || !Number.isFinite(value) ? [] : [{ atMillis, value }]
  })
  if (points.length === 0) return undefined
  const bound = rule.kind === "threshold" ? thresholdOf(rule)?.bound : undefined
  return { series, points, bound }
}

/** Units: pixels. */
export interface ChartSize {
  readonly width: number
  readonly height: number
}

export interface ChartShape {
  /** `x,y` pairs of a line. */
  readonly line: string
  /** Height of the threshold; `undefined`: there is none. */
  readonly boundY: number | undefined
  readonly low: number
  readonly high: number
}

/** A line that fits, with room for the threshold. */
export const chartShape = (
  { bound, points }: AlertSeries,
  { height, width }: ChartSize,
): ChartShape => {
  const values = points.map(({ value }) => value)
  const all = bound === undefined ? values : [...values, bound]
  let low = Math.min(...all)
  let high = Math.max(...all)
  if (high === low) {
    low -= 1
    high += 1
  }
  const from = points[0]?.atMillis ?? 0
  const span = Math.max(1, (points.at(-1)?.atMillis ?? 0) - from)
  const y = (value: number): number =>
    Number((height - ((value - low) / (high - low)) * height).toFixed(1))
  return {
    line: points
      .map(
        ({ atMillis, value }) => `${(((atMillis - from) / span) * width).toFixed(1)},${y(value)}`,
      )
      .join(" "),
    boundY: bound === undefined ? undefined : y(bound),
    low,
    high,
  }
}
