/** The engine as it is and was: its actors, its flow, its counts, its charts. */
import { lazy } from "react"
import { useStorePart } from "../connection/Store.ts"
import type { Command, Contribution, Scene } from "../shell/Contribution.ts"
import { troubledCount } from "./ActorRows.ts"
import { EngineSideBar, MomentStatus } from "./EngineParts.tsx"
import { chooseIncident, saveIncident, stepMoment, toNow } from "./IncidentActions.ts"

const show = (kind: string, title: string): Command => ({
  id: `engine.${kind}`,
  title: `Engine: Show ${title}`,
  run: ({ workbench }) => workbench.open(kind),
})

const commands: ReadonlyArray<Command> = [
  show("engine", "the actors"),
  show("flow", "the flow"),
  show("ledger", "the ledger"),
  show("charts", "the charts"),
  show("baselines", "the baselines"),
  { id: "engine.now", title: "Engine: Go back to now", keys: "Alt+N", run: toNow },
  {
    id: "engine.before",
    title: "Engine: Go one frame back in time",
    keys: "Alt+,",
    run: (scene) => stepMoment(scene, -1),
  },
  {
    id: "engine.after",
    title: "Engine: Go one frame on in time",
    keys: "Alt+.",
    run: (scene) => stepMoment(scene, 1),
  },
  {
    id: "engine.save",
    title: "Engine: Save the last ten minutes as a file",
    run: saveIncident,
  },
  { id: "engine.open", title: "Engine: Open an incident file", run: chooseIncident },
  {
    id: "engine.close",
    title: "Engine: Close the incident file",
    run: ({ connection }) => connection.setIncident(undefined),
  },
]

const badgeOf = ({ connection }: Scene): string | undefined => {
  const frame = connection.shown.get()
  const troubled = frame === undefined ? 0 : troubledCount(frame.snapshot.actors, frame.atMillis)
  return troubled === 0 ? undefined : String(troubled)
}

/** More are found by another letter. */
const placesMax = 20

const actorPlaces: Contribution["places"] = (typed, { connection }) => {
  const wanted = typed.replace(/^@/, "").toLowerCase()
  if (typed.length < 2) return []
  return (connection.shown.get()?.snapshot.actors ?? [])
    .filter(({ id }) => id.toLowerCase().includes(wanted))
    .slice(0, placesMax)
    .map(({ id, kind, state }) => ({
      label: id,
      detail: `actor: ${kind}, ${state}`,
      icon: "circuit-board",
      open: ({ workbench }) => workbench.open("actor", { id }),
    }))
}

export const engine: Contribution = {
  views: [
    {
      kind: "engine",
      icon: "type-hierarchy",
      title: () => "Actors",
      identity: [],
      component: lazy(() => import("./ActorsView.tsx")),
    },
    {
      kind: "flow",
      icon: "git-merge",
      title: () => "Flow",
      identity: [],
      component: lazy(() => import("./FlowView.tsx")),
    },
    {
      kind: "ledger",
      icon: "law",
      title: () => "Ledger",
      identity: [],
      component: lazy(() => import("./LedgerView.tsx")),
    },
    {
      kind: "charts",
      icon: "graph-line",
      title: () => "Charts",
      identity: [],
      component: lazy(() => import("./ChartsView.tsx")),
    },
    {
      kind: "baselines",
      icon: "pulse",
      title: () => "Baselines",
      identity: [],
      component: lazy(() => import("./BaselinesView.tsx")),
    },
    {
      kind: "actor",
      icon: "circuit-board",
      title: ({ id = "" }) => (id === "" ? "Actor" : id.slice(0, 64)),
      identity: ["id"],
      component: lazy(() => import("./ActorView.tsx")),
    },
  ],
  activities: [
    {
      id: "engine",
      title: "Engine",
      icon: "server-process",
      keys: "Alt+Shift+A",
      sideBar: EngineSideBar,
      useBadge: (scene) => useStorePart(scene.connection.shown, () => badgeOf(scene)),
    },
  ],
  commands,
  places: actorPlaces,
  statusLeft: [MomentStatus],
}
