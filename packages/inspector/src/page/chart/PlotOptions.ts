/** How a chart is drawn: in the theme's colours, with a dash pattern of its own for each line. */
import type uPlot from "uplot"
import type { AlertMark } from "../engine/Series.ts"
import type { Unit } from "../engine/Series.ts"
import { formatClock } from "../shell/TimeFormat.ts"
import { colour } from "../theme/Theme.ts"
import { axisEnd, inUnit } from "./ChartUnit.ts"

const lineColours = [
  "charts-blue",
  "charts-orange",
  "charts-green",
  "charts-purple",
  "charts-red",
  "charts-yellow",
]
/** Lines of one colour differ in their dashes, and so do all where there are no colours. */
const dashes: ReadonlyArray<ReadonlyArray<number>> = [
  [],
  [8, 4],
  [2, 3],
  [10, 3, 2, 3],
  [4, 2],
  [1, 4],
  [14, 4],
  [6, 2, 1, 2],
]

export const lineColour = (index: number): string =>
  lineColours[index % lineColours.length] ?? "charts-blue"
export const lineDash = (index: number): ReadonlyArray<number> =>
  dashes[index % dashes.length] ?? []

/** What changes while a chart stays; it is looked at when it is drawn. */
export interface Drawn {
  readonly fromSeconds: number
  readonly toSeconds: number
  /** The moment that the page shows; `undefined`: now. */
  readonly shownSeconds: number | undefined
  readonly marks: ReadonlyArray<AlertMark>
}

const upright = (
  plot: uPlot,
  seconds: number,
  stroke: string,
  dash: ReadonlyArray<number>,
): number => {
  const { ctx } = plot
  const { height, top } = plot.bbox
  const x = Math.round(plot.valToPos(seconds, "x", true))
  ctx.strokeStyle = stroke
  ctx.lineWidth = devicePixelRatio
  ctx.setLineDash(dash.map((length) => length * devicePixelRatio))
  ctx.beginPath()
  ctx.moveTo(x, top)
  ctx.lineTo(x, top + height)
  ctx.stroke()
  ctx.setLineDash([])
  return x
}

/** A flag at the top of each alert's line: a shape, and no colour alone. */
const drawMarks = (plot: uPlot, { fromSeconds, marks, shownSeconds, toSeconds }: Drawn): void => {
  const size = 7 * devicePixelRatio
  for (const { atMillis, severity } of marks) {
    const at = atMillis / 1000
    if (at < fromSeconds || at > toSeconds) continue
    const stroke = colour(
      severity === "error" || severity === "critical"
        ? "errorForeground"
        : "editorWarning-foreground",
    )
    const x = upright(plot, at, stroke, [3, 3])
    plot.ctx.fillStyle = stroke
    plot.ctx.beginPath()
    plot.ctx.moveTo(x, plot.bbox.top)
    plot.ctx.lineTo(x + size, plot.bbox.top + size / 2)
    plot.ctx.lineTo(x, plot.bbox.top + size)
    plot.ctx.fill()
  }
  if (shownSeconds !== undefined) upright(plot, shownSeconds, colour("focusBorder"), [])
}

const font = "11px system-ui, sans-serif"

export const plotOptions = (
  { labels, unit, width }: { labels: ReadonlyArray<string>; unit: Unit; width: number },
  drawn: () => Drawn,
  hovered: (index: number | undefined) => void,
): uPlot.Options => {
  const axis = {
    stroke: colour("descriptionForeground"),
    grid: { stroke: colour("editorWidget-border"), width: 0.5 },
    ticks: { stroke: colour("editorWidget-border"), width: 0.5, size: 4 },
    font,
  }
  return {
    width,
    height: 150,
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      points: { size: 5 },
      drag: { x: false, y: false },
      sync: { key: "engine", setSeries: false },
    },
    scales: {
      x: { time: false, range: () => [drawn().fromSeconds, drawn().toSeconds] },
      y: { range: (_, __, most) => [0, axisEnd(unit, most)] },
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 90,
        incrs: [1, 5, 10, 15, 30, 60, 120, 300],
        values: (_, splits) => splits.map((at) => formatClock(at * 1000)),
      },
      { ...axis, size: 66, space: 34, values: (_, splits) => splits.map((at) => inUnit(unit, at)) },
    ],
    series: [
      {},
      ...labels.map((label, index) => ({
        label,
        stroke: colour(lineColour(index)),
        width: 1.5,
        dash: [...lineDash(index)],
        points: { show: false },
      })),
    ],
    hooks: {
      draw: [(plot) => drawMarks(plot, drawn())],
      setCursor: [(plot) => hovered(plot.cursor.idx ?? undefined)],
    },
  }
}
