/** The figures that have a committed baseline, and how they stand against it. */
import { useMemo } from "react"
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { Scene, ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { ratioInWords } from "./BaselineWords.ts"
import ChartGrid, { MinutesField, minutesOf } from "./ChartGrid.tsx"
import { EnginePage } from "./EnginePage.tsx"
import { baselinePlan } from "./Series.ts"

/** Metrics that the engine itself calls worse, for long enough. */
const regressedIn = ({ readings }: Snapshot): ReadonlySet<string> =>
  new Set(
    readings.flatMap(({ series, value }) => {
      const [, metric] = /^countersign_baseline_regressed\{metric="(.*)"\}$/.exec(series) ?? []
      return metric !== undefined && value === 1 ? [metric] : []
    }),
  )

const Standing = ({
  isRegressed,
  ratio,
}: {
  readonly isRegressed: boolean
  readonly ratio: number
}) => {
  if (isRegressed) {
    return (
      <strong className="bad">
        <Icon name="error" /> a regression
      </strong>
    )
  }
  return ratio > 1.1 ? (
    <span className="warn">
      <Icon name="warning" /> not for long enough to be one
    </span>
  ) : (
    <span className="good">
      <Icon name="pass" /> holds
    </span>
  )
}

const NoBaselines = () => (
  <div className="page">
    <p>No figure of this engine is held against a baseline.</p>
    <p className="quiet">
      Record one with <code>countersign baseline record</code>, and give its file to the monitor.
    </p>
  </div>
)

interface BaselinesProps {
  readonly snapshot: Snapshot
  readonly scene: Scene
  readonly isVisible: boolean
  readonly minutes: number
}

const Baselines = ({ isVisible, minutes, scene, snapshot }: BaselinesProps) => {
  const { baselines } = snapshot
  const key = baselines.map(({ metric }) => metric).join("\n")
  const plans = useMemo(() => [baselinePlan(key.split("\n"))], [key])
  if (baselines.length === 0) return <NoBaselines />
  const regressed = regressedIn(snapshot)
  return (
    <div className="engine-body" role="region" tabIndex={0} aria-label="Baselines">
      <table className="ledger">
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" className="number">
              Ratio
            </th>
            <th scope="col">In words</th>
            <th scope="col">Standing</th>
          </tr>
        </thead>
        <tbody>
          {baselines.map(({ metric, ratio }) => (
            <tr key={metric}>
              <th scope="row">{visible(metric, 120)}</th>
              <td className="number">{ratio.toFixed(2)}</td>
              <td>{ratioInWords(ratio)}</td>
              <td>
                <Standing ratio={ratio} isRegressed={regressed.has(metric)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ChartGrid scene={scene} plans={plans} minutes={minutes} isVisible={isVisible} />
    </div>
  )
}

const BaselinesView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const minutes = minutesOf(parameters["minutes"])
  return (
    <EnginePage
      scene={scene}
      isVisible={isVisible}
      title="Baselines"
      tools={<MinutesField minutes={minutes} set={(next) => setParameters({ minutes: next })} />}
    >
      {({ snapshot }) => (
        <Baselines snapshot={snapshot} scene={scene} isVisible={isVisible} minutes={minutes} />
      )}
    </EnginePage>
  )
}

export default BaselinesView
