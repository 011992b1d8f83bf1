/** The way of an event from left to right, how full it is where, and why. */
import { useMemo } from "react"
import type { Frame } from "@countersign/monitor/protocol/Update"
import type { Scene, ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { Gauge, StateLabel } from "./ActorParts.tsx"
import { rate, share } from "./Amount.ts"
import { type Cause, type Trouble, causesOf } from "./Cause.ts"
import { EnginePage } from "./EnginePage.tsx"
import { type Edge, type FlowStep, flowOf } from "./Flow.ts"

const troubleLooks: Readonly<Record<Trouble, { icon: string; word: string; tone: string }>> = {
  failed: { icon: "error", word: "Failed", tone: "bad" },
  blocked: { icon: "warning", word: "Blocked", tone: "bad" },
  lagging: { icon: "warning", word: "Behind", tone: "warn" },
  busy: { icon: "info", word: "Busy", tone: "warn" },
  none: { icon: "pass", word: "Flowing", tone: "good" },
}

const CauseLine = ({ cause, scene }: { readonly cause: Cause; readonly scene: Scene }) => {
  const { icon, tone, word } = troubleLooks[cause.trouble]
  const last = cause.actors.at(-1)
  return (
    <li className="cause" data-trouble={cause.trouble}>
      <span className={`cause-word ${tone}`}>
        <Icon name={icon} /> {word}
      </span>
      <span className="cause-sentence">{cause.sentence}</span>
      {last === undefined ? null : (
        <button type="button" onClick={() => scene.workbench.open("actor", { id: last })}>
          Look at {visible(last, 40)}
        </button>
      )}
    </li>
  )
}

/** What lies between two steps: an arrow, and how full it is where there is a bound. */
const EdgeMark = ({ edge }: { readonly edge: Edge | undefined }) => (
  <span className="flow-edge" data-level={edge?.level ?? "low"}>
    {edge?.filled === undefined ? (
      <span className="flow-line" aria-hidden="true" />
    ) : (
      <Gauge filled={edge.filled} level={edge.level} />
    )}
    <Icon name="chevron-right" />
    {edge?.filled === undefined ? null : <span className="flow-share">{share(edge.filled)}</span>}
  </span>
)

/** Its place in what is wrong: it waits, it is waited for, or it is alone in trouble. */
type Part = "waits" | "cause" | "alone" | undefined

const partNames = { waits: "waits", cause: "is waited for", alone: "in trouble" } as const

const Box = ({
  open,
  part,
  step,
}: {
  readonly step: FlowStep
  readonly part: Part
  readonly open: () => void
}) => (
  <button type="button" className="flow-box" data-part={part} onClick={open}>
    <span className="flow-name">{visible(step.title, 60)}</span>
    {step.actor === undefined ? null : <StateLabel state={step.actor.state} />}
    {part === undefined ? null : <span className="flow-part">{partNames[part]}</span>}
    <span className="flow-rate">{rate(step.perSecond)}</span>
    {step.edge === undefined ? null : <span className="quiet">{step.edge.text}</span>}
    {step.details.map((detail) => (
      <span key={detail} className="quiet">
        {detail}
      </span>
    ))}
  </button>
)

const partOf = (causes: ReadonlyArray<Cause>, id: string): Part => {
  const cause = causes.find(({ actors, trouble }) => trouble !== "none" && actors.includes(id))
  if (cause === undefined) return undefined
  if (cause.actors.length === 1) return "alone"
  return cause.actors.at(-1) === id ? "cause" : "waits"
}

const Diagram = ({
  causes,
  frame,
  scene,
}: {
  readonly frame: Frame
  readonly causes: ReadonlyArray<Cause>
  readonly scene: Scene
}) => {
  const { sinks, steps } = useMemo(() => flowOf(frame.snapshot), [frame])
  const open = (step: FlowStep) => () =>
    step.id === "accepted"
      ? scene.workbench.open("ledger")
      : scene.workbench.open("actor", { id: step.id })
  return (
    <ol className="flow" aria-label="The way of an event">
      {steps.map((step, index) => (
        <li key={step.id} className="flow-step">
          {index === 0 ? null : <EdgeMark edge={step.edge} />}
          <Box step={step} part={partOf(causes, step.id)} open={open(step)} />
        </li>
      ))}
      {sinks.length === 0 ? null : (
        <li className="flow-step flow-last">
          <ul className="flow-sinks" aria-label="Sinks">
            {sinks.map((step) => (
              <li key={step.id} className="flow-step">
                <EdgeMark edge={step.edge} />
                <Box step={step} part={partOf(causes, step.id)} open={open(step)} />
              </li>
            ))}
          </ul>
        </li>
      )}
    </ol>
  )
}

const FlowView = ({ isVisible, scene }: ViewProps) => (
  <EnginePage scene={scene} isVisible={isVisible} title="Flow" command="countersign top DIR">
    {(frame) => {
      const causes = causesOf(frame)
      return (
        <div
          className="engine-body"
          tabIndex={0}
          role="region"
          aria-label="The flow and its causes"
        >
          <ul className="causes" aria-label="Why something waits">
            {causes.map((cause) => (
              <CauseLine key={cause.sentence} cause={cause} scene={scene} />
            ))}
          </ul>
          <Diagram frame={frame} causes={causes} scene={scene} />
        </div>
      )
    }}
  </EnginePage>
)

export default FlowView
