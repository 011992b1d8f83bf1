/** All that lives in the engine: a tree with states, queues and causes. */
import { useMemo, useState } from "react"
import type { ViewProps } from "../shell/Contribution.ts"
import { ActorTable } from "./ActorTable.tsx"
import { type SortKey, isSortKey, sortKeys, treeRows, troubledCount } from "./ActorRows.ts"
import { many } from "./Amount.ts"
import { EnginePage } from "./EnginePage.tsx"

const sortNames: Readonly<Record<SortKey, string>> = {
  order: "as they came to life",
  name: "name",
  state: "worst state",
  age: "newest change",
  rate: "rate",
  fill: "fullest mailbox",
  restarts: "restarts and faults",
}

const nothingClosed: ReadonlySet<string> = new Set()

const ActorsView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const [closed, setClosed] = useState(nothingClosed)
  const filter = parameters["filter"] ?? ""
  const sort = isSortKey(parameters["sort"]) ? parameters["sort"] : "order"
  const setSort = (next: string) =>
    setParameters({ ...parameters, sort: next === "order" ? "" : next })
  const options = useMemo(() => ({ closed, filter, sort }), [closed, filter, sort])
  const toggle = (id: string) => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setClosed(next)
  }
  return (
    <EnginePage
      scene={scene}
      isVisible={isVisible}
      title="Actors"
      command="countersign top DIR"
      tools={
        <>
          <label className="field">
            Filter{" "}
            <input
              type="search"
              placeholder="name, state, cause…"
              value={filter}
              onChange={({ target }) => setParameters({ ...parameters, filter: target.value })}
            />
          </label>
          <label className="field">
            Sort by{" "}
            <select value={sort} onChange={({ target }) => setSort(target.value)}>
              {sortKeys.map((key) => (
                <option key={key} value={key}>
                  {sortNames[key]}
                </option>
              ))}
            </select>
          </label>
        </>
      }
    >
      {({ atMillis, snapshot: { actors } }) => {
        const rows = treeRows(actors, options)
        const troubled = troubledCount(actors, atMillis)
        return (
          <>
            <p className="engine-summary">
              {filter === "" ? "" : `${rows.length} of `}
              {many(actors.length, "actor")}
              {troubled === 0 ? ", none in trouble" : `, ${troubled} in trouble`}
            </p>
            <ActorTable
              rows={rows}
              atMillis={atMillis}
              sort={sort}
              onSort={setSort}
              onToggle={toggle}
              onOpen={(id, isBeside) => scene.workbench.open("actor", { id }, { isBeside })}
            />
          </>
        )
      }}
    </EnginePage>
  )
}

export default ActorsView
