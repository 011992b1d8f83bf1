/** Saves what is shown as a file: which events, in which form, and how far it is. */
import { useId, useLayoutEffect, useRef, useState } from "react"
import { visible } from "../text/HostileText.ts"
import { type ExportFormat, type Exported, exportEventsMax } from "./Export.ts"

export interface ExportScope {
  readonly id: string
  readonly label: string
  readonly count: number
}

export interface ExportDialogProps {
  readonly scopes: ReadonlyArray<ExportScope>
  readonly run: (
    scope: string,
    format: ExportFormat,
    signal: AbortSignal,
    progress: (done: number) => void,
  ) => Promise<Exported>
  readonly close: (said: string | undefined) => void
}

const counted = (count: number): string => count.toLocaleString("en")

const saidOf = ({ damaged, events, isCut }: Exported): string =>
  [
    `Saved ${counted(events)} events.`,
    ...(damaged > 0 ? [`${counted(damaged)} could not be read and are not part of it.`] : []),
    ...(isCut ? ["There are more: the file is at its limit."] : []),
  ].join(" ")

export const ExportDialog = ({ close, run, scopes }: ExportDialogProps) => {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const [scope, setScope] = useState(scopes[0]?.id ?? "")
  const [format, setFormat] = useState<ExportFormat>("ndjson")
  const [running, setRunning] = useState<AbortController | undefined>(undefined)
  const [done, setDone] = useState(0)
  const [failure, setFailure] = useState("")
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // While it is still there, so that the focus goes back to where it was.
    return () => element?.close()
  }, [])
  const total = Math.min(exportEventsMax, scopes.find((one) => one.id === scope)?.count ?? 0)
  const start = () => {
    const controller = new AbortController()
    setRunning(controller)
    setFailure("")
    run(scope, format, controller.signal, setDone).then(
      (exported) => close(saidOf(exported)),
      (error: unknown) => {
        setRunning(undefined)
        if (!controller.signal.aborted)
          setFailure(error instanceof Error ? error.message : String(error))
      },
    )
  }
  return (
    <dialog
      ref={dialog}
      className="export"
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        event.preventDefault()
        running?.abort()
        close(undefined)
      }}
    >
      <h2 id={`${id}-title`}>Export events</h2>
      <fieldset disabled={running !== undefined}>
        <legend>Which</legend>
        {scopes.map(({ count, id: one, label }) => (
          <label key={one}>
            <input
              type="radio"
              name={`${id}-scope`}
              checked={one === scope}
              onChange={() => setScope(one)}
            />{" "}
            {label}: {counted(count)}
            {count > exportEventsMax ? `, of which the first ${counted(exportEventsMax)}` : ""}
          </label>
        ))}
      </fieldset>
      <fieldset disabled={running !== undefined}>
        <legend>As</legend>
        <label>
          <input
            type="radio"
            name={`${id}-format`}
            checked={format === "ndjson"}
            onChange={() => setFormat("ndjson")}
          />{" "}
          NDJSON: whole events, one a line
        </label>
        <label>
          <input
            type="radio"
            name={`${id}-format`}
            checked={format === "csv"}
            onChange={() => setFormat("csv")}
          />{" "}
          CSV: the columns that are shown; nothing in it is a formula
        </label>
      </fieldset>
      {running === undefined ? null : (
        <p>
          <progress aria-label="Export" max={Math.max(1, total)} value={done} /> {counted(done)} of{" "}
          {counted(total)}
        </p>
      )}
      {failure === "" ? null : (
        <p className="bad" role="alert">
          {visible(failure, 600)}
        </p>
      )}
      <div className="export-buttons">
        <button
          type="button"
          onClick={() => {
            if (running === undefined) return close(undefined)
            running.abort()
          }}
        >
          Cancel
        </button>
        <button
          type="button"
          className="primary"
          disabled={running !== undefined || total === 0}
          onClick={start}
        >
          Export
        </button>
      </div>
    </dialog>
  )
}
