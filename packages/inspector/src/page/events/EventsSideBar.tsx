/** Saved views, the fields of what is loaded with their values, and filters that were used. */
import { useMemo, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { type TreeNode, Tree } from "../tree/Tree.tsx"
import { visible } from "../text/HostileText.ts"
import { addToFilter, facets, showFilter, shown } from "./EventsState.ts"
import type { Facet } from "./Facets.ts"
import { type Scalar, term } from "./FilterEdit.ts"
import { forgetView, recentFilters, savedViews, startSaved } from "./SavedFilters.ts"
import "./Events.css"

const counted = (count: number): string => count.toLocaleString("en")
const openAtFirst = new Set(["type", "outcome", "actor.id"])

const fieldNodes = (
  found: ReadonlyArray<Facet>,
  terms: Map<string, readonly [ReadonlyArray<string>, Scalar]>,
): ReadonlyArray<TreeNode> =>
  found.map(({ name, path, top }) => ({
    id: name,
    label: visible(name, 80),
    content: <span className="mono">{visible(name, 80)}</span>,
    children: top.map(({ count, value }) => {
      const id = `${name} ${typeof value} ${String(value)}`
      terms.set(id, [path, value])
      const text = value === "" ? "(empty)" : visible(String(value), 80)
      return {
        id,
        label: `${text} ${counted(count)}`,
        content: (
          <>
            <span className="facet-value">{text}</span>
            <span className="facet-count">{counted(count)}</span>
          </>
        ),
      }
    }),
  }))

const Fields = ({ scene }: { readonly scene: Scene }) => {
  const found = useStore(facets)
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const { nodes, terms } = useMemo(() => {
    const made = new Map<string, readonly [ReadonlyArray<string>, Scalar]>()
    return { nodes: fieldNodes(found, made), terms: made }
  }, [found])
  const closed = new Set(
    found.map(({ name }) => name).filter((name) => openAtFirst.has(name) === toggled.has(name)),
  )
  const toggle = (id: string) => {
    const next = new Set(toggled)
    if (!next.delete(id)) next.add(id)
    setToggled(next)
  }
  if (found.length === 0) return <p className="quiet side-note">Open the table of events first.</p>
  return (
    <Tree
      label="Fields of the events that are loaded; a value is added to the filter"
      nodes={nodes}
      closed={closed}
      onToggle={toggle}
      onOpen={(id, isExcluded) => {
        const value = terms.get(id)
        if (value === undefined) return toggle(id)
        addToFilter(scene, term(value[0], isExcluded ? "!=" : "=", value[1]))
      }}
    />
  )
}

const EventsSideBar = ({ scene }: { readonly scene: Scene }) => {
  useState(() => startSaved(scene.host))
  const saved = useStore(savedViews)
  const recent = useStore(recentFilters)
  const current = useStore(shown)
  return (
    <div className="events-side">
      <p className="side-note">
        <button type="button" className="primary" onClick={() => scene.workbench.open("events")}>
          <Icon name="list-flat" /> Open the table
        </button>
      </p>
      <h3>Saved views</h3>
      {saved.length === 0 ? (
        <p className="quiet side-note">None yet: the disk above the table saves what it shows.</p>
      ) : (
        <ul>
          {saved.map(({ columns, filter, name, order }) => (
            <li key={name}>
              <button
                type="button"
                className="side-link mono"
                title={visible(filter, 400)}
                onClick={() =>
                  showFilter(scene, filter, { order: order === "newest" ? "" : order, columns })
                }
              >
                {visible(name, 80)}
              </button>
              <IconButton
                icon="trash"
                label={`Forget ${visible(name, 80)}`}
                title="Forget"
                onClick={() => forgetView(scene.host, name)}
              />
            </li>
          ))}
        </ul>
      )}
      <h3>Fields</h3>
      <p className="quiet side-note">Of what is loaded. Ctrl with Enter or a click excludes.</p>
      <Fields scene={scene} />
      <h3>Recent filters</h3>
      {recent.length === 0 ? <p className="quiet side-note">None yet.</p> : null}
      <ul>
        {recent.map((filter) => (
          <li key={filter}>
            <button
              type="button"
              className="side-link mono"
              aria-current={filter === current["filter"] ? "true" : undefined}
              title={visible(filter, 400)}
              onClick={() => showFilter(scene, filter)}
            >
              {visible(filter, 120)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

export default EventsSideBar
