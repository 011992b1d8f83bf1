/** One event, and what this page finds of it. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useState } from "react"
import { useStorePart } from "../connection/Store.ts"
import { directoryArgument } from "../events/ShellCommand.ts"
import { forget } from "../proof/TrailMemory.ts"
import type { Scene, ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { BytesPart } from "./BytesPart.tsx"
import { ContentPart } from "./ContentPart.tsx"
import { CopiesPart } from "./CopiesPart.tsx"
import { typeOf } from "./EventFields.ts"
import { ProofPart } from "./ProofPart.tsx"
import type { CopyFound } from "@countersign/monitor/protocol/TrailProof"
import { type ShownEvent, useEvent } from "./UseEvent.ts"
import "./Event.css"

const verdicts = {
  proven: { icon: "verified-filled", word: "Proven", look: "proof-verdict-good" },
  failed: { icon: "error", word: "NOT PROVEN", look: "proof-verdict-bad" },
  unproven: { icon: "question", word: "Not signed by a known key", look: "proof-verdict-open" },
} as const

const Verdict = ({
  checked,
  scene,
  again,
}: {
  readonly checked: ShownEvent["checked"]
  readonly scene: Scene
  readonly again: () => void
}) => {
  const { icon, look, word } = verdicts[checked.verdict]
  const [isAsked, setIsAsked] = useState(false)
  const { origin } = checked.checkpoint ?? {}
  return (
    <div className={`proof-verdict ${look}`}>
      <Icon name={icon} />
      <div>
        <strong>{word}</strong>, checked here: {visible(checked.sentence, 600)}
        {checked.isKeyChanged === true && origin !== undefined ? (
          <p>
            {isAsked ? (
              <>
                Only if the trail&apos;s owner has told you of the new key, by another way than this
                server.{" "}
                <button
                  type="button"
                  onClick={() => {
                    forget(scene.host, origin)
                    again()
                  }}
                >
                  I know of it: trust the new key
                </button>
              </>
            ) : (
              <button type="button" onClick={() => setIsAsked(true)}>
                The owner has changed the key…
              </button>
            )}
          </p>
        ) : null}
      </div>
    </div>
  )
}

interface Part {
  readonly id: string
  readonly title: string
  readonly content: ReactNode
}

/** Tabs as the APG has them: one stop, and arrows choose. */
const Parts = ({
  chosen,
  choose,
  parts,
}: {
  readonly chosen: string
  readonly choose: (id: string) => void
  readonly parts: ReadonlyArray<Part>
}) => {
  const at = Math.max(
    0,
    parts.findIndex(({ id }) => id === chosen),
  )
  const current = parts[at]
  const name = useId()
  const onKey = (event: KeyboardEvent) => {
    const by = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: parts.length - 1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const next = parts[(by + parts.length) % parts.length]
    if (next === undefined) return
    choose(next.id)
    event.currentTarget.querySelector<HTMLElement>(`[data-part="${next.id}"]`)?.focus()
  }
  if (current === undefined) return null
  return (
    <>
      <div className="event-tabs" role="tablist" aria-label="Parts of the event" onKeyDown={onKey}>
        {parts.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            data-part={id}
            id={`${name}-${id}`}
            aria-selected={id === current.id}
            aria-controls={`${name}-part`}
            tabIndex={id === current.id ? 0 : -1}
            onClick={() => choose(id)}
          >
            {title}
          </button>
        ))}
      </div>
      <div
        id={`${name}-part`}
        className="event-part"
        role="tabpanel"
        aria-labelledby={`${name}-${current.id}`}
        tabIndex={0}
      >
        {current.content}
      </div>
    </>
  )
}

const partsOf = (
  event: ShownEvent,
  copies: ReadonlyArray<CopyFound> | undefined,
  chosen: string,
  scene: Scene,
): ReadonlyArray<Part> => [
  { id: "content", title: "Event", content: <ContentPart event={event} scene={scene} /> },
  { id: "proof", title: "Proof", content: <ProofPart event={event} /> },
  { id: "bytes", title: "Bytes", content: <BytesPart event={event} /> },
  // Whoever has chosen it is not led away from it while the stores are asked.
  ...((copies === undefined ? chosen !== "copies" : copies.length === 0)
    ? []
    : [
        {
          id: "copies",
          title: "Second copy",
          content: <CopiesPart copies={copies} event={event} />,
        },
      ]),
]

const Tools = ({
  asking,
  event,
  go,
  again,
  scene,
}: {
  /** What is asked for; empty: nothing. */
  readonly asking: string
  readonly event: ShownEvent
  readonly go: (sequence: number) => void
  readonly again: () => void
  readonly scene: Scene
}) => {
  const directory = useStorePart(scene.connection.about, (about) => about?.directory ?? ".")
  const { checked, sequence, size } = event
  const { proof } = checked
  const copy = (what: string, text: string) =>
    void scene.host.copy(text).then(
      () => scene.workbench.notify(`${what} is copied`),
      () => scene.workbench.notify("The clipboard is not to be had here", "warning"),
    )
  return (
    <div className="tool-bar" role="toolbar" aria-label="Event">
      <button type="button" disabled={sequence <= 0} onClick={() => go(sequence - 1)}>
        <Icon name="chevron-left" /> Previous <kbd>[</kbd>
      </button>
      <button type="button" disabled={sequence + 1 >= size} onClick={() => go(sequence + 1)}>
        Next <kbd>]</kbd> <Icon name="chevron-right" />
      </button>
      <button type="button" onClick={again}>
        <Icon name="refresh" /> Check again
      </button>
      <button
        type="button"
        disabled={proof === undefined}
        onClick={() => copy("The proof", proof ?? "")}
      >
        <Icon name="copy" /> Copy proof
      </button>
      <button
        type="button"
        disabled={proof === undefined}
        onClick={() => scene.host.save(`event-${sequence}.proof`, "text/plain", proof ?? "")}
      >
        <Icon name="save" /> Save proof file
      </button>
      <button
        type="button"
        onClick={() =>
          copy("The command", `countersign prove ${directoryArgument(directory)} ${sequence}`)
        }
      >
        <Icon name="terminal" /> Copy as command
      </button>
      <span role="status" className="quiet">
        {asking}
      </span>
    </div>
  )
}

const EventView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const [round, setRound] = useState(0)
  const { id, part = "content", sequence } = parameters
  const state = useEvent(scene, sequence, id, isVisible, round)
  const shown = state._tag === "Shown" ? state.event : undefined
  const again = () => setRound(round + 1)

  useEffect(() => {
    if (shown === undefined) return
    const { icon: _, word } = verdicts[shown.checked.verdict]
    scene.workbench.announce(`Event ${shown.sequence}: ${word}. ${shown.checked.sentence}`)
    // A place is a better address than an id, which is looked for; of another event it is none.
    if (sequence === undefined && shown.checked.isAsked)
      setParameters({ part, sequence: String(shown.sequence) })
  }, [shown])

  if (state._tag === "Asking") return <p className="page quiet">Asking for the event…</p>
  if (state._tag === "Failed") {
    return (
      <div className="page">
        <h2>Event {visible(sequence ?? id ?? "", 60)}</h2>
        <p className="bad">
          <Icon name="error" /> {visible(state.detail, 1000)}
        </p>
        <button type="button" onClick={again}>
          Ask again
        </button>
      </div>
    )
  }
  const { copies, event, isAsking } = state
  const asking = isAsking ? `Asking for event ${visible(sequence ?? id ?? "", 60)}…` : ""
  const go = (to: number) => setParameters({ part, sequence: String(to) })
  return (
    <div className="event-view">
      <header className="event-head">
        <h2>
          Event {event.sequence.toLocaleString("en")}{" "}
          <span className="quiet">of {event.size.toLocaleString("en")}</span>{" "}
          <span className="badge">{visible(typeOf(event.checked.value), 80)}</span>
        </h2>
        <Verdict again={again} checked={event.checked} scene={scene} />
      </header>
      <Tools again={again} asking={asking} event={event} go={go} scene={scene} />
      <Parts
        chosen={part}
        choose={(chosen) => setParameters({ ...parameters, part: chosen })}
        parts={partsOf(event, copies, part, scene)}
      />
    </div>
  )
}

export default EventView
