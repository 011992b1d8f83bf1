/** What a rule says a person should know. */
import { lazy } from "react"
import type { Contribution } from "../shell/Contribution.ts"
import { AlertsSideBar, AlertsStatus } from "./AlertsParts.tsx"
import { useActive } from "./UseAlerts.ts"

export const alerts: Contribution = {
  views: [
    {
      kind: "alerts",
      icon: "bell",
      title: () => "Alerts",
      identity: [],
      component: lazy(() => import("./AlertsView.tsx")),
    },
  ],
  activities: [
    {
      id: "alerts",
      title: "Alerts",
      icon: "bell",
      sideBar: AlertsSideBar,
      useBadge: (scene) => {
        const active = useActive(scene).filter(({ state }) => state !== "pending")
        return active.length === 0 ? undefined : String(active.length)
      },
    },
  ],
  commands: [
    {
      id: "alerts.open",
      title: "Alerts: Show alerts and findings",
      run: ({ workbench }) => workbench.open("alerts"),
    },
  ],
  statusLeft: [AlertsStatus],
}
