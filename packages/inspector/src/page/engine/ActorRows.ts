/** The actors as rows of a tree: in order, filtered, sorted, and how each of them is. */
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import { bytes, count } from "./Amount.ts"

export type ActorRow = Snapshot["actors"][number]
export type ActorState = ActorRow["state"]

interface StateLook {
  /** A codicon's name: states differ in shape, not in colour alone. */
  readonly icon: string
  readonly word: string
  readonly tone: "good" | "warn" | "bad" | "quiet"
}

export const stateLooks: Readonly<Record<ActorState, StateLook>> = {
  failed: { icon: "error", word: "failed", tone: "bad" },
  "backing-off": { icon: "history", word: "backing off", tone: "bad" },
  blocked: { icon: "debug-pause", word: "blocked", tone: "warn" },
  starting: { icon: "loading", word: "starting", tone: "quiet" },
  running: { icon: "play", word: "running", tone: "good" },
  idle: { icon: "circle-large-outline", word: "idle", tone: "quiet" },
  stopped: { icon: "debug-stop", word: "stopped", tone: "quiet" },
}

/** From the worst to the best. */
const stateOrder: ReadonlyArray<string> = Object.keys(stateLooks)

/** Waits shorter than this are how stages hand over. Units: milliseconds. */
export const briefMillis = 1000

/** How full its mailbox is, by count or by bytes, whichever is more: 0 to 1. */
export const fill = ({ mailbox }: Pick<ActorRow, "mailbox">): number => {
  if (mailbox === null) return 0
  const { capacityBytes, capacityItems, depthBytes, depthItems } = mailbox
  const byItems = capacityItems > 0 ? depthItems / capacityItems : 0
  const byBytes = capacityBytes > 0 ? depthBytes / capacityBytes : 0
  return Math.min(1, Math.max(0, byItems, byBytes))
}

/** `low` asks for nothing, `high` for a look, `full` is why others wait. */
export const levelOf = (filled: number): "low" | "high" | "full" =>
  filled >= 0.9 ? "full" : filled >= 0.5 ? "high" : "low"

/** `12 of 73,984 · 1.2 MiB of 8.3 MiB`; without a capacity only what is in it. */
export const mailboxInWords = ({ mailbox }: Pick<ActorRow, "mailbox">): string => {
  if (mailbox === null) return ""
  const { capacityBytes, capacityItems, depthBytes, depthItems } = mailbox
  const items = capacityItems > 0 ? ` of ${count(capacityItems)}` : ""
  const room = capacityBytes > 0 ? ` of ${bytes(capacityBytes)}` : ""
  return `${count(depthItems)}${items} · ${bytes(depthBytes)}${room}`
}

export const isTroubled = ({ sinceMillis, state }: ActorRow, atMillis: number): boolean =>
  state === "failed" ||
  state === "backing-off" ||
  (state === "blocked" && atMillis - sinceMillis >= briefMillis)

/** For a badge: how many have failed, back off, or wait for longer than a hand-over takes. */
export const troubledCount = (actors: ReadonlyArray<ActorRow>, atMillis: number): number =>
  actors.filter((actor) => isTroubled(actor, atMillis)).length

export const sortKeys = ["order", "name", "state", "age", "rate", "fill", "restarts"] as const
export type SortKey = (typeof sortKeys)[number]

export const isSortKey = (text: string | undefined): text is SortKey =>
  sortKeys.some((key) => key === text)

/** What is looked for first comes first: the worst state, the fullest, the newest change. */
const comparisons: Readonly<Record<SortKey, (one: ActorRow, other: ActorRow) => number>> = {
  order: () => 0,
  name: (one, other) => (one.id < other.id ? -1 : one.id > other.id ? 1 : 0),
  state: (one, other) => stateOrder.indexOf(one.state) - stateOrder.indexOf(other.state),
  age: (one, other) => other.sinceMillis - one.sinceMillis,
  rate: (one, other) => other.perSecond - one.perSecond,
  fill: (one, other) => fill(other) - fill(one),
  restarts: (one, other) => other.restarts + other.faults - (one.restarts + one.faults),
}

export interface TreeRow {
  readonly actor: ActorRow
  readonly level: number
  readonly position: number
  readonly setSize: number
  /** `undefined`: nothing is below it. */
  readonly isOpen: boolean | undefined
}

export interface TreeOptions {
  readonly closed: ReadonlySet<string>
  /** Words, each of which must be in the id, kind, state, cause or what it waits on. */
  readonly filter: string
  readonly sort: SortKey
}

type Below = ReadonlyMap<string | null, ReadonlyArray<ActorRow>>

/** Children by parent; what has a parent that is not there, or goes round in a ring, is a root. */
const childrenOf = (actors: ReadonlyArray<ActorRow>): Below => {
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  const isInRing = (actor: ActorRow): boolean => {
    const seen = new Set<string>()
    let at: ActorRow | undefined = actor
    while (at !== undefined && at.parent !== null) {
      if (seen.has(at.id)) return true
      seen.add(at.id)
      at = byId.get(at.parent)
    }
    return false
  }
  return Map.groupBy(actors, (actor) =>
    actor.parent === null || !byId.has(actor.parent) || isInRing(actor) ? null : actor.parent,
  )
}

const matching = (actors: ReadonlyArray<ActorRow>, filter: string): ReadonlySet<string> => {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const byId = new Map(actors.map((actor) => [actor.id, actor]))
  const found = new Set<string>()
  for (const actor of actors) {
    const { id, kind, lastCause, state, waitsOn } = actor
    const text = `${id} ${kind} ${stateLooks[state].word} ${waitsOn ?? ""} ${lastCause ?? ""}`
    if (!words.every((word) => text.toLowerCase().includes(word))) continue
    let at: ActorRow | undefined = actor
    while (at !== undefined && !found.has(at.id)) {
      found.add(at.id)
      at = at.parent === null ? undefined : byId.get(at.parent)
    }
  }
  return found
}

/** Rows as they are seen, from the first to the last; a match keeps those above it. */
export const treeRows = (
  actors: ReadonlyArray<ActorRow>,
  { closed, filter, sort }: TreeOptions,
): ReadonlyArray<TreeRow> => {
  const below = childrenOf(actors)
  const wanted = filter.trim() === "" ? undefined : matching(actors, filter)
  const rows: Array<TreeRow> = []
  const add = (parent: string | null, level: number): void => {
    const there = (below.get(parent) ?? [])
      .filter(({ id }) => wanted === undefined || wanted.has(id))
      .toSorted(comparisons[sort])
    for (const [index, actor] of there.entries()) {
      const isParent = below.has(actor.id)
      const isOpen = isParent ? wanted !== undefined || !closed.has(actor.id) : undefined
      rows.push({ actor, level, position: index + 1, setSize: there.length, isOpen })
      if (isOpen === true) add(actor.id, level + 1)
    }
  }
  add(null, 1)
  return rows
}
