/** Charts of the last minutes beside one another, repainted no more often than they change visibly. */
import { Suspense, lazy, useMemo } from "react"
import type { Scene } from "../shell/Contribution.ts"
import { formatClock } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { many } from "./Amount.ts"
import { type AlertMark, type Plan, alertMarks, makeColumns, planKey } from "./Series.ts"
import { useEvery, useWhile } from "./Shown.ts"

const Chart = lazy(() => import("../chart/Chart.tsx"))

/** Lines of more frames than this are drawn less often, for nobody sees one more. */
const repaintMillis = (minutes: number): number => Math.max(1000, minutes * 250)

/** A past that is shorter fills the chart, down to this. */
const leastMillis = 30_000

/** More are found on the tab of alerts. */
const marksMax = 20

const Marks = ({ marks }: { readonly marks: ReadonlyArray<AlertMark> }) =>
  marks.length === 0 ? null : (
    <details className="chart-marks">
      <summary>{many(marks.length, "alert")} began in this time: the flags on the charts</summary>
      <ul>
        {marks.slice(-marksMax).map(({ atMillis, id, severity, summary }) => (
          <li key={`${atMillis} ${id}`}>
            <span className="mono">{formatClock(atMillis)}</span> <strong>{severity}</strong>{" "}
            {visible(summary, 300)}
          </li>
        ))}
        {marks.length > marksMax ? <li>… {marks.length - marksMax} more before</li> : null}
      </ul>
    </details>
  )

interface ChartGridProps {
  readonly scene: Scene
  readonly plans: ReadonlyArray<Plan>
  readonly minutes: number
  readonly isVisible: boolean
}

const ChartGrid = ({ isVisible, minutes, plans, scene }: ChartGridProps) => {
  const { connection } = scene
  const history = useEvery(connection.history, isVisible, repaintMillis(minutes))
  const moment = useWhile(connection.moment, isVisible)
  const key = planKey(plans)
  const read = useMemo(() => makeColumns(plans), [key])
  const toMillis = history.at(-1)?.atMillis ?? 0
  const fromMillis = Math.max(
    toMillis - minutes * 60_000,
    Math.min(history[0]?.atMillis ?? 0, toMillis - leastMillis),
  )
  const { times, values } = useMemo(() => read(history, fromMillis), [read, history, fromMillis])
  const marks = useMemo(() => alertMarks(history, fromMillis), [history, fromMillis])
  return (
    <>
      <div className="chart-grid">
        {plans.map((plan, index) => (
          <Suspense key={plan.id} fallback={<p className="view-loading">Loading…</p>}>
            <Chart
              plan={plan}
              times={times}
              values={values[index] ?? []}
              fromMillis={fromMillis}
              toMillis={toMillis}
              shownMillis={moment}
              marks={marks}
              isVisible={isVisible}
              onMoment={connection.setMoment}
            />
          </Suspense>
        ))}
      </div>
      <Marks marks={marks} />
    </>
  )
}

const minutesChoices: ReadonlyArray<number> = [1, 2, 5, 10]

export const minutesOf = (text: string | undefined): number => {
  const minutes = Number(text ?? "2")
  return minutesChoices.includes(minutes) ? minutes : 2
}

export const MinutesField = ({
  minutes,
  set,
}: {
  readonly minutes: number
  readonly set: (minutes: string) => void
}) => (
  <label className="field">
    Last{" "}
    <select value={minutes} onChange={({ target }) => set(target.value)}>
      {minutesChoices.map((choice) => (
        <option key={choice} value={choice}>
          {many(choice, "minute")}
        </option>
      ))}
    </select>
  </label>
)

export default ChartGrid
