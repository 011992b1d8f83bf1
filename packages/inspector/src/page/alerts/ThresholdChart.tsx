/** A small line of the minutes that are remembered, with the bound that the rule compares with. */
import { formatClock } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { type AlertSeries, chartShape } from "./AlertSeries.ts"

const size = { width: 560, height: 110 }
const figure = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 })
/** Rows of the table; the newest. */
const rowsMax = 60

export const ThresholdChart = ({ found }: { readonly found: AlertSeries }) => {
  const { bound, points, series } = found
  const { boundY, high, line, low } = chartShape(found, size)
  const last = points.at(-1)
  const from = points[0]?.atMillis ?? 0
  const said = `${visible(series, 200)}: now ${figure.format(last?.value ?? 0)}, from ${figure.format(low)} to ${figure.format(high)}${bound === undefined ? "" : `, threshold ${figure.format(bound)}`}`
  return (
    <figure className="alert-chart">
      <svg
        viewBox={`0 -4 ${size.width} ${size.height + 8}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={said}
      >
        <polyline className="alert-line" points={line} />
        {boundY === undefined ? null : (
          <line className="alert-bound" x1="0" x2={size.width} y1={boundY} y2={boundY} />
        )}
      </svg>
      <figcaption className="quiet">
        {formatClock(from)} to {formatClock(last?.atMillis ?? 0)}; {said}
        {bound === undefined ? "" : " (dashed)"}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" className="number">
                Value
              </th>
            </tr>
          </thead>
          <tbody>
            {points.slice(-rowsMax).map(({ atMillis, value }) => (
              <tr key={atMillis}>
                <td className="mono">{formatClock(atMillis)}</td>
                <td className="number">{figure.format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
