/** What is there from the start: the side bar's place, and the moment in the status bar. */
import { Suspense, lazy } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { formatClock } from "../shell/TimeFormat.ts"
import { shownMillis } from "./Past.ts"

const EngineTree = lazy(() => import("./EngineTree.tsx"))

interface PartProps {
  readonly scene: Scene
}

export const EngineSideBar = ({ scene }: PartProps) => (
  <Suspense fallback={<p className="view-loading">Loading…</p>}>
    <EngineTree scene={scene} />
  </Suspense>
)

/** Seen from every view, so that nobody takes the past for now. */
export const MomentStatus = ({ scene }: PartProps) => {
  const { connection } = scene
  const moment = useStore(connection.moment)
  const past = useStorePart(connection.shown, (frame) => shownMillis(moment, frame))
  const incident = useStore(connection.incident)
  if (moment === undefined && incident === undefined) return null
  const at = past === undefined ? "" : ` ${formatClock(past)}`
  return (
    <span className="status-item status-warning">
      <button
        type="button"
        title={incident === undefined ? "Go back to now (Alt+N)" : "Close the incident file"}
        onClick={() => {
          if (incident === undefined) connection.setMoment(undefined)
          else connection.setIncident(undefined)
        }}
      >
        <Icon name={incident === undefined ? "history" : "file"} />{" "}
        {incident === undefined ? `Looking at${at}` : `Incident file${at}`}
      </button>
    </span>
  )
}
