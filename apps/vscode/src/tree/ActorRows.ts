/** The actors of an engine as a tree of rows. */
import { visible } from "@countersign/inspector/page/text/HostileText"
import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { count, counted, duration, type Row } from "./Row.ts"

type Actor = Snapshot["actors"][number]

interface Look {
  readonly icon: string
  readonly word: string
  readonly colour?: string
}

const looks: Readonly<Record<Actor["state"], Look>> = {
  failed: { icon: "error", word: "failed", colour: "testing.iconFailed" },
  "backing-off": { icon: "history", word: "backing off", colour: "testing.iconFailed" },
  blocked: { icon: "debug-pause", word: "blocked", colour: "list.warningForeground" },
  starting: { icon: "loading", word: "starting" },
  running: { icon: "play", word: "running", colour: "testing.iconPassed" },
  idle: { icon: "circle-large-outline", word: "idle" },
  stopped: { icon: "debug-stop", word: "stopped" },
}

const nameMax = 120

const depthOf = ({ mailbox }: Actor): string => {
  if (mailbox === null) return ""
  const { capacityItems, depthItems } = mailbox
  return capacityItems > 0
    ? `${count(depthItems)} of ${count(capacityItems)} waiting`
    : `${count(depthItems)} waiting`
}

const factsOf = (actor: Actor): ReadonlyArray<string> => [
  ...(actor.waitsOn === null ? [] : [`waits on ${visible(actor.waitsOn, nameMax)}`]),
  ...(actor.mailbox === null ? [] : [depthOf(actor)]),
  ...(actor.restarts === 0 ? [] : [counted(actor.restarts, "restart", "restarts")]),
  ...(actor.faults === 0 ? [] : [counted(actor.faults, "fault", "faults")]),
  ...(actor.lastCause === null ? [] : [`last cause: ${visible(actor.lastCause, 400)}`]),
]

const descriptionOf = (actor: Actor): string =>
  [
    looks[actor.state].word,
    ...(actor.waitsOn === null ? [] : [`waits on ${visible(actor.waitsOn, nameMax)}`]),
    ...(actor.mailbox === null ? [] : [depthOf(actor)]),
    ...(actor.restarts === 0 ? [] : [counted(actor.restarts, "restart", "restarts")]),
  ].join(" · ")

/** Children under their parents; whoever names a parent that is not there stands at the top. */
export const actorRows = ({ atMillis, snapshot }: Frame): ReadonlyArray<Row> => {
  const known = new Set(snapshot.actors.map(({ id }) => id))
  const byParent = Map.groupBy(snapshot.actors, ({ id, parent }) =>
    parent !== null && parent !== id && known.has(parent) ? parent : "",
  )
  const rowsUnder = (parent: string, above: ReadonlySet<string>): ReadonlyArray<Row> =>
    (byParent.get(parent) ?? [])
      .filter(({ id }) => !above.has(id))
      .map((actor) => {
        const { colour, icon, word } = looks[actor.state]
        const facts = factsOf(actor)
        const since = `${word} for ${duration(atMillis - actor.sinceMillis)}`
        const label = visible(actor.id, nameMax)
        return {
          id: actor.id,
          label,
          description: descriptionOf(actor),
          icon,
          ...(colour === undefined ? {} : { colour }),
          tooltip: [`${label} (${actor.kind})`, since, ...facts].join("\n"),
          spoken: [label, actor.kind, word, ...facts].join(", "),
          context: "actor",
          children: rowsUnder(actor.id, new Set([...above, actor.id])),
        }
      })
  return rowsUnder("", new Set())
}

/** Those that wait, back off or have failed: the number on the tree. */
export const stuckActors = ({ snapshot }: Frame): number =>
  snapshot.actors.filter(({ state }) => ["blocked", "backing-off", "failed"].includes(state)).length
