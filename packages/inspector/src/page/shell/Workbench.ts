/** What the page's parts ask of the workbench: open this, go there, tell the user. */
import { type ReadonlyStore, type Store, makeStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"
import type { View } from "./Contribution.ts"
import type { Problem } from "./Problems.ts"
import { type Recent, makeRecent } from "./Recent.ts"
import { narrowPixels } from "./Size.ts"
import { type Tabs, makeTabs } from "./Tabs.ts"

export interface Notice {
  readonly id: number
  readonly kind: "info" | "warning" | "error"
  readonly text: string
  readonly atMillis: number
}

export interface MenuItem {
  readonly label: string
  readonly keys?: string
  readonly isApart?: boolean
  readonly run: () => void
}

/** What stands open over the workbench. */
export type Overlay =
  | { readonly _tag: "Palette"; readonly text: string }
  | {
      readonly _tag: "Menu"
      readonly label: string
      readonly x: number
      readonly y: number
      readonly items: ReadonlyArray<MenuItem>
    }
  /** What the browser does not let the page copy: the user can. */
  | { readonly _tag: "Copy"; readonly text: string }
  | { readonly _tag: "Token" }
  | undefined

export interface Workbench extends Tabs {
  readonly activity: Store<string | undefined>
  /** Shows the activity that was shown last, or none. */
  readonly toggleSideBar: () => void
  readonly isPanelOpen: Store<boolean>
  readonly panel: Store<string>
  readonly showPanel: (id: string) => void
  readonly overlay: Store<Overlay>
  /** Those on the screen. */
  readonly notices: ReadonlyStore<ReadonlyArray<Notice>>
  /** All of this visit, the newest first, as far as there is room. */
  readonly messages: ReadonlyStore<ReadonlyArray<Notice>>
  readonly notify: (text: string, kind?: Notice["kind"]) => void
  readonly dismiss: (id: number) => void
  /** What rooms have found to be wrong, besides what frames tell. */
  readonly problems: ReadonlyStore<ReadonlyArray<Problem>>
  /** In the place of what the room has told before. */
  readonly setProblems: (room: string, problems: ReadonlyArray<Problem>) => void
  /** Commands that were run, the newest first, by their ids. */
  readonly recentCommands: Recent["all"]
  readonly useCommand: (id: string) => void
  /** Read out by a screen reader, and shown nowhere. */
  readonly announcement: ReadonlyStore<string>
  readonly announce: (text: string) => void
}

const noticesMax = 5
const messagesMax = 200
const textLengthMax = 2000
const recentCommandsMax = 8

const makeNotices = () => {
  const notices = makeStore<ReadonlyArray<Notice>>([])
  const messages = makeStore<ReadonlyArray<Notice>>([])
  let made = 0
  return {
    notices,
    messages,
    notify: (text: string, kind: Notice["kind"] = "info") => {
      made += 1
      const notice = { id: made, kind, text: text.slice(0, textLengthMax), atMillis: Date.now() }
      notices.set([...notices.get(), notice].slice(-noticesMax))
      messages.set([notice, ...messages.get()].slice(0, messagesMax))
    },
    dismiss: (id: number) => notices.set(notices.get().filter((notice) => notice.id !== id)),
  }
}

const makeProblems = () => {
  const byRoom = new Map<string, ReadonlyArray<Problem>>()
  const problems = makeStore<ReadonlyArray<Problem>>([])
  return {
    problems,
    setProblems: (room: string, found: ReadonlyArray<Problem>) => {
      byRoom.set(room, found)
      problems.set([...byRoom.values()].flat())
    },
  }
}

/** A value that is there again on the next visit. */
const makeKept = (host: Host, key: string, initial: string): Store<string> => {
  const store = makeStore(host.read(key) ?? initial)
  store.subscribe(() => host.write(key, store.get()))
  return store
}

const firstActivity = "engine"

/** On a narrow page, and in an editor that has bars of its own, it is shown when asked for. */
const makeActivity = (host: Host) => {
  const isRoomy = host.kind === "browser" && globalThis.innerWidth >= narrowPixels
  const kept = host.read("activity")
  const activity = makeStore<string | undefined>(
    isRoomy ? (kept === "" ? undefined : (kept ?? firstActivity)) : undefined,
  )
  let last = activity.get() ?? firstActivity
  activity.subscribe(() => {
    host.write("activity", activity.get() ?? "")
    last = activity.get() ?? last
  })
  const toggleSideBar = () => activity.set(activity.get() === undefined ? last : undefined)
  return { activity, toggleSideBar }
}

const makePanel = (host: Host) => {
  const open = makeKept(host, "isPanelOpen", "false")
  const panel = makeKept(host, "panel", "")
  const isPanelOpen: Store<boolean> = {
    get: () => open.get() === "true",
    set: (isOpen) => open.set(String(isOpen)),
    subscribe: open.subscribe,
  }
  return {
    isPanelOpen,
    panel,
    showPanel: (id: string) => {
      panel.set(id)
      isPanelOpen.set(true)
    },
  }
}

export const makeWorkbench = (host: Host, views: ReadonlyMap<string, View>): Workbench => {
  const announcement = makeStore("")
  const recent = makeRecent(host, "recentCommands", recentCommandsMax)
  return {
    ...makeTabs(host, views),
    ...makeActivity(host),
    ...makePanel(host),
    ...makeNotices(),
    ...makeProblems(),
    overlay: makeStore<Overlay>(undefined),
    recentCommands: recent.all,
    useCommand: recent.use,
    announcement,
    // The same words once more are read out only where something differs.
    announce: (text) => announcement.set(text === announcement.get() ? `${text}\u00a0` : text),
  }
}
