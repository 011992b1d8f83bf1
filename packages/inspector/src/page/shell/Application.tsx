/** The whole page: bars, tabs, panel, and what opens over them. */
import { useEffect, useMemo } from "react"
import type { Connection } from "../connection/Connection.ts"
import { useStore } from "../connection/Store.ts"
import type { Host } from "../host/Host.ts"
import { ActivityBar } from "./ActivityBar.tsx"
import type { Scene } from "./Contribution.ts"
import { views } from "./Contributions.ts"
import { EditorArea } from "./EditorArea.tsx"
import { Notices } from "./Notices.tsx"
import { Overlays } from "./Overlays.tsx"
import { PanelArea } from "./PanelArea.tsx"
import { SideBar } from "./SideBar.tsx"
import { Standing } from "./Standing.tsx"
import { StatusBar } from "./StatusBar.tsx"
import { TokenRequest } from "./TokenRequest.tsx"
import { listenToKeys } from "./KeyBindings.ts"
import { type Workbench, makeWorkbench } from "./Workbench.ts"
import "./Shell.css"

/** Where the browser forbids to copy, the user is given the text, and nobody is told that it is copied. */
const copying = (host: Host, { overlay }: Workbench): Host => ({
  ...host,
  copy: (text) =>
    host.copy(text).catch(() => {
      overlay.set({ _tag: "Copy", text })
      return Promise.withResolvers<void>().promise
    }),
})

const sceneOf = (connection: Connection, host: Host): Scene => {
  const workbench = makeWorkbench(host, views)
  return { connection, host: copying(host, workbench), workbench }
}

export const Application = ({ connection, host }: { connection: Connection; host: Host }) => {
  const scene = useMemo(() => sceneOf(connection, host), [connection, host])
  useEffect(() => listenToKeys(scene), [scene])
  const state = useStore(connection.state)
  const about = useStore(connection.about)
  const announcement = useStore(scene.workbench.announcement)
  if (state._tag === "NoToken") return <TokenRequest host={host} />
  // With nothing shown yet there is nothing to keep.
  if (state._tag === "Refused" && about === undefined && host.kind === "browser") {
    return <TokenRequest host={host} detail={state.detail} />
  }
  return (
    <div className="workbench" data-connection={state._tag}>
      <a
        className="skip"
        href="#editor-area"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById("editor-area")?.focus()
        }}
      >
        Skip to the tabs
      </a>
      <Standing scene={scene} />
      <div className="workbench-body">
        <ActivityBar scene={scene} />
        <SideBar scene={scene} />
        <div className="workbench-main">
          <EditorArea scene={scene} />
          <PanelArea scene={scene} />
        </div>
      </div>
      <StatusBar scene={scene} />
      <Notices scene={scene} />
      <Overlays scene={scene} />
      <div className="unseen" role="status" aria-live="polite">
        {announcement}
      </div>
    </div>
  )
}
