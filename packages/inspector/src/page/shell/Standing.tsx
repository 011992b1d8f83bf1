/** Tells of the connection where no status bar does: to screen readers, and in the page's title. */
import { useEffect, useRef } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { views } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"
import { useProblems } from "./Problematic.ts"

const said: Readonly<Record<string, string>> = {
  Live: "Connected",
  Stale: "The connection is lost; figures are old",
  Refused: "The monitor refuses this page",
}

/** Said once when it happens: the seconds that follow are for the eyes alone. */
const useAnnouncements = ({ connection, workbench }: Scene): void => {
  const { _tag } = useStore(connection.state)
  useEffect(() => {
    const words = said[_tag]
    if (words !== undefined) workbench.announce(words)
  }, [workbench, _tag])
}

/** What has just become an error; alerts are told of by their own room. */
const useNewErrors = (scene: Scene): number => {
  const problems = useProblems(scene)
  const known = useRef(new Set<string>())
  useEffect(() => {
    const errors = problems.filter(({ severity }) => severity === "error")
    const fresh = errors.find(({ id }) => !known.current.has(id) && !/^(?:alert|conn)/.test(id))
    known.current = new Set(errors.map(({ id }) => id))
    if (fresh !== undefined) scene.workbench.announce(`Problem: ${fresh.title}`)
  }, [problems, scene])
  return problems.length
}

const useTitle = ({ connection, workbench }: Scene, problems: number): void => {
  const origin = useStore(connection.about)?.origin ?? ""
  const active = useStore(workbench.active)
  const shown = active === undefined ? "" : (views.get(active.kind)?.title(active.parameters) ?? "")
  const parts = [shown, origin, "Countersign"].filter((part) => part !== "")
  const title = `${problems === 0 ? "" : `(${problems}) `}${parts.join(" – ")}`
  useEffect(() => {
    document.title = title
  }, [title])
}

export const Standing = ({ scene }: { readonly scene: Scene }) => {
  useAnnouncements(scene)
  useTitle(scene, useNewErrors(scene))
  const state = useStore(scene.connection.state)
  const isTold =
    state._tag === "Refused" || (state._tag === "Stale" && scene.host.kind !== "browser")
  if (!isTold) return null
  return (
    <div className="standing" role="group" aria-label="Connection">
      <Icon name="debug-disconnect" />
      <span>
        {state._tag === "Refused" ? "No more is shown than was known before" : "Not connected"}:{" "}
        {state.detail}.
      </span>
      {scene.host.kind === "browser" ? (
        <button type="button" onClick={() => scene.workbench.overlay.set({ _tag: "Token" })}>
          Give another token…
        </button>
      ) : null}
    </div>
  )
}
