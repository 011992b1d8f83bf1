/** `countersign top` as lines of text: the pipeline in its order, and what is wrong with it. */
import { worstFirst } from "@countersign/monitor/protocol/AlertOrder"
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { Paint } from "../terminal/Paint.ts"
import * as Text from "../terminal/Text.ts"
import type { TopView } from "./TopView.ts"

export interface Screen {
  readonly columns: number
  /** `undefined`: as many as there is to say. */
  readonly rows: number | undefined
  readonly paint: Paint
}

export interface TopFacts {
  readonly origin: string
  /** When the frame was taken. Units: milliseconds since 1970. */
  readonly atMillis: number
  readonly snapshot: Snapshot
}

type ActorRow = Snapshot["actors"][number]

/** A line with one colour for all of it, so that cutting it to the screen's width cuts no colour. */
interface Line {
  readonly text: string
  readonly paint?: keyof Paint
}

const barWidth = 10
const alertsShown = 4

const perSecond = (rate: number): string =>
  Text.count(rate < 10 ? Number(rate.toFixed(1)) : Math.round(rate))

const bar = (part: number): string => {
  const filled = Math.round(Math.min(Math.max(part, 0), 1) * barWidth)
  return "█".repeat(filled) + "░".repeat(barWidth - filled)
}

/** How full the mailbox is, by what is fuller: items or bytes. */
const depthOf = ({ mailbox }: ActorRow): number => {
  if (mailbox === null) return 0
  const part = (depth: number, capacity: number) => (capacity > 0 ? depth / capacity : 0)
  return Math.max(
    part(mailbox.depthItems, mailbox.capacityItems),
    part(mailbox.depthBytes, mailbox.capacityBytes),
  )
}

const headOf = ({ atMillis, origin, snapshot }: TopFacts, view: TopView): ReadonlyArray<Line> => {
  const { engine } = snapshot
  const time = new Date(atMillis).toISOString().slice(11, 19)
  const verified =
    engine.verification === null
      ? "not verified in this run"
      : `${engine.verification.verdict} ${Text.duration(Math.max(0, atMillis - engine.verification.atMillis))} ago`
  const published =
    engine.publishedMillis === null
      ? ""
      : `, ${Text.duration(Math.max(0, atMillis - engine.publishedMillis))} ago`
  const why = engine.detail === "" ? "" : `: ${engine.detail}`
  return [
    {
      text: `${Text.printable(origin)}  ${engine.state}${Text.printable(why)}  ${time}Z${view.isPaused ? "  paused" : ""}`,
      paint: engine.state === "open" ? "bold" : "bad",
    },
    {
      text: `published ${Text.count(engine.publishedSize)}${published}; ${verified}; sampling ${Number((engine.samplingRate * 100).toFixed(1))} %; ${Text.count(engine.waiting)} waiting`,
      ...(engine.verification?.verdict === "tampered" ? { paint: "bad" as const } : {}),
    },
  ]
}

const flowLines = ({ flow, sinks }: Snapshot): ReadonlyArray<Line> => {
  const circuits = new Map(sinks.map((sink) => [`delivered ${sink.sink}`, sink]))
  const rows = flow.map((row) => {
    const sink = circuits.get(row.step)
    const notes = [
      sink !== undefined && sink.oldestMillis > 0
        ? `oldest ${Text.duration(sink.oldestMillis)}`
        : "",
      sink !== undefined && sink.circuit !== "closed" ? `circuit ${sink.circuit}` : "",
      sink !== undefined && sink.openLetters > 0
        ? Text.counted(sink.openLetters, "dead letter")
        : "",
    ].filter((note) => note !== "")
    return [
      Text.printable(row.step),
      Text.count(row.total),
      perSecond(row.perSecond),
      Text.count(row.behind),
      notes.join(", "),
    ]
  })
  const [head = "", ...lines] = Text.aligned(
    [["FLOW", "TOTAL", "PER S", "BEHIND", ""], ...rows],
    new Set([1, 2, 3]),
  )
  return [
    { text: head, paint: "faint" },
    ...lines.map((text, index): Line => {
      const circuit = circuits.get(flow[index]?.step ?? "")?.circuit ?? "closed"
      return circuit === "closed" ? { text } : { text, paint: "bad" }
    }),
  ]
}

/** Among those of one parent: the way of an event first, then where it goes, then all beside it. */
const kindOrder: ReadonlyArray<ActorRow["kind"]> = ["supervisor", "stage", "sink", "service"]

const levelsMax = 4

interface Placed {
  readonly actor: ActorRow
  /** How deep in the tree. */
  readonly level: number
}

/** The tree of actors in the order of the pipeline, each below its parent. */
const treeOf = (actors: ReadonlyArray<ActorRow>): ReadonlyArray<Placed> => {
  const ids = new Set(actors.map(({ id }) => id))
  const below = Map.groupBy(actors, ({ parent }) =>
    parent !== null && ids.has(parent) ? parent : undefined,
  )
  const placed = (parent: string | undefined, level: number): ReadonlyArray<Placed> => {
    const siblings = below.get(parent) ?? []
    return siblings
      .toSorted((one, other) => kindOrder.indexOf(one.kind) - kindOrder.indexOf(other.kind))
      .flatMap((actor) => [
        { actor, level },
        ...(level < levelsMax ? placed(actor.id, level + 1) : []),
      ])
  }
  return placed(undefined, 0)
}

const orderOf: Readonly<
  Record<TopView["sort"], ((left: ActorRow, right: ActorRow) => number) | undefined>
> = {
  pipeline: undefined,
  depth: (left, right) => depthOf(right) - depthOf(left),
  rate: (left, right) => right.perSecond - left.perSecond,
  name: (left, right) => (left.id < right.id ? -1 : 1),
}

const paintOf = ({ state }: ActorRow): Pick<Line, "paint"> => {
  if (state === "failed") return { paint: "bad" }
  return state === "blocked" || state === "backing-off" ? { paint: "doubtful" } : {}
}

const actorLines = ({ actors }: Snapshot, view: TopView): ReadonlyArray<Line> => {
  const order = orderOf[view.sort]
  const all =
    order === undefined
      ? treeOf(actors)
      : actors.toSorted(order).map((actor): Placed => ({ actor, level: 0 }))
  const shown = all.filter(({ actor: { id, state } }) =>
    `${id} ${state}`.toLowerCase().includes(view.filter.toLowerCase()),
  )
  const rows = shown.map(({ actor, level }) => [
    `${"  ".repeat(level)}${Text.printable(actor.id)}`,
    actor.state,
    actor.mailbox === null ? "" : bar(depthOf(actor)),
    actor.mailbox === null ? "" : Text.count(actor.mailbox.depthItems),
    perSecond(actor.perSecond),
    actor.restarts + actor.faults === 0 ? "" : `${actor.restarts}+${actor.faults}`,
    Text.printable(actor.waitsOn ?? actor.lastCause?.split("\n")[0] ?? ""),
  ])
  const [head = "", ...lines] = Text.aligned(
    [["ACTORS", "STATE", "DEPTH", "ITEMS", "PER S", "AGAIN", "WAITS ON"], ...rows],
    new Set([3, 4, 5]),
  )
  return [
    { text: head, paint: "faint" },
    ...lines.map((text, index): Line => {
      const placed = shown[index]
      return { text, ...(placed === undefined ? {} : paintOf(placed.actor)) }
    }),
  ]
}

const alertLines = ({ alerts }: Snapshot): ReadonlyArray<Line> =>
  worstFirst(alerts)
    .filter(({ state }) => state === "firing" || state === "acknowledged")
    .map(({ severity, state, summary }) => ({
      text: `${severity.toUpperCase()}  ${Text.printable(summary)}${state === "acknowledged" ? "  (acknowledged)" : ""}`,
      paint: severity === "error" || severity === "critical" ? "bad" : "doubtful",
    }))

const lostLines = ({ ledger }: Snapshot): ReadonlyArray<Line> =>
  ledger
    .filter(({ dropped, lost, missing, refused }) => lost + dropped + refused + missing !== 0)
    .map(({ class: name, dropped, lost, missing, refused }) => ({
      text: `${name}: ${Text.count(lost)} lost, ${Text.count(dropped)} dropped, ${Text.count(refused)} refused${missing === 0 ? "" : `, ${Text.count(missing)} missing: a defect`}`,
      paint: missing === 0 ? "doubtful" : "bad",
    }))

const footOf = (view: TopView): Line =>
  view.isTyping
    ? { text: `filter: ${Text.printable(view.filter)}▏  Enter keeps it, Esc clears it` }
    : {
        text: `q quit  p pause  s sort: ${view.sort}  / filter${view.filter === "" ? "" : `: ${Text.printable(view.filter)}`}`,
        paint: "faint",
      }

/** @param unsent how many there are beside these lines */
const cut = (
  lines: ReadonlyArray<Line>,
  most: number,
  what: string,
  unsent = 0,
): ReadonlyArray<Line> => {
  if (lines.length <= most && unsent === 0) return lines
  const shown = lines.slice(0, Math.max(most - 1, 0))
  const left = lines.length - shown.length + unsent
  return [...shown, { text: `… ${Text.count(left)} more ${what}`, paint: "faint" }]
}

/** At most as many lines as the screen has, none wider than it. */
export const screenOf = (facts: TopFacts, view: TopView, screen: Screen): ReadonlyArray<string> => {
  const { snapshot } = facts
  const isLive = screen.rows !== undefined
  const above = [...headOf(facts, view), { text: "" }, ...flowLines(snapshot)]
  const wrong = [...lostLines(snapshot), ...alertLines(snapshot)]
  const below = [
    ...(wrong.length === 0
      ? []
      : [
          { text: "" },
          ...cut(wrong, isLive ? alertsShown : Infinity, "that is wrong", snapshot.alertsLeftOut),
        ]),
    ...(isLive ? [footOf(view)] : []),
  ]
  const room = (screen.rows ?? Infinity) - above.length - below.length - 1
  const actors = cut(actorLines(snapshot, view), Math.max(room, 1), "actors")
  return [...above, { text: "" }, ...actors, ...below]
    .slice(0, screen.rows)
    .map(({ paint, text }) => {
      const clipped = Text.clipped(text, screen.columns)
      return paint === undefined ? clipped : screen.paint[paint](clipped)
    })
}
