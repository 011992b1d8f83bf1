/** The side bar of the engine: its views, what is wrong, and who lives in it. */
import { memo, useMemo, useRef } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { Tree, type TreeNode } from "../tree/Tree.tsx"
import { visible } from "../text/HostileText.ts"
import { type ActorRow, fill, levelOf, stateLooks, treeRows } from "./ActorRows.ts"
import { share } from "./Amount.ts"
import { causesOf } from "./Cause.ts"
import { useEvery } from "./Shown.ts"
import "./Engine.css"

const views: ReadonlyArray<readonly [kind: string, title: string, icon: string]> = [
  ["engine", "Actors", "type-hierarchy"],
  ["flow", "Flow", "git-merge"],
  ["ledger", "Ledger", "law"],
  ["charts", "Charts", "graph-line"],
  ["baselines", "Baselines", "pulse"],
]

/** Small changes of a depth are no news here, and neither is a little of it. */
const steps = 10

const depthOf = (actor: ActorRow): string => {
  const filled = Math.floor(fill(actor) * steps) / steps
  return filled === 0 ? "" : share(filled)
}

const Content = memo(({ actor, depth }: { readonly actor: ActorRow; readonly depth: string }) => {
  const { tone, word } = stateLooks[actor.state]
  return (
    <>
      <span className="actor-name">{visible(actor.id, 60)}</span>
      <span className={`tree-state ${tone}`}>{word}</span>
      {depth === "" ? null : (
        <span className="tree-depth" data-level={levelOf(fill(actor))}>
          {depth}
        </span>
      )}
      {actor.restarts === 0 ? null : <span className="quiet">↻ {actor.restarts}</span>}
    </>
  )
})

const labelOf = ({ actor, depth }: { actor: ActorRow; depth: string }): string =>
  [
    visible(actor.id, 60),
    stateLooks[actor.state].word,
    ...(depth === "" ? [] : [`${depth} full`]),
    ...(actor.restarts === 0 ? [] : [`${actor.restarts} restarts`]),
  ].join(", ")

const everyone = { closed: new Set<string>(), filter: "", sort: "order" as const }

/** The rows of the table, put into one another. */
const nodesOf = (actors: ReadonlyArray<ActorRow>): ReadonlyArray<TreeNode> => {
  const roots: Array<TreeNode> = []
  const open: Array<Array<TreeNode>> = [roots]
  for (const { actor, isOpen, level } of treeRows(actors, everyone)) {
    const depth = depthOf(actor)
    const children: Array<TreeNode> = []
    open[level] = children
    open[level - 1]?.push({
      id: actor.id,
      label: labelOf({ actor, depth }),
      icon: stateLooks[actor.state].icon,
      content: <Content actor={actor} depth={depth} />,
      ...(isOpen === undefined ? {} : { children }),
    })
  }
  return roots
}

const Supervision = memo(
  ({ nodes, scene }: { readonly nodes: ReadonlyArray<TreeNode>; readonly scene: Scene }) => (
    <Tree
      label="Supervisor tree"
      nodes={nodes}
      onOpen={(id, isBeside) => scene.workbench.open("actor", { id }, { isBeside })}
    />
  ),
)

/** The nodes as they were while nothing that they show has changed. */
const useNodes = (actors: ReadonlyArray<ActorRow>): ReadonlyArray<TreeNode> => {
  const key = actors
    .map((actor) => `${actor.parent} ${labelOf({ actor, depth: depthOf(actor) })}`)
    .join("\n")
  const before = useRef<{ key: string; nodes: ReadonlyArray<TreeNode> }>({ key: "", nodes: [] })
  if (before.current.key !== key) before.current = { key, nodes: nodesOf(actors) }
  return before.current.nodes
}

const nobody: ReadonlyArray<ActorRow> = []

const EngineTree = ({ scene }: { readonly scene: Scene }) => {
  const frame = useEvery(scene.connection.shown, true, 1000)
  const about = useStore(scene.connection.about)
  const nodes = useNodes(frame?.snapshot.actors ?? nobody)
  const worst = useMemo(() => (frame === undefined ? undefined : causesOf(frame)[0]), [frame])
  return (
    <div className="engine-side">
      <nav aria-label="Views of the engine">
        {views.map(([kind, title, icon]) => (
          <button key={kind} type="button" onClick={() => scene.workbench.open(kind)}>
            <Icon name={icon} /> {title}
          </button>
        ))}
      </nav>
      {worst === undefined || worst.trouble === "none" ? null : (
        <button
          type="button"
          className="side-cause"
          title={worst.sentence}
          onClick={() => scene.workbench.open("flow")}
        >
          <Icon name="warning" /> <span>{worst.sentence}</span>
        </button>
      )}
      <h3>Supervisor tree</h3>
      {frame === undefined ? (
        <p className="quiet side-nothing">
          {about?.over === "directory"
            ? "Only the files are open: no engine runs here."
            : "Waiting for the engine…"}
        </p>
      ) : (
        <Supervision nodes={nodes} scene={scene} />
      )}
    </div>
  )
}

export default EngineTree
