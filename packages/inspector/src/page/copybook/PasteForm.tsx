/** A copybook out of the clipboard. */
import { useEffect, useRef } from "react"
import { copybookBytesMax } from "./Documents.ts"

export const PasteForm = ({
  onDone,
}: {
  /** `undefined`: the user wants none. */
  readonly onDone: (text: string | undefined) => void
}) => {
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => area.current?.focus(), [])
  return (
    <form
      className="paste-form"
      onKeyDown={({ key }) => {
        if (key === "Escape") onDone(undefined)
      }}
      onSubmit={(event) => {
        event.preventDefault()
        onDone(area.current?.value)
      }}
    >
      <label>
        The copybook's text
        <textarea
          ref={area}
          className="mono"
          rows={6}
          maxLength={copybookBytesMax}
          spellCheck={false}
          placeholder={"       01  CUSTOMER.\n           05  NAME  PIC X(20)."}
        />
      </label>
      <div>
        <button type="submit">Use it</button>{" "}
        <button type="button" onClick={() => onDone(undefined)}>
          Cancel
        </button>
      </div>
    </form>
  )
}
