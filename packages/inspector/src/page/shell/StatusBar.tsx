/** One line at the bottom: how the connection stands, what is wrong, and what rooms add. */
import { useEffect, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { statusLeft, statusRight } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"
import { useProblems } from "./Problematic.ts"
import { countsInWords, countsOf } from "./Problems.ts"
import { chooseTimeZone, formatSpan, timeZone } from "./TimeFormat.ts"

/** Milliseconds since a moment, counted on while it is shown. */
const useAge = (sinceMillis: number | undefined): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (sinceMillis === undefined) return undefined
    const timer = setInterval(() => {
      if (!document.hidden) setNow(Date.now())
    }, 1000)
    return () => clearInterval(timer)
  }, [sinceMillis])
  return sinceMillis === undefined ? 0 : Math.max(0, now - sinceMillis)
}

const ConnectionState = ({ scene }: { readonly scene: Scene }) => {
  const state = useStore(scene.connection.state)
  const about = useStore(scene.connection.about)
  const age = useAge(state._tag === "Stale" ? state.sinceMillis : undefined)
  if (state._tag === "Refused") {
    return (
      <button
        type="button"
        className="status-error"
        title={state.detail}
        onClick={() => scene.workbench.overlay.set({ _tag: "Token" })}
      >
        <Icon name="key" /> Refused: give another token
      </button>
    )
  }
  if (state._tag === "Stale") {
    return (
      <button
        type="button"
        className="status-error"
        title={state.detail}
        onClick={() => scene.workbench.showPanel("problems")}
      >
        <Icon name="debug-disconnect" /> Not connected
        {about === undefined ? "" : `: ${formatSpan(age)} old`}
      </button>
    )
  }
  if (state._tag !== "Live") {
    return (
      <span className="status-item">
        <Icon name="sync" /> Connecting…
      </span>
    )
  }
  return (
    <button
      type="button"
      title={about?.directory}
      onClick={() => {
        scene.workbench.open("welcome")
        scene.workbench.focusActive()
      }}
    >
      <Icon name={about?.over === "directory" ? "folder" : "plug"} />{" "}
      {about?.over === "directory" ? "files" : "live"}{" "}
      <span className="status-origin">{about?.origin}</span>
    </button>
  )
}

const ProblemCounts = ({ scene }: { readonly scene: Scene }) => {
  const counts = countsOf(useProblems(scene))
  const words = countsInWords(counts)
  return (
    <button
      type="button"
      title={`${words} (Ctrl+Shift+M)`}
      onClick={() => scene.workbench.showPanel("problems")}
    >
      <span className="unseen">Problems:</span>
      <Icon name="error" /> {counts.errors} <span className="unseen">errors,</span>
      <Icon name="warning" /> {counts.warnings} <span className="unseen">warnings</span>
    </button>
  )
}

const Times = ({ scene }: { readonly scene: Scene }) => {
  const zone = useStore(timeZone)
  return (
    <button
      type="button"
      title="How times are written: UTC or the clock of this machine"
      aria-label={`Times: ${zone === "utc" ? "UTC" : "local"}. Change it`}
      onClick={() => chooseTimeZone(scene.host, zone === "utc" ? "local" : "utc")}
    >
      <Icon name="watch" /> {zone === "utc" ? "UTC" : "Local"}
    </button>
  )
}

export const StatusBar = ({ scene }: { readonly scene: Scene }) => (
  <footer className="status-bar" aria-label="Status">
    <div className="status-side">
      <ConnectionState scene={scene} />
      <ProblemCounts scene={scene} />
      {statusLeft.map((Item, index) => (
        <Item key={index} scene={scene} />
      ))}
    </div>
    <div className="status-side">
      {statusRight.map((Item, index) => (
        <Item key={index} scene={scene} />
      ))}
      <Times scene={scene} />
    </div>
  </footer>
)
