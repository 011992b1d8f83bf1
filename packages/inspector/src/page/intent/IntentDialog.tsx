/** Asks who wants a change and why, and shows exactly what will be done before it is. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react"
import type { Scene } from "../shell/Contribution.ts"
import { outcomeOf } from "./Outcome.ts"
import "./Intent.css"

export { refusalOf } from "./Outcome.ts"

export interface Intent {
  readonly actor: string
  readonly reason: string
}

export interface IntentDialogProps {
  readonly scene: Scene
  readonly title: string
  /** What the button says that does it, such as `Replay 3 records`. */
  readonly act: string
  /** What will be done, word for word. */
  readonly children: ReactNode
  /** Rejects with what is shown in the dialog, which then stays. */
  readonly perform: (intent: Intent) => Promise<void>
  readonly close: () => void
}

const actorKey = "actor"
const actorLengthMax = 256
const reasonLengthMax = 1000

export const IntentDialog = ({
  act,
  children,
  close,
  perform,
  scene,
  title,
}: IntentDialogProps) => {
  const [actor, setActor] = useState(() => scene.host.read(actorKey) ?? "")
  const [reason, setReason] = useState("")
  const [isBusy, setBusy] = useState(false)
  const [refusal, setRefusal] = useState("")
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const before = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  const submit = () => {
    const intent = { actor: actor.trim(), reason: reason.trim() }
    if (intent.actor === "" || intent.reason === "" || isBusy) return
    scene.host.write(actorKey, intent.actor)
    setBusy(true)
    setRefusal("")
    perform(intent).then(close, (error: unknown) => {
      setBusy(false)
      setRefusal(outcomeOf(error))
    })
  }
  return (
    <dialog
      ref={dialog}
      className="intent"
      aria-labelledby={`${id}-title`}
      onKeyDown={(event) => event.stopPropagation()}
      onCancel={(event) => {
        event.preventDefault()
        if (!isBusy) close()
      }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <h2 id={`${id}-title`}>{title}</h2>
        <div className="intent-what">{children}</div>
        <label htmlFor={`${id}-actor`}>Who</label>
        <input
          id={`${id}-actor`}
          required
          maxLength={actorLengthMax}
          autoComplete="off"
          spellCheck={false}
          value={actor}
          onChange={(event) => setActor(event.target.value)}
        />
        <label htmlFor={`${id}-reason`}>Why</label>
        <textarea
          id={`${id}-reason`}
          required
          rows={3}
          maxLength={reasonLengthMax}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <p className="quiet">
          Both are recorded in the trail before anything is done, and the outcome after it.
        </p>
        {refusal === "" ? null : (
          <p className="bad intent-refusal" role="alert">
            {refusal}
          </p>
        )}
        <div className="intent-buttons">
          <button type="button" disabled={isBusy} onClick={close}>
            Cancel
          </button>
          <button type="submit" disabled={isBusy || actor.trim() === "" || reason.trim() === ""}>
            {isBusy ? "Working…" : act}
          </button>
        </div>
      </form>
    </dialog>
  )
}

/** Why nothing can be changed here; `undefined`: it can. */
export const readOnlyReason = (
  about: { readonly isWritable: boolean; readonly over: string } | undefined,
): string | undefined => {
  if (about === undefined) return "Not connected yet"
  if (about.isWritable) return undefined
  return about.over === "directory"
    ? "Read only: only the process that runs the engine can change this"
    : "Read only: the monitor was started without permission to write (isWritable)"
}
