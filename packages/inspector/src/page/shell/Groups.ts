/** Groups of tabs beside and below each other, and the focus among them. */
import type { DockviewApi, IDockviewPanel } from "dockview-react"

export type Direction = "left" | "right" | "above" | "below"

export interface Groups {
  /** From 0, in the order on the screen; what is behind the last is a new group to the right. */
  readonly focusGroup: (index: number) => void
  readonly focusBeside: (direction: Direction) => void
  /** To what is in the active tab, once it is there. */
  readonly focusActive: () => void
  /** The group of the active tab alone, or all of them again. */
  readonly toggleMaximized: () => void
}

/** A view that is loaded takes a while until it has something to focus. */
const focusFramesMax = 60

const focusable =
  "[role='grid'][tabindex='0'], button:not([tabindex='-1']), [tabindex='0'], input, select, textarea, a[href]"

/** Focuses what a group shows, as soon as there is something. */
const focusIn = (panel: IDockviewPanel): void => {
  let frames = 0
  const look = () => {
    frames += 1
    const view = panel.group.element.querySelector<HTMLElement>(".view")
    const first = view?.querySelector<HTMLElement>(focusable)
    if (first !== undefined && first !== null) return first.focus()
    if (frames < focusFramesMax) return void requestAnimationFrame(look)
    view?.focus()
  }
  requestAnimationFrame(look)
}

/** In the order of reading: from the left, and of those from the top. */
const inOrder = (api: DockviewApi) =>
  api.groups.toSorted((a, b) => {
    const one = a.element.getBoundingClientRect()
    const other = b.element.getBoundingClientRect()
    return one.left - other.left || one.top - other.top
  })

const ways = { left: "left", right: "right", above: "up", below: "down" } as const

const go = (panel: IDockviewPanel | undefined): void => {
  if (panel === undefined) return
  panel.api.setActive()
  focusIn(panel)
}

export const makeGroups = (
  dockNow: () => DockviewApi | undefined,
  addGroup: () => void,
): Groups => ({
  focusGroup: (index) => {
    const dock = dockNow()
    if (dock === undefined) return
    const group = inOrder(dock)[index]
    if (group !== undefined) return go(group.activePanel)
    if (index === dock.groups.length) addGroup()
  },
  focusBeside: (direction) => {
    const dock = dockNow()
    const group = dock?.activePanel?.group
    if (dock === undefined || group === undefined) return
    const beside = dock.adjacentGroupInDirection(group, ways[direction])
    if (beside !== undefined) go(dock.getGroup(beside.id)?.activePanel)
  },
  focusActive: () => {
    const panel = dockNow()?.activePanel
    if (panel !== undefined) focusIn(panel)
  },
  toggleMaximized: () => {
    const dock = dockNow()
    if (dock?.activePanel === undefined) return
    if (dock.hasMaximizedGroup()) dock.exitMaximizedGroup()
    else dock.maximizeGroup(dock.activePanel)
  },
})
