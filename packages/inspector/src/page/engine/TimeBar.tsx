/** The last ten minutes as a slider, and which moment of them is shown. */
import type { Frame } from "@countersign/monitor/protocol/Update"
import { useStore, useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { formatClock, formatSpan, formatTime, timeZone } from "../shell/TimeFormat.ts"
import { visible } from "../text/HostileText.ts"
import { chooseIncident, saveIncident, stepMoment, toNow } from "./IncidentActions.ts"
import { shownMillis, staleReason } from "./Past.ts"
import { useEvery, useWhile } from "./Shown.ts"

interface TimeBarProps {
  readonly scene: Scene
  readonly isVisible: boolean
}

const Step = ({
  icon,
  isOff,
  keys,
  label,
  run,
}: {
  readonly icon: string
  readonly isOff: boolean
  readonly keys: string
  readonly label: string
  readonly run: () => void
}) => (
  <IconButton icon={icon} label={label} title={`${label} (${keys})`} isOff={isOff} onClick={run} />
)

/** In quarters of a second before the newest frame, so that it stays where it is put. */
const Slider = ({
  history,
  moment,
  scene,
}: {
  readonly history: ReadonlyArray<Frame>
  readonly moment: number | undefined
  readonly scene: Scene
}) => {
  const newest = history.at(-1)?.atMillis ?? 0
  const span = newest - (history[0]?.atMillis ?? newest)
  const before = moment === undefined ? 0 : Math.max(0, newest - moment)
  return (
    <input
      type="range"
      className="time-slider"
      aria-label="Moment that is shown"
      aria-valuetext={before === 0 ? "now" : `${formatSpan(before)} before the newest`}
      min={-Math.ceil(span / 250)}
      max={0}
      step={1}
      value={-Math.round(before / 250)}
      disabled={history.length < 2}
      onChange={({ target }) => {
        const back = Number(target.value) * 250
        scene.connection.setMoment(back >= 0 ? undefined : newest + back)
      }}
    />
  )
}

/** Says that the newest there is is old, where nobody has chosen to look back. */
const StaleBanner = ({
  newest,
  scene,
}: {
  readonly newest: number | undefined
  readonly scene: Scene
}) => {
  const reason = staleReason(useStore(scene.connection.state))
  if (reason === undefined || newest === undefined) return null
  return (
    <p className="past-banner">
      <Icon name="debug-disconnect" />
      <span>
        Not connected: {visible(reason, 300)}. The newest figures are those of{" "}
        <strong>{formatTime(newest)}</strong>.
      </span>
    </p>
  )
}

/** Says that it is not now, in words and in a colour of its own. */
const PastBanner = ({
  history,
  moment,
  scene,
}: {
  readonly history: ReadonlyArray<Frame>
  /** Of the frame that is shown; `undefined`: the newest. */
  readonly moment: number | undefined
  readonly scene: Scene
}) => {
  const incident = useStore(scene.connection.incident)
  const newest = history.at(-1)?.atMillis ?? 0
  if (incident === undefined && moment === undefined) {
    return <StaleBanner newest={history.at(-1)?.atMillis} scene={scene} />
  }
  return (
    <p className="past-banner">
      <Icon name={incident === undefined ? "history" : "file"} />
      {incident === undefined ? (
        <span>
          You are looking at <strong>{formatTime(moment ?? newest)}</strong>,{" "}
          {formatSpan(newest - (moment ?? newest))} ago. Nothing on this page is from now.
        </span>
      ) : (
        <span>
          The file <strong>{visible(incident.name, 200)}</strong>
          {(incident.origin ?? "") === "" ? "" : ` of ${visible(incident.origin ?? "", 200)}`} is
          shown, from {formatTime(incident.frames[0]?.atMillis ?? 0)} to {formatTime(newest)}
          {moment === undefined ? "" : `, at ${formatClock(moment)}`}. Nothing of it is live.
        </span>
      )}
      {incident === undefined ? null : (
        <button type="button" onClick={() => scene.connection.setIncident(undefined)}>
          Close the file
        </button>
      )}
      {moment === undefined ? null : (
        <button type="button" className="primary" onClick={() => toNow(scene)}>
          {incident === undefined ? "Back to now" : "To its end"} (Alt+N)
        </button>
      )}
    </p>
  )
}

export const TimeBar = ({ isVisible, scene }: TimeBarProps) => {
  const { connection } = scene
  useStore(timeZone)
  const history = useEvery(connection.history, isVisible, 500)
  const moment = useWhile(connection.moment, isVisible)
  const isEmpty = history.length < 2
  const past = useStorePart(connection.shown, (frame) => shownMillis(moment, frame))
  const at = past ?? history.at(-1)?.atMillis
  return (
    <>
      <div className="time-bar" role="group" aria-label="Time">
        <Step
          icon="chevron-left"
          label="One frame back"
          keys="Alt+,"
          isOff={isEmpty}
          run={() => stepMoment(scene, -1)}
        />
        <Slider history={history} moment={moment} scene={scene} />
        <Step
          icon="chevron-right"
          label="One frame on"
          keys="Alt+."
          isOff={isEmpty || moment === undefined}
          run={() => stepMoment(scene, 1)}
        />
        <span className="time-now mono">{at === undefined ? "no frame yet" : formatClock(at)}</span>
        <IconButton
          icon="save"
          label="Save the last ten minutes as a file"
          isOff={isEmpty}
          onClick={() => saveIncident(scene)}
        />
        <IconButton
          icon="folder-opened"
          label="Open an incident file"
          title="Open an incident file, or drop one here"
          onClick={() => chooseIncident(scene)}
        />
      </div>
      <PastBanner history={history} moment={past} scene={scene} />
    </>
  )
}
