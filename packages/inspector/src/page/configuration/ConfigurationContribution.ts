/** The engine's configuration: what is in force, and the file that says it. */
import { lazy } from "react"
import type { Contribution } from "../shell/Contribution.ts"

export const configuration: Contribution = {
  views: [
    {
      kind: "configuration",
      icon: "settings-gear",
      title: () => "Configuration",
      identity: [],
      component: lazy(() => import("./ConfigurationView.tsx")),
    },
  ],
  commands: [
    {
      id: "configuration.open",
      title: "Configuration: Show what is in force",
      run: ({ workbench }) => workbench.open("configuration"),
    },
    {
      id: "configuration.edit",
      title: "Configuration: Edit it as YAML",
      run: ({ workbench }) => workbench.open("configuration", { part: "edit" }),
    },
  ],
}
