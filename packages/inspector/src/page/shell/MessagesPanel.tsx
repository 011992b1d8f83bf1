/** What the page has told during this visit. */
import { useStore } from "../connection/Store.ts"
import { visible } from "../text/HostileText.ts"
import type { Scene } from "./Contribution.ts"
import { Icon } from "./Icon.tsx"
import { formatClock, formatTime, timeZone } from "./TimeFormat.ts"

const lengthMax = 2000

const MessagesPanel = ({ scene }: { readonly scene: Scene }) => {
  const messages = useStore(scene.workbench.messages)
  useStore(timeZone)
  if (messages.length === 0) return <p className="panel-empty">There was nothing to say yet.</p>
  return (
    <ol className="messages" reversed>
      {messages.map(({ atMillis, id, kind, text }) => (
        <li key={id}>
          <time className="mono quiet" title={formatTime(atMillis)}>
            {formatClock(atMillis)}
          </time>
          <span className={kind === "error" ? "bad" : kind === "warning" ? "warn" : "quiet"}>
            <Icon name={kind} />
            <span className="unseen">{kind}: </span>
          </span>
          <span>{visible(text, lengthMax)}</span>
        </li>
      ))}
    </ol>
  )
}

export default MessagesPanel
