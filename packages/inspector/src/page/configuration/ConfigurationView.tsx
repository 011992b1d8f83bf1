/** What is in force, as a table; and the text that says it, with what a change of it would do. */
import { lazy, Suspense, useState } from "react"
import { useStore } from "../connection/Store.ts"
import type { ViewProps } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { SettingsTable } from "./SettingsTable.tsx"
import { useSettings } from "./UseSettings.ts"
import "./Configuration.css"

const ConfigurationEditor = lazy(() => import("./ConfigurationEditor.tsx"))

const parts = [
  ["", "In force"],
  ["edit", "Edit as YAML"],
] as const

const ConfigurationView = (props: ViewProps) => {
  const { isVisible, parameters, scene, setParameters } = props
  const { part = "", search = "" } = parameters
  const about = useStore(scene.connection.about)
  const { failure, reload, settings } = useSettings(scene, isVisible)
  const isEditing = part !== ""
  const [isOpened, setOpened] = useState(isEditing)
  if (isEditing && !isOpened) setOpened(true)
  const show = (next: string) => {
    const { part: _, ...rest } = parameters
    setParameters(next === "" ? rest : { ...rest, part: next })
  }
  if (about?.over === "directory") {
    return (
      <div className="page">
        <h2>Configuration</h2>
        <p>Only the process that runs the engine knows what it is configured with.</p>
        <p className="quiet">
          Start it with a monitor (<code>Inspector.layer</code>) and open the page that it serves.
        </p>
      </div>
    )
  }
  return (
    <div className="configuration">
      <div className="tool-bar" role="group" aria-label="What is shown">
        {parts.map(([name, title]) => (
          <button
            key={name}
            type="button"
            aria-pressed={part === name}
            className={part === name ? "primary" : ""}
            onClick={() => show(name)}
          >
            {title}
          </button>
        ))}
        {part === "" ? (
          <input
            className="configuration-search"
            type="search"
            aria-label="Search fields, values and meanings"
            placeholder="Search fields, values and meanings"
            spellCheck={false}
            value={search}
            onChange={(event) => setParameters({ ...parameters, search: event.target.value })}
          />
        ) : null}
      </div>
      {failure === "" ? null : (
        <p className="bad page" role="alert">
          {visible(failure)}
        </p>
      )}
      {isEditing ? null : (
        <SettingsTable scene={scene} settings={settings} search={search} changed={reload} />
      )}
      {isOpened ? (
        // It stays while the table is looked at: what somebody has written is nowhere else.
        <div style={{ display: isEditing ? "contents" : "none" }}>
          <Suspense fallback={<p className="quiet page">Loading…</p>}>
            <ConfigurationEditor
              scene={scene}
              settings={settings}
              isVisible={isVisible && isEditing}
              changed={reload}
            />
          </Suspense>
        </div>
      ) : null}
    </div>
  )
}

export default ConfigurationView
