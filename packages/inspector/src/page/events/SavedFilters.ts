/** Filters that were used, and those that somebody keeps under a name. */
import { type ReadonlyStore, makeStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"

export interface SavedView {
  readonly name: string
  readonly filter: string
  readonly order: "newest" | "oldest"
  /** As `EventColumns` writes them. */
  readonly columns: string
}

const recentMax = 20
const savedMax = 100
const recentKey = "events.recent"
const savedKey = "events.saved"

const parsed = (text: string | undefined): ReadonlyArray<unknown> => {
  try {
    const value: unknown = JSON.parse(text ?? "[]")
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}

const isSaved = (value: unknown): value is SavedView =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "filter" in value &&
  typeof value.filter === "string" &&
  "order" in value &&
  (value.order === "newest" || value.order === "oldest") &&
  "columns" in value &&
  typeof value.columns === "string"

const recentStore = makeStore<ReadonlyArray<string>>([])
const savedStore = makeStore<ReadonlyArray<SavedView>>([])

/** Newest first. */
export const recentFilters: ReadonlyStore<ReadonlyArray<string>> = recentStore
export const savedViews: ReadonlyStore<ReadonlyArray<SavedView>> = savedStore

let isStarted = false

/** Once for all tabs: what is kept was kept by another visit. */
export const startSaved = (host: Host): void => {
  if (isStarted) return
  isStarted = true
  recentStore.set(
    parsed(host.read(recentKey))
      .filter((one) => typeof one === "string")
      .slice(0, recentMax),
  )
  savedStore.set(parsed(host.read(savedKey)).filter(isSaved).slice(0, savedMax))
}

export const rememberFilter = (host: Host, filter: string): void => {
  const text = filter.trim()
  if (text === "") return
  const next = [text, ...recentStore.get().filter((one) => one !== text)].slice(0, recentMax)
  recentStore.set(next)
  host.write(recentKey, JSON.stringify(next))
}

const write = (host: Host, views: ReadonlyArray<SavedView>): void => {
  savedStore.set(views)
  host.write(savedKey, JSON.stringify(views))
}

/** One of the same name is replaced. */
export const saveView = (host: Host, view: SavedView): void =>
  write(host, [...savedStore.get().filter(({ name }) => name !== view.name), view].slice(-savedMax))

export const forgetView = (host: Host, name: string): void =>
  write(
    host,
    savedStore.get().filter((view) => view.name !== name),
  )
