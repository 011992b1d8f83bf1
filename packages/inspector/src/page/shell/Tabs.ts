/** Opening, splitting and remembering tabs: what the workbench does with dockview. */
import type { DockviewApi, IDockviewPanel, SerializedDockview } from "dockview-react"
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"
import type { Parameters, View } from "./Contribution.ts"
import { type Link, fromLink, toLink } from "./Permalink.ts"

export interface Tabs {
  /** Shows a tab, the one that is there or a new one; `isBeside`: in a group to the right. */
  readonly open: (kind: string, parameters?: Parameters, options?: { isBeside?: boolean }) => void
  /** `false`: it names no view. */
  readonly openLink: (link: string) => boolean
  /** The permalink of the active tab. */
  readonly link: () => string
  readonly active: ReadonlyStore<Link | undefined>
  readonly dock: () => DockviewApi | undefined
  readonly attach: (api: DockviewApi) => void
  readonly splitRight: () => void
  readonly closeActive: () => void
  /** Tells the address what the active tab shows, after that has changed. */
  readonly refresh: () => void
}

const layoutKey = "layout"

const linkOf = (panel: IDockviewPanel): Link | undefined => {
  const { kind, parameters } = panel.params ?? {}
  return typeof kind === "string" && typeof parameters === "object"
    ? // Put there by `open` alone.
      { kind, parameters: parameters as Parameters }
    : undefined
}

const identityOf = (view: View, parameters: Parameters): string =>
  toLink({
    kind: view.kind,
    parameters: Object.fromEntries(view.identity.map((name) => [name, parameters[name] ?? ""])),
  })

/** The tabs of the last visit, as far as their views still exist. */
const restore = (api: DockviewApi, kept: string, views: ReadonlyMap<string, View>): void => {
  try {
    // What cannot be read, of another version, is not worth a message: it is only a layout.
    api.fromJSON(JSON.parse(kept) as SerializedDockview)
  } catch {
    api.clear()
  }
  for (const one of api.panels) {
    const link = linkOf(one)
    if (link === undefined || !views.has(link.kind)) api.removePanel(one)
  }
}

const split = (api: DockviewApi, id: string): void => {
  const current = api.activePanel
  const link = current === undefined ? undefined : linkOf(current)
  if (current === undefined || link === undefined) return
  api.addPanel({
    id,
    component: "view",
    tabComponent: "tab",
    title: current.title ?? link.kind,
    params: link,
    position: { referencePanel: current, direction: "right" },
  })
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
  let dock: DockviewApi | undefined

  const open: Tabs["open"] = (kind, parameters = {}, { isBeside = false } = {}) => {
    const view = views.get(kind)
    if (view === undefined || dock === undefined) return
    const id = identityOf(view, parameters)
    const there = dock.getPanel(id)
    if (there !== undefined) {
      if (Object.keys(parameters).length > 0) {
        there.api.updateParameters({ kind, parameters })
        there.api.setTitle(view.title(parameters))
      }
      return there.api.setActive()
    }
    const reference = dock.activePanel
    dock.addPanel({
      id,
      component: "view",
      tabComponent: "tab",
      title: view.title(parameters),
      params: { kind, parameters },
      ...(isBeside && reference !== undefined
        ? { position: { referencePanel: reference, direction: "right" as const } }
        : {}),
    })
  }
  const openLink = (text: string): boolean => {
    const link = fromLink(text)
    if (link === undefined || !views.has(link.kind)) return false
    open(link.kind, link.parameters)
    return true
  }
  const refresh = (): void => {
    const link = dock?.activePanel === undefined ? undefined : linkOf(dock.activePanel)
    active.set(link)
    host.setLink(link === undefined ? "" : toLink(link))
  }
  return {
    open,
    openLink,
    active,
    refresh,
    link: () => toLink(active.get() ?? { kind: "welcome", parameters: {} }),
    dock: () => dock,
    attach: (api) => {
      dock = api
      const wanted = host.link()
      const kept = host.read(layoutKey)
      if (kept !== undefined) restore(api, kept, views)
      if (!openLink(wanted) && api.panels.length === 0) open("welcome")
      api.onDidLayoutChange(() => {
        host.write(layoutKey, JSON.stringify(api.toJSON()))
        nameGroups(api)
      })
      api.onDidActivePanelChange(() => {
        refresh()
        nameGroups(api)
      })
      host.onLink(openLink)
      refresh()
    },
    // Its own name, for it shows what another tab shows as well.
    splitRight: () => {
      if (dock !== undefined) split(dock, `${dock.activePanel?.id ?? ""}#${crypto.randomUUID()}`)
    },
    closeActive: () => dock?.activePanel?.api.close(),
  }
}
