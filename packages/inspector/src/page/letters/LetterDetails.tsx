/** One refused record: what it is, why it was refused, and all that was noted about it. */
import type { FoundLetter, LetterEntry } from "@countersign/monitor/protocol/Letters"
import { useEffect, useState } from "react"
import { useStore } from "../connection/Store.ts"
import { Editor } from "../editor/Editor.tsx"
import { shellArgument } from "../events/ShellCommand.ts"
import { refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { formatTime } from "../shell/TimeFormat.ts"
import { visible, visibleLines } from "../text/HostileText.ts"
import { entryText } from "./EntryText.ts"
import { bytesText } from "./SettleDialog.tsx"

const acts: Readonly<Record<LetterEntry["act"], string>> = {
  buried: "refused",
  requested: "replay asked for",
  replayed: "delivered again, and taken",
  dropped: "dropped",
  shown: "looked at",
}

interface Told {
  readonly json: string
  readonly history: ReadonlyArray<LetterEntry>
  readonly failure: string
}

const useTold = (scene: Scene, letter: FoundLetter): Told => {
  const { bytes, isRequested, refusals, sequence, sink } = letter
  const [told, setTold] = useState<Told>({ json: "", history: [], failure: "" })
  const about = useStore(scene.connection.about)
  const isReadable = bytes !== null
  useEffect(() => {
    const abort = new AbortController()
    const { connection } = scene
    const failed = (error: unknown) => {
      if (!abort.signal.aborted) setTold((last) => ({ ...last, failure: refusalOf(error) }))
    }
    setTold((last) => ({ ...last, failure: "" }))
    // Before it is published there is nothing to ask for.
    if (isReadable) {
      connection
        .ask((client) => client.Event({ sequence }), abort.signal)
        .then(({ entry }) => setTold((last) => ({ ...last, json: entryText(entry) })), failed)
    }
    connection
      .ask((client) => client.LetterHistory({ sink, sequence }), abort.signal)
      .then((history) => setTold((last) => ({ ...last, history })), failed)
    return () => abort.abort()
  }, [scene, about, sequence, sink, refusals, isRequested, isReadable])
  return told
}

const timeText = (time: string): string => {
  const millis = Date.parse(time)
  return Number.isNaN(millis) ? visible(time, 40) : formatTime(millis)
}

export interface LetterDetailsProps {
  readonly scene: Scene
  readonly letter: FoundLetter
  readonly readOnly: string | undefined
  readonly onWish: (act: "replay" | "drop") => void
}

export const LetterDetails = ({ letter, onWish, readOnly, scene }: LetterDetailsProps) => {
  const { failure, history, json } = useTold(scene, letter)
  const { bytes, cause, leaf, refusals, sequence, sink, time } = letter
  const copy = () => {
    const directory = shellArgument(scene.connection.about.get()?.directory ?? ".")
    void scene.host
      .copy(`countersign dlq show ${directory} ${shellArgument(sink)} ${sequence}`)
      .then(() => scene.workbench.notify("The command is copied"))
  }
  return (
    <section className="letter" aria-label={`Record ${sequence}`} tabIndex={0}>
      <h2>
        Record {sequence}, refused by {visible(sink, 64)}
      </h2>
      <div className="letter-buttons">
        <button
          type="button"
          onClick={() => scene.workbench.open("event", { sequence: String(sequence) })}
        >
          <Icon name="symbol-event" /> Open the event
        </button>
        <button type="button" disabled={readOnly !== undefined} onClick={() => onWish("replay")}>
          Replay…
        </button>
        <button type="button" disabled={readOnly !== undefined} onClick={() => onWish("drop")}>
          Drop…
        </button>
        <button type="button" onClick={copy}>
          Copy as command
        </button>
      </div>
      <h3>Cause</h3>
      <pre className="letter-cause">{visibleLines(cause)}</pre>
      <p className="quiet">
        Refused {refusals}×, last at {timeText(time)}
        {bytes === null ? "; not published yet" : `; ${bytesText(bytes)}`}; leaf{" "}
        <span className="mono letter-leaf">{visible(leaf, 64)}</span>
      </p>
      {failure === "" ? null : <p className="bad">{visible(failure)}</p>}
      <h3>Record</h3>
      <div className="letter-record">
        {json === "" ? (
          <p className="quiet">{bytes === null ? "It can be read once it is published." : "…"}</p>
        ) : (
          <Editor text={json} language="json" label={`Record ${sequence}`} isReadOnly isWrapped />
        )}
      </div>
      <h3>What was noted</h3>
      <ol className="letter-history">
        {history.map((entry, index) => (
          <li key={index}>
            <span className="mono">{timeText(entry.time)}</span> <strong>{acts[entry.act]}</strong>{" "}
            by {visible(entry.actor, 100)}
            <div className="quiet">{visible(entry.reason, 1000)}</div>
          </li>
        ))}
      </ol>
    </section>
  )
}
