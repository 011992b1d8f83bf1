/** The first tab: what is connected, and where to go. */
import { useStore } from "../connection/Store.ts"
import type { ViewProps } from "./Contribution.ts"
import { views } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"

const Welcome = ({ scene }: ViewProps) => {
  const about = useStore(scene.connection.about)
  return (
    <div className="welcome">
      <h1>Countersign</h1>
      {about === undefined ? (
        <p>Connecting…</p>
      ) : (
        <dl>
          <dt>Trail</dt>
          <dd>{about.origin === "" ? "none yet" : about.origin}</dd>
          <dt>Directory</dt>
          <dd>{about.directory}</dd>
          <dt>Shown from</dt>
          <dd>
            {about.over === "engine" ? `the engine in process ${about.pid}` : "the files alone"}
          </dd>
          <dt>May change things</dt>
          <dd>{about.isWritable ? "yes: each change is recorded" : "no"}</dd>
        </dl>
      )}
      <h2>Open</h2>
      <ul className="welcome-views">
        {[...views.values()]
          .filter(({ identity, kind }) => identity.length === 0 && kind !== "welcome")
          .map((view) => (
            <li key={view.kind}>
              <button type="button" onClick={() => scene.workbench.open(view.kind)}>
                <Icon name={view.icon} /> {view.title({})}
              </button>
            </li>
          ))}
      </ul>
      <p>
        <kbd>Ctrl+P</kbd> opens a view or an event, <kbd>Ctrl+Shift+P</kbd> runs a command,{" "}
        <kbd>?</kbd> shows all keys.
      </p>
    </div>
  )
}

export default Welcome
