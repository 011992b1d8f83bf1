import { createElement, lazy, Suspense } from "react"
import type { Command, Contribution, Scene } from "../shell/Contribution.ts"
import { actions, type EventsActions } from "./EventsState.ts"

const SideBar = lazy(() => import("./EventsSideBar.tsx"))

/** Does it in the tab of events, which is opened where there is none. */
const inTab =
  (act: (tab: EventsActions) => void) =>
  ({ workbench }: Scene): void => {
    const tab = actions.get()
    if (tab !== undefined) return act(tab)
    workbench.open("events")
    const stop = actions.subscribe(() => {
      const opened = actions.get()
      if (opened === undefined) return
      stop()
      act(opened)
    })
  }

const commands: ReadonlyArray<Command> = [
  {
    id: "events.filter",
    title: "Events: Go to the filter",
    keys: "/",
    run: inTab((tab) => tab.focusFilter()),
  },
  {
    id: "events.follow",
    title: "Events: Follow what comes, or pause",
    keys: "Alt+F",
    run: inTab((tab) => tab.toggleFollow()),
  },
  {
    id: "events.export",
    title: "Events: Export what is shown",
    keys: "Alt+E",
    run: inTab((tab) => tab.openExport()),
  },
  {
    id: "events.command",
    title: "Events: Copy as command",
    run: inTab((tab) => tab.copyCommand()),
  },
]

export const events: Contribution = {
  views: [
    {
      kind: "events",
      icon: "list-flat",
      title: ({ filter = "" }) => (filter === "" ? "Events" : `Events: ${filter.slice(0, 40)}`),
      component: lazy(() => import("./EventsView.tsx")),
      identity: [],
    },
  ],
  activities: [
    {
      id: "events",
      title: "Events",
      icon: "list-flat",
      keys: "Ctrl+Shift+E",
      sideBar: ({ scene }) =>
        createElement(Suspense, { fallback: null }, createElement(SideBar, { scene })),
    },
  ],
  commands,
}
