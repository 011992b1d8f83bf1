import { lazy } from "react"
import type { Contribution, Scene } from "../shell/Contribution.ts"

/** The same tab, some entries further on. */
const step = (scene: Scene, by: number): void => {
  const { workbench } = scene
  const active = workbench.active.get()
  const sequence = Number(active?.parameters["sequence"] ?? Number.NaN)
  if (active?.kind !== "event" || !Number.isSafeInteger(sequence) || sequence + by < 0) return
  const parameters = { ...active.parameters, sequence: String(sequence + by) }
  const api = workbench.dock()?.activePanel?.api
  api?.updateParameters({ kind: "event", parameters })
  api?.setTitle(`Event ${parameters.sequence}`)
  workbench.refresh()
}

export const event: Contribution = {
  views: [
    {
      kind: "event",
      icon: "symbol-event",
      title: ({ id, sequence }) => `Event ${sequence ?? id ?? ""}`,
      identity: ["sequence", "id"],
      component: lazy(() => import("./EventView.tsx")),
    },
  ],
  commands: [
    { id: "event.next", title: "Event: Go to the next one", keys: "]", run: (s) => step(s, 1) },
    {
      id: "event.previous",
      title: "Event: Go to the one before",
      keys: "[",
      run: (s) => step(s, -1),
    },
  ],
  places: (typed) => {
    const sequence = /^#?(\d{1,15})$/.exec(typed.trim())?.[1]
    const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(typed.trim())?.[0]
    const parameters =
      sequence !== undefined
        ? { sequence: String(Number(sequence)) }
        : id === undefined
          ? id
          : { id }
    return parameters === undefined
      ? []
      : [
          {
            label: `Event ${sequence ?? id ?? ""}`,
            detail: "with its proof, checked here",
            icon: "symbol-event",
            open: ({ workbench }) => workbench.open("event", parameters),
          },
        ]
  },
}
