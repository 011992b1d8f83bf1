/** One actor: all that is known of it, the states that it was in, and its own charts. */
import { useMemo } from "react"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { useStore } from "../connection/Store.ts"
import type { Scene, ViewProps } from "../shell/Contribution.ts"
import { formatClock, formatSpan, formatTime, timeZone } from "../shell/TimeFormat.ts"
import { visible, visibleLines } from "../text/HostileText.ts"
import { Mailbox, StateLabel } from "./ActorParts.tsx"
import type { ActorRow } from "./ActorRows.ts"
import { count, many, rate, times } from "./Amount.ts"
import { causesOf } from "./Cause.ts"
import ChartGrid, { MinutesField, minutesOf } from "./ChartGrid.tsx"
import { EnginePage } from "./EnginePage.tsx"
import { actorPlans, makeStateSpans } from "./Series.ts"
import { useEvery } from "./Shown.ts"

/** Older ones are looked for with the slider. */
const spansMax = 50

const ActorLink = ({ id, scene }: { readonly id: string; readonly scene: Scene }) => (
  <button type="button" className="link" onClick={() => scene.workbench.open("actor", { id })}>
    {visible(id, 80)}
  </button>
)

const Facts = ({
  actor,
  frame,
  scene,
}: {
  readonly actor: ActorRow
  readonly frame: Frame
  readonly scene: Scene
}) => {
  const { actors } = frame.snapshot
  const below = actors.filter(({ parent }) => parent === actor.id)
  const waiting = actors.filter(({ waitsOn }) => waitsOn === actor.id)
  const isActor = (id: string) => actors.some((one) => one.id === id)
  return (
    <dl className="facts">
      <dt>State</dt>
      <dd>
        <StateLabel state={actor.state} /> for {formatSpan(frame.atMillis - actor.sinceMillis)},
        since {formatTime(actor.sinceMillis)}
      </dd>
      <dt>Waits on</dt>
      <dd>
        {actor.waitsOn === null ? (
          <span className="quiet">nobody</span>
        ) : isActor(actor.waitsOn) ? (
          <ActorLink id={actor.waitsOn} scene={scene} />
        ) : (
          visible(actor.waitsOn, 80)
        )}
      </dd>
      <dt>Who waits on it</dt>
      <dd>
        {waiting.length === 0 ? <span className="quiet">nobody</span> : null}
        {waiting.map(({ id }) => (
          <ActorLink key={id} id={id} scene={scene} />
        ))}
      </dd>
      <dt>Mailbox</dt>
      <dd>
        <Mailbox actor={actor} />
      </dd>
      <dt>Done</dt>
      <dd>
        {many(actor.items, "item")} in {many(actor.batches, "batch", "batches")},{" "}
        {rate(actor.perSecond)} now
      </dd>
      <dt>Restarted</dt>
      <dd>{times(actor.restarts)}</dd>
      <dt>The same work tried again</dt>
      <dd>{times(actor.faults)}</dd>
      <dt>Kind</dt>
      <dd>
        {actor.kind}
        {actor.parent === null ? ", the root" : ", owned by "}
        {actor.parent === null ? null : <ActorLink id={actor.parent} scene={scene} />}
      </dd>
      {below.length === 0 ? null : (
        <>
          <dt>Owns</dt>
          <dd className="links">
            {below.map(({ id }) => (
              <ActorLink key={id} id={id} scene={scene} />
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

const States = ({
  id,
  isVisible,
  scene,
}: {
  readonly id: string
  readonly scene: Scene
  readonly isVisible: boolean
}) => {
  const history = useEvery(scene.connection.history, isVisible, 1000)
  const spansOf = useMemo(() => makeStateSpans(id), [id])
  const spans = useMemo(() => spansOf(history), [spansOf, history])
  const shown = spans.slice(0, spansMax)
  return (
    <div className="state-table" role="region" tabIndex={0} aria-label="States it was seen in">
      <table>
        <thead>
          <tr>
            <th scope="col">Seen at</th>
            <th scope="col">State</th>
            <th scope="col">Waits on</th>
            <th scope="col" className="number">
              For at least
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ fromMillis, state, toMillis, waitsOn }) => (
            <tr key={fromMillis}>
              <th scope="row">
                <button
                  type="button"
                  className="link mono"
                  title="Show that moment"
                  onClick={() => scene.connection.setMoment(fromMillis)}
                >
                  {formatClock(fromMillis)}
                </button>
              </th>
              <td>
                <StateLabel state={state} />
              </td>
              <td>{visible(waitsOn ?? "", 80)}</td>
              <td className="number">{formatSpan(toMillis - fromMillis)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {spans.length > spansMax ? (
        <p className="quiet">… {count(spans.length - spansMax)} more before</p>
      ) : null}
    </div>
  )
}

interface DetailsProps {
  readonly id: string
  readonly frame: Frame
  readonly scene: Scene
  readonly isVisible: boolean
  readonly minutes: number
}

const Details = ({ frame, id, isVisible, minutes, scene }: DetailsProps) => {
  const actor = frame.snapshot.actors.find((row) => row.id === id)
  const hasMailbox = actor?.mailbox !== null
  const plans = useMemo(
    () => actorPlans(id).filter((plan) => plan.id === "rate" || hasMailbox),
    [id, hasMailbox],
  )
  useStore(timeZone)
  if (actor === undefined) {
    return (
      <div className="page">
        <p>No actor of this name lives at this moment: {visible(id, 200)}</p>
        <button type="button" onClick={() => scene.workbench.open("engine")}>
          Show all actors
        </button>
      </div>
    )
  }
  const cause = causesOf(frame).find(
    ({ actors, trouble }) => trouble !== "none" && actors.includes(id),
  )
  return (
    <div className="engine-body" role="region" tabIndex={0} aria-label={`About ${visible(id, 80)}`}>
      {cause === undefined ? null : <p className="verdict">{cause.sentence}</p>}
      <Facts actor={actor} frame={frame} scene={scene} />
      {actor.lastCause === null ? null : (
        <>
          <h3>The last cause</h3>
          <pre className="cause-text" tabIndex={0} aria-label="The last cause">
            {visibleLines(actor.lastCause, 8192)}
          </pre>
        </>
      )}
      {actor.batches === 0 && !hasMailbox ? null : (
        <ChartGrid scene={scene} plans={plans} minutes={minutes} isVisible={isVisible} />
      )}
      <h3>States it was seen in</h3>
      <States id={id} scene={scene} isVisible={isVisible} />
    </div>
  )
}

const ActorView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const id = parameters["id"] ?? ""
  const minutes = minutesOf(parameters["minutes"])
  return (
    <EnginePage
      scene={scene}
      isVisible={isVisible}
      title={id === "" ? "Actor" : visible(id, 80)}
      command="countersign top DIR"
      tools={
        <MinutesField
          minutes={minutes}
          set={(next) => setParameters({ ...parameters, minutes: next })}
        />
      }
    >
      {(frame) => (
        <Details frame={frame} id={id} scene={scene} isVisible={isVisible} minutes={minutes} />
      )}
    </EnginePage>
  )
}

export default ActorView
