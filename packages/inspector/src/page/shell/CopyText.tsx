/** Text that the browser does not let the page copy: it is chosen already, and the user copies it. */
import { useEffect, useRef } from "react"

export const CopyText = ({
  close,
  text,
}: {
  readonly text: string
  readonly close: () => void
}) => {
  const area = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    area.current?.focus()
    area.current?.select()
  }, [])
  return (
    <div className="dialog" role="dialog" aria-modal="true" aria-labelledby="copy-text-title">
      <h2 id="copy-text-title">The browser lets this page copy nothing</h2>
      <p>The text is selected: copy it with Ctrl+C, and close this with Escape.</p>
      <textarea ref={area} aria-label="Text to copy" rows={6} readOnly value={text} />
      <div className="dialog-buttons">
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
    </div>
  )
}
