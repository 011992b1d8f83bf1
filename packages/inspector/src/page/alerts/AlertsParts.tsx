/** Alerts beside and under the views: the side bar, and the worst of them in the status bar. */
import { useEffect, useRef } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { Tree } from "../tree/Tree.tsx"
import { quietWords, severityIcons, stateWords, wantsSomebody } from "./AlertRows.ts"
import { useActive, useActiveNow } from "./UseAlerts.ts"

export const AlertsSideBar = ({ scene }: { readonly scene: Scene }) => {
  const active = useActive(scene)
  const about = useStore(scene.connection.about)
  const isHeard = useStorePart(scene.connection.shown, (frame) => frame !== undefined)
  const isIncident = useStorePart(scene.connection.incident, (file) => file !== undefined)
  const open = (parameters: Readonly<Record<string, string>>) =>
    scene.workbench.open("alerts", parameters)
  return (
    <>
      <div className="page">
        <button type="button" onClick={() => open({})}>
          Show all alerts
        </button>
        {active.length === 0 ? (
          <p className="quiet">{quietWords(isIncident ? "engine" : about?.over, isHeard)}</p>
        ) : null}
      </div>
      {active.length === 0 ? null : (
        <Tree
          label="Alerts that are not over"
          onOpen={(id) => open({ selected: `alert ${id}` })}
          nodes={active.map((alert) => ({
            id: alert.id,
            icon: severityIcons[alert.severity],
            label: `${visible(alert.summary, 120)} (${alert.severity}, ${visible(stateWords(alert), 60)})`,
          }))}
        />
      )}
    </>
  )
}

export const AlertsStatus = ({ scene }: { readonly scene: Scene }) => {
  const wanting = wantsSomebody(useActiveNow(scene))
  const [worst] = wanting
  const said = useRef<ReadonlySet<string>>(new Set())
  // Each is said once, when it begins to want somebody.
  useEffect(() => {
    const fresh = wanting.find(({ id }) => !said.current.has(id))
    said.current = new Set(wanting.map(({ id }) => id))
    if (fresh !== undefined) {
      scene.workbench.announce(`Alert, ${fresh.severity}: ${visible(fresh.summary, 200)}`)
    }
  })
  if (worst === undefined) return null
  const isBad = worst.severity === "critical" || worst.severity === "error"
  return (
    <button
      type="button"
      className={`status-item ${isBad ? "status-error" : "status-warning"}`}
      title={visible(worst.summary, 300)}
      onClick={() => scene.workbench.open("alerts", { selected: `alert ${worst.id}` })}
    >
      <Icon name={severityIcons[worst.severity]} /> {wanting.length}{" "}
      {wanting.length === 1 ? "alert" : "alerts"}, the worst {worst.severity}
    </button>
  )
}
