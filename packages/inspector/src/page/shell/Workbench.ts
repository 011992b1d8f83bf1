/** What the page's parts ask of the workbench: open this, go there, tell the user. */
import { type ReadonlyStore, type Store, makeStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"
import type { View } from "./Contribution.ts"
import { type Tabs, makeTabs } from "./Tabs.ts"

export interface Notice {
  readonly id: number
  readonly kind: "info" | "warning" | "error"
  readonly text: string
}

/** What stands open over the workbench. */
export type Overlay =
  | { readonly _tag: "Palette"; readonly text: string }
  | { readonly _tag: "Keys" }
  | undefined

export interface Workbench extends Tabs {
  readonly activity: Store<string | undefined>
  readonly isPanelOpen: Store<boolean>
  readonly panel: Store<string>
  readonly overlay: Store<Overlay>
  readonly notices: ReadonlyStore<ReadonlyArray<Notice>>
  readonly notify: (text: string, kind?: Notice["kind"]) => void
  readonly dismiss: (id: number) => void
  /** Read out by a screen reader, and shown nowhere. */
  readonly announcement: ReadonlyStore<string>
  readonly announce: (text: string) => void
}

const noticesMax = 5

export const makeWorkbench = (host: Host, views: ReadonlyMap<string, View>): Workbench => {
  const activity = makeStore<string | undefined>(host.read("activity") ?? "engine")
  const notices = makeStore<ReadonlyArray<Notice>>([])
  const announcement = makeStore("")
  let noticesMade = 0
  activity.subscribe(() => host.write("activity", activity.get() ?? ""))
  return {
    ...makeTabs(host, views),
    activity,
    isPanelOpen: makeStore(false),
    panel: makeStore(""),
    overlay: makeStore<Overlay>(undefined),
    notices,
    notify: (text, kind = "info") => {
      noticesMade += 1
      notices.set([...notices.get(), { id: noticesMade, kind, text }].slice(-noticesMax))
    },
    dismiss: (id) => notices.set(notices.get().filter((notice) => notice.id !== id)),
    announcement,
    announce: announcement.set,
  }
}
