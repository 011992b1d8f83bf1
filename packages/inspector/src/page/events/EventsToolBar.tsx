/** What can be done with the table of events, and how far the search is. */
import { chooseTimeZone, timeZone } from "../shell/TimeFormat.ts"
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import type { EventsSession } from "./EventsSession.ts"
import type { Precision } from "./EventColumns.ts"

const counted = (count: number): string => count.toLocaleString("en")

export interface ToolBarProps {
  readonly scene: Scene
  readonly session: EventsSession
  /** Of the session, so that it renders again. */
  readonly version: number
  readonly precision: Precision
  readonly setPrecision: (precision: Precision) => void
  readonly setFollowing: (isFollowing: boolean) => void
  readonly setOrder: (order: "newest" | "oldest") => void
  readonly showNew: () => void
  readonly openColumns: () => void
  readonly openExport: () => void
  readonly copyCommand: () => void
  readonly save: () => void
}

/** How much is published, and how far it was looked through. */
const Progress = ({ session }: Pick<ToolBarProps, "session" | "version">) => {
  const { found } = session
  const looked = found.to - found.from
  if (!found.isStarted) return <span className="quiet">Asking…</span>
  const what = `${counted(session.count)} ${session.filter === "" ? "events" : `of ${counted(found.size)} events`}`
  if (session.isComplete) return <span className="quiet">{what}</span>
  return (
    <span className="quiet events-progress">
      {what} so far
      <progress
        aria-label="Looked through"
        max={Math.max(1, found.size)}
        value={Math.min(looked, found.size)}
      />
      {Math.floor((100 * looked) / Math.max(1, found.size))} %
    </span>
  )
}

export const EventsToolBar = (props: ToolBarProps) => {
  const { precision, scene, session, setFollowing, setOrder, setPrecision, showNew } = props
  const zone = useStore(timeZone)
  const { isFollowing, newCount, order } = session
  return (
    <div className="tool-bar events-tools" role="toolbar" aria-label="Events">
      <button
        type="button"
        aria-pressed={isFollowing}
        className={isFollowing ? "primary" : ""}
        title="Show events as they are published (Alt+F). Each published event has its row: none is passed over."
        onClick={() => setFollowing(!isFollowing)}
      >
        <Icon name={isFollowing ? "debug-pause" : "play"} /> {isFollowing ? "Pause" : "Follow"}
      </button>
      {newCount > 0 && !isFollowing ? (
        <button type="button" className="primary" onClick={showNew}>
          <Icon name={order === "newest" ? "arrow-up" : "arrow-down"} /> {counted(newCount)} new
        </button>
      ) : null}
      <button
        type="button"
        onClick={() => setOrder(order === "newest" ? "oldest" : "newest")}
        title="Turn the order around"
      >
        <Icon name={order === "newest" ? "sort-precedence" : "list-ordered"} />{" "}
        {order === "newest" ? "Newest first" : "Oldest first"}
      </button>
      <button
        type="button"
        title="How moments are written"
        onClick={() => chooseTimeZone(scene.host, zone === "utc" ? "local" : "utc")}
      >
        <Icon name="clock" /> {zone === "utc" ? "UTC" : "Local time"}
      </button>
      <button
        type="button"
        aria-pressed={precision === "milliseconds"}
        title="Seconds alone, or milliseconds too"
        onClick={() => setPrecision(precision === "seconds" ? "milliseconds" : "seconds")}
      >
        {precision === "milliseconds" ? "ms" : "s"}
        <span className="unseen"> in the time column</span>
      </button>
      <span className="events-space" />
      <Progress session={session} version={props.version} />
      <IconButton icon="layout" label="Columns" onClick={props.openColumns} />
      <IconButton icon="save" label="Save this view" onClick={props.save} />
      <IconButton icon="export" label="Export" title="Export (Alt+E)" onClick={props.openExport} />
      <IconButton icon="terminal" label="Copy as command" onClick={props.copyCommand} />
    </div>
  )
}
