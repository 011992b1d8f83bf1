/** Lines over the last minutes: drawn on a canvas, and said in words and as a table. */
import { type RefObject, useEffect, useId, useRef, useState } from "react"
import uPlot from "uplot"
import "uplot/dist/uPlot.min.css"
import "./Chart.css"
import { useStore } from "../connection/Store.ts"
import type { AlertMark, Plan } from "../engine/Series.ts"
import { IconButton } from "../shell/IconButton.tsx"
import { formatClock, timeZone } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { theme } from "../theme/Theme.ts"
import { inUnit, indexAt, tableRows } from "./ChartUnit.ts"
import { type Drawn, lineColour, lineDash, plotOptions } from "./PlotOptions.ts"

export interface ChartProps {
  readonly plan: Pick<Plan, "title" | "unit" | "lines">
  /** Units: seconds since 1970. */
  readonly times: ReadonlyArray<number>
  readonly values: ReadonlyArray<ReadonlyArray<number | null>>
  readonly fromMillis: number
  readonly toMillis: number
  readonly shownMillis: number | undefined
  readonly marks: ReadonlyArray<AlertMark>
  readonly isVisible: boolean
  /** Somebody pointed at a moment. */
  readonly onMoment: (atMillis: number) => void
}

const tableRowsMax = 30

/** Whether the element is on the screen: what nobody sees is not drawn. */
const useOnScreen = (element: RefObject<HTMLElement | null>): boolean => {
  const [isSeen, setIsSeen] = useState(false)
  useEffect(() => {
    if (element.current === null) return undefined
    const watching = new IntersectionObserver(([entry]) =>
      setIsSeen(entry?.isIntersecting === true),
    )
    watching.observe(element.current)
    return () => watching.disconnect()
  }, [element])
  return isSeen
}

const Swatch = ({ index }: { readonly index: number }) => (
  <svg className="swatch" width="24" height="8" aria-hidden="true">
    <line
      x1="0"
      y1="4"
      x2="24"
      y2="4"
      strokeWidth="2"
      stroke={`var(--vscode-${lineColour(index)})`}
      strokeDasharray={lineDash(index).join(" ")}
    />
  </svg>
)

const Table = ({
  plan: { lines, title, unit },
  times,
  values,
}: Pick<ChartProps, "plan" | "times" | "values">) => {
  const rows = tableRows(times.length, tableRowsMax)
  return (
    <div className="chart-table" role="region" tabIndex={0} aria-label={`${title} as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" className="number">
                {visible(label, 60)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={times[row]}>
              <th scope="row">{formatClock((times[row] ?? 0) * 1000)}</th>
              {values.map((line, index) => (
                <td key={index} className="number">
                  {inUnit(unit, line[row])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** The canvas: made anew for another theme or other lines, and filled with what there is. */
const Canvas = (props: ChartProps & { readonly onHover: (index: number | undefined) => void }) => {
  const { fromMillis, isVisible, marks, onHover, onMoment, plan, shownMillis, times, toMillis } =
    props
  const holder = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | undefined>(undefined)
  const themeName = useStore(theme)
  const zone = useStore(timeZone)
  const isSeen = useOnScreen(holder) && isVisible
  const drawn = useRef<Drawn>({ fromSeconds: 0, toSeconds: 1, shownSeconds: undefined, marks: [] })
  drawn.current = {
    fromSeconds: fromMillis / 1000,
    toSeconds: toMillis / 1000,
    shownSeconds: shownMillis === undefined ? undefined : shownMillis / 1000,
    marks,
  }
  const labels = JSON.stringify(plan.lines.map(({ label }) => label))
  useEffect(() => {
    const element = holder.current
    if (element === null || !isSeen) return undefined
    const width = Math.max(120, element.clientWidth)
    const names = plan.lines.map(({ label }) => label)
    const made = new uPlot(
      plotOptions({ labels: names, unit: plan.unit, width }, () => drawn.current, onHover),
      [[], ...names.map(() => [])],
      element,
    )
    plot.current = made
    const resizing = new ResizeObserver(() => {
      if (element.clientWidth > 0 && element.clientWidth !== made.width)
        made.setSize({ width: Math.max(120, element.clientWidth), height: made.height })
    })
    resizing.observe(element)
    return () => {
      resizing.disconnect()
      plot.current = undefined
      made.destroy()
    }
  }, [labels, plan.unit, themeName, zone, isSeen, onHover])
  useEffect(() => {
    if (!isSeen) return undefined
    const asked = requestAnimationFrame(() =>
      plot.current?.setData([[...props.times], ...props.values.map((line) => [...line])]),
    )
    return () => cancelAnimationFrame(asked)
  }, [isSeen, labels, themeName, zone, times, props.times, props.values, shownMillis, marks])
  return (
    <div
      ref={holder}
      className="chart-canvas"
      onClick={() => {
        const at = plot.current?.cursor.left
        if (at !== undefined && at >= 0) onMoment((plot.current?.posToVal(at, "x") ?? 0) * 1000)
      }}
    />
  )
}

const Chart = (props: ChartProps) => {
  const { marks, plan, shownMillis, times, values } = props
  const [isTable, setIsTable] = useState(false)
  const [hovered, setHovered] = useState<number | undefined>(undefined)
  const id = useId()
  const at =
    hovered ?? (shownMillis === undefined ? times.length - 1 : indexAt(times, shownMillis / 1000))
  const figures = plan.lines.map(
    ({ label }, index) => `${visible(label, 60)} ${inUnit(plan.unit, values[index]?.[at])}`,
  )
  return (
    <section className="chart" aria-labelledby={id}>
      <div className="chart-head">
        <h3 id={id} title={plan.title}>
          {plan.title}
        </h3>
        <IconButton
          icon="table"
          label="Show as table"
          isPressed={isTable}
          onClick={() => setIsTable(!isTable)}
        />
      </div>
      {isTable ? (
        <Table plan={plan} times={times} values={values} />
      ) : (
        <div
          role="img"
          aria-label={`${plan.title}: ${figures.join(", ")}${marks.length === 0 ? "" : `; ${marks.length} alerts began`}`}
        >
          <Canvas {...props} onHover={setHovered} />
        </div>
      )}
      <ul
        className="chart-legend"
        aria-label={`${plan.title}, ${hovered === undefined ? "last" : "pointed at"}`}
      >
        {plan.lines.map(({ label }, index) => (
          <li key={label}>
            <Swatch index={index} />
            <span>{visible(label, 60)}</span>
            <strong>{inUnit(plan.unit, values[index]?.[at])}</strong>
          </li>
        ))}
      </ul>
    </section>
  )
}

export default Chart
