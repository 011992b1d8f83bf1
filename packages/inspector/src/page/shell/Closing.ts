/** Closing tabs, and opening again what was closed. */
import type { DockviewApi, IDockviewPanel } from "dockview-react"
import { toLink } from "./Permalink.ts"
import { linkOf } from "./TabIdentity.ts"

export interface Closing {
  readonly closeActive: () => void
  readonly close: (id: string) => void
  /** All others of its group. */
  readonly closeOthers: (id: string) => void
  readonly closeAll: () => void
  /** The tab that was closed last; `false`: there is none. */
  readonly reopen: () => boolean
}

const closedMax = 20

const closeEach = (tabs: ReadonlyArray<IDockviewPanel>): void => {
  // A copy, since the dock's own list shrinks with each.
  for (const one of tabs.slice()) one.api.close()
}

export const makeClosing = (
  dockNow: () => DockviewApi | undefined,
  openLink: (link: string) => boolean,
): Closing & { readonly remember: (panel: IDockviewPanel) => void } => {
  const closed: Array<string> = []
  return {
    closeActive: () => dockNow()?.activePanel?.api.close(),
    close: (id) => dockNow()?.getPanel(id)?.api.close(),
    closeOthers: (id) => {
      const panel = dockNow()?.getPanel(id)
      closeEach((panel?.group.panels ?? []).filter((other) => other !== panel))
    },
    closeAll: () => closeEach(dockNow()?.panels ?? []),
    reopen: () => {
      const link = closed.pop()
      return link !== undefined && openLink(link)
    },
    remember: (panel) => {
      const link = linkOf(panel.params)
      if (link === undefined) return
      closed.push(toLink(link))
      closed.splice(0, closed.length - closedMax)
    },
  }
}
