/** Shows a tab: the one that is there, or a new one. */
import type { DockviewApi } from "dockview-react"
import type { Parameters, View } from "./Contribution.ts"
import { type Link, fromLink } from "./Permalink.ts"
import { freeId, identityOf, linkOf, tabOf } from "./TabIdentity.ts"

export interface Opening {
  /** Shows a tab, the one that is there or a new one; `isBeside`: in a group to the right. */
  readonly open: (kind: string, parameters?: Parameters, options?: { isBeside?: boolean }) => void
  /** `false`: it names no view. */
  readonly openLink: (link: string) => boolean
  /** Shows what a tab shows once more; without its id, the active one's. */
  readonly split: (direction: "right" | "below", id?: string) => void
}

/** In the group to the right, which is a new one where there is none. */
const beside = (dock: DockviewApi) => {
  const reference = dock.activePanel
  if (reference === undefined) return {}
  const group = dock.adjacentGroupInDirection(reference.group, "right")
  return {
    position:
      group === undefined
        ? { referencePanel: reference, direction: "right" as const }
        : { referenceGroup: group.id, direction: "within" as const },
  }
}

export const makeOpening = (
  views: ReadonlyMap<string, View>,
  dockNow: () => DockviewApi | undefined,
  refresh: () => void,
): Opening => {
  const add = (link: Link, where: object): void => {
    const view = views.get(link.kind)
    const dock = dockNow()
    if (view === undefined || dock === undefined) return
    dock.addPanel({
      id: freeId(dock.panels, identityOf(view, link.parameters)),
      component: "view",
      tabComponent: "tab",
      title: view.title(link.parameters),
      params: link,
      ...where,
    })
  }
  const open: Opening["open"] = (kind, parameters = {}, { isBeside = false } = {}) => {
    const view = views.get(kind)
    const dock = dockNow()
    if (view === undefined || dock === undefined) return
    const here = dock.activeGroup?.panels ?? []
    const there = tabOf([...here, ...dock.panels], view, parameters)
    if (there === undefined) return add({ kind, parameters }, isBeside ? beside(dock) : {})
    if (Object.keys(parameters).length > 0) {
      there.api.updateParameters({ kind, parameters })
      there.api.setTitle(view.title(parameters))
    }
    there.api.setActive()
    refresh()
  }
  const openLink = (text: string): boolean => {
    const link = fromLink(text)
    if (link === undefined || !views.has(link.kind)) return false
    open(link.kind, link.parameters)
    return true
  }
  const split: Opening["split"] = (direction, id) => {
    const dock = dockNow()
    const panel = id === undefined ? dock?.activePanel : dock?.getPanel(id)
    const link = linkOf(panel?.params)
    if (panel !== undefined && link !== undefined) {
      add(link, { position: { referencePanel: panel, direction } })
    }
  }
  return { open, openLink, split }
}
