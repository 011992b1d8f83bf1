/** One line at the bottom: how the connection stands, and what rooms add. */
import { useEffect, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "./Contribution.ts"
import { statusLeft, statusRight } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"

/** Seconds since a moment, counted on while it is shown. */
const useAge = (sinceMillis: number | undefined): number => {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (sinceMillis === undefined) return undefined
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [sinceMillis])
  return sinceMillis === undefined ? 0 : Math.max(0, Math.round((now - sinceMillis) / 1000))
}

const ConnectionState = ({ scene }: { readonly scene: Scene }) => {
  const state = useStore(scene.connection.state)
  const about = useStore(scene.connection.about)
  const age = useAge(state._tag === "Stale" ? state.sinceMillis : undefined)
  if (state._tag === "Stale") {
    return (
      <span className="status-item status-error" title={state.detail}>
        <Icon name="debug-disconnect" /> Not connected: {age} s old
      </span>
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
    <span className="status-item" title={about?.directory}>
      <Icon name={about?.over === "directory" ? "folder" : "plug"} />{" "}
      {about?.over === "directory" ? "files" : "live"} {about?.origin}
    </span>
  )
}

export const StatusBar = ({ scene }: { readonly scene: Scene }) => {
  const state = useStore(scene.connection.state)
  // Said once when it happens: the seconds that follow are for the eyes alone.
  useEffect(() => {
    if (state._tag === "Stale") scene.workbench.announce("The connection is lost; figures are old")
    if (state._tag === "Live") scene.workbench.announce("Connected")
  }, [scene, state._tag])
  return (
    <footer className="status-bar" aria-label="Status">
      <div className="status-side">
        <ConnectionState scene={scene} />
        {statusLeft.map((Item, index) => (
          <Item key={index} scene={scene} />
        ))}
      </div>
      <div className="status-side">
        {statusRight.map((Item, index) => (
          <Item key={index} scene={scene} />
        ))}
      </div>
    </footer>
  )
}
