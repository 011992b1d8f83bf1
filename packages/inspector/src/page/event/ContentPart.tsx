/** What the event says: its members, each a way to others like it, and its JSON. */
import { Editor } from "../editor/Editor.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { fieldsOf, keptBecause } from "./EventFields.ts"
import { prettyJson } from "./PrettyJson.ts"
import type { ShownEvent } from "./UseEvent.ts"

const Fields = ({ scene, value }: { readonly scene: Scene; readonly value: unknown }) => (
  <table className="event-fields">
    <caption className="unseen">Members of the event</caption>
    <thead className="unseen">
      <tr>
        <th scope="col">Member</th>
        <th scope="col">Value</th>
      </tr>
    </thead>
    <tbody>
      {fieldsOf(value).map(({ filter, hint, isMasked, path, shown }, index) => (
        <tr key={index}>
          <th scope="row" className="mono">
            {path}
          </th>
          <td>
            {filter === undefined ? (
              <span className="mono">{shown}</span>
            ) : (
              <button
                type="button"
                className="event-value mono"
                title={`Show the events with ${path} the same`}
                onClick={() => scene.workbench.open("events", { filter })}
              >
                {shown === "" ? "(empty)" : shown}
              </button>
            )}
            {isMasked ? (
              <span className="badge">
                <Icon name="eye-closed" /> redacted: masked before it was recorded
              </span>
            ) : null}
            {hint === undefined ? null : <span className="quiet event-hint">{hint}</span>}
          </td>
        </tr>
      ))}
    </tbody>
  </table>
)

export const ContentPart = ({
  event: { checked },
  scene,
}: {
  readonly event: ShownEvent
  readonly scene: Scene
}) => {
  const { text, value } = checked
  const isJson = typeof value === "object" && value !== null
  const kept = keptBecause(value)
  if (checked.bytes.length === 0)
    return (
      <p className="page">Of this entry there are no bytes to show: see Proof for the reason.</p>
    )
  return (
    <div className="event-content">
      <section aria-label="Members">
        {kept === undefined ? null : (
          <p className="event-kept">
            <Icon name="filter" /> Kept: {kept}.
          </p>
        )}
        {isJson ? (
          <Fields scene={scene} value={value} />
        ) : (
          <p>The entry is no JSON object; any bytes can be one.</p>
        )}
      </section>
      <section className="event-json" aria-label="JSON">
        <Editor
          label="JSON of the event"
          language={isJson ? "json" : "plain"}
          isReadOnly
          isWrapped
          text={prettyJson(value, text ?? "")}
        />
      </section>
    </div>
  )
}
