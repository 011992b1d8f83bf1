/** Opening, splitting and remembering tabs: what the workbench does with dockview. */
import type { DockviewApi, SerializedDockview } from "dockview-react"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"
import type { View } from "./Contribution.ts"
import { type Closing, makeClosing } from "./Closing.ts"
import { type Groups, makeGroups } from "./Groups.ts"
import { type Opening, makeOpening } from "./Opening.ts"
import { type Link, fromLink, toLink } from "./Permalink.ts"
import { type Recent, makeRecent } from "./Recent.ts"
import { identityOf, linkOf } from "./TabIdentity.ts"

export interface Tabs extends Opening, Groups, Closing {
  /** The permalink of a tab; without its id, of the active one. */
  readonly link: (id?: string) => string
  readonly active: ReadonlyStore<Link | undefined>
  readonly recentLinks: Recent["all"]
  readonly dock: () => DockviewApi | undefined
  readonly attach: (api: DockviewApi) => void
  /** Tells the address what the active tab shows, after that has changed. */
  readonly refresh: () => void
}

const layoutKey = "layout"
const recentMax = 20
/** Units: milliseconds. Moving a sash tells of a new layout in each frame. */
const keepMillis = 300

/** The tabs of the last visit, as far as their views still exist. */
const restore = (api: DockviewApi, kept: string, views: ReadonlyMap<string, View>): void => {
  try {
    // What cannot be read, of another version, is not worth a message: it is only a layout.
    api.fromJSON(JSON.parse(kept) as SerializedDockview)
  } catch {
    api.clear()
  }
  for (const one of api.panels.slice()) {
    const link = linkOf(one.params)
    if (link === undefined || !views.has(link.kind)) api.removePanel(one)
  }
}

/** Whether another link names the tab that this one names, with other parameters. */
const isSameTab = (views: ReadonlyMap<string, View>, link: Link) => {
  const view = views.get(link.kind)
  return (other: string): boolean => {
    const found = fromLink(other)
    return (
      view !== undefined &&
      found?.kind === link.kind &&
      identityOf(view, found.parameters) === identityOf(view, link.parameters)
    )
  }
}

/** Two groups may show the same tab, and dockview calls a group by its tab, as the last of what it does. */
const nameGroups = (api: DockviewApi): void =>
  queueMicrotask(() => {
    for (const [index, { element }] of api.groups.entries()) {
      element.setAttribute("aria-label", `Tabs ${index + 1}`)
    }
  })

export const makeTabs = (host: Host, views: ReadonlyMap<string, View>): Tabs => {
  const active = makeStore<Link | undefined>(undefined)
  const recent = makeRecent(host, "recentLinks", recentMax)
  let dock: DockviewApi | undefined
  let keeping: ReturnType<typeof setTimeout> | undefined

  const keepNow = () => {
    clearTimeout(keeping)
    if (dock !== undefined) host.write(layoutKey, JSON.stringify(dock.toJSON()))
  }
  const keep = () => {
    clearTimeout(keeping)
    keeping = setTimeout(keepNow, keepMillis)
  }
  const refresh = (): void => {
    const link = linkOf(dock?.activePanel?.params)
    active.set(link)
    host.setLink(link === undefined ? "" : toLink(link))
    if (link !== undefined) recent.use(toLink(link), isSameTab(views, link))
    keep()
  }
  const opening = makeOpening(views, () => dock, refresh)
  const { open, openLink, split } = opening
  const { remember, ...closing } = makeClosing(() => dock, openLink)
  return {
    ...closing,
    ...makeGroups(
      () => dock,
      () => split("right"),
    ),
    ...opening,
    active,
    recentLinks: recent.all,
    refresh,
    link: (id) => {
      const panel = id === undefined ? dock?.activePanel : dock?.getPanel(id)
      return toLink(linkOf(panel?.params) ?? { kind: "welcome", parameters: {} })
    },
    dock: () => dock,
    attach: (api) => {
      dock = api
      const wanted = host.link()
      const kept = host.read(layoutKey)
      if (kept !== undefined) restore(api, kept, views)
      if (!openLink(wanted) && api.panels.length === 0) open("welcome")
      api.onDidLayoutChange(() => {
        keep()
        nameGroups(api)
      })
      api.onDidActivePanelChange(() => {
        refresh()
        nameGroups(api)
      })
      api.onDidRemovePanel(remember)
      host.onLink(openLink)
      addEventListener("pagehide", keepNow)
      refresh()
    },
  }
}
