/** How the engine did over the last minutes. */
import { useMemo } from "react"
import type { Frame } from "@countersign/monitor/protocol/Update"
import type { Scene, ViewProps } from "../shell/Contribution.ts"
import ChartGrid, { MinutesField, minutesOf } from "./ChartGrid.tsx"
import { EnginePage } from "./EnginePage.tsx"
import { chartNames, plansOf } from "./Series.ts"

interface ChartsProps {
  readonly frame: Frame
  readonly scene: Scene
  readonly minutes: number
  readonly isVisible: boolean
}

/** What charts there are changes seldom, and each frame of another engine's file may bring others. */
const Charts = ({ frame: { snapshot }, isVisible, minutes, scene }: ChartsProps) => {
  const names = chartNames(snapshot)
  const plans = useMemo(() => plansOf(snapshot), [names])
  return (
    <div className="engine-body" role="region" tabIndex={0} aria-label="Charts of the engine">
      <ChartGrid scene={scene} plans={plans} minutes={minutes} isVisible={isVisible} />
      {snapshot.readingsLeftOut === 0 ? null : (
        <p className="quiet">{snapshot.readingsLeftOut} series had no room in the frame.</p>
      )}
    </div>
  )
}

const ChartsView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const minutes = minutesOf(parameters["minutes"])
  return (
    <EnginePage
      scene={scene}
      isVisible={isVisible}
      title="Charts"
      command="countersign top DIR"
      tools={<MinutesField minutes={minutes} set={(next) => setParameters({ minutes: next })} />}
    >
      {(frame) => <Charts frame={frame} scene={scene} minutes={minutes} isVisible={isVisible} />}
    </EnginePage>
  )
}

export default ChartsView
