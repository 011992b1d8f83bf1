/** What the side bar and the tab of events tell each other. */
import { makeStore } from "../connection/Store.ts"
import type { Parameters, Scene } from "../shell/Contribution.ts"
import type { Facet } from "./Facets.ts"
import { withTerm } from "./FilterEdit.ts"

/** Of the events that are loaded, in the tab that was seen last. */
export const facets = makeStore<ReadonlyArray<Facet>>([])
/** What that tab shows. */
export const shown = makeStore<Parameters>({})

/** How the tab of events does what a command says. */
export interface EventsActions {
  readonly focusFilter: () => void
  readonly toggleFollow: () => void
  readonly openExport: () => void
  readonly copyCommand: () => void
}

export const actions = makeStore<EventsActions | undefined>(undefined)

export const showFilter = (scene: Scene, filter: string, more: Parameters = {}): void =>
  scene.workbench.open("events", { ...shown.get(), at: "", ...more, filter })

export const addToFilter = (scene: Scene, term: string): void =>
  showFilter(scene, withTerm(shown.get()["filter"] ?? "", term))
