/** Which columns the table has: known fields, fields that were seen, and any path. */
import { useId, useLayoutEffect, useRef, useState } from "react"
import { IconButton } from "../shell/IconButton.tsx"
import { type TableColumn, moved, resized } from "../table/TableColumns.ts"
import { visible } from "../text/HostileText.ts"
import { columnOf, usualColumns } from "./EventColumns.ts"
import { pathOf } from "./EventPath.ts"

/** Units: pixels. */
const widthStep = 20

export const ColumnsDialog = ({
  change,
  close,
  columns,
  fields,
}: {
  readonly columns: ReadonlyArray<TableColumn>
  /** Paths that were seen. */
  readonly fields: ReadonlyArray<string>
  readonly change: (columns: ReadonlyArray<TableColumn>) => void
  readonly close: () => void
}) => {
  const id = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  const [added, setAdded] = useState("")
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    // While it is still there, so that the focus goes back to where it was.
    return () => element?.close()
  }, [])
  const others = fields.filter((one) => !columns.some((column) => column.id === one)).slice(0, 60)
  const add = (path: string) => {
    if (pathOf(path) === undefined || columns.some((column) => column.id === path)) return
    change([...columns, columnOf(path)])
    setAdded("")
  }
  return (
    <dialog
      ref={dialog}
      className="export columns-dialog"
      aria-labelledby={`${id}-title`}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      <h2 id={`${id}-title`}>Columns</h2>
      <ul className="columns-list">
        {columns.map(({ id: one, title, width }, index) => (
          <li key={one}>
            <span className="mono columns-name">{visible(title, 80)}</span>
            <label>
              <span className="unseen">Width of {title}</span>
              <input
                type="number"
                min={40}
                max={2000}
                step={widthStep}
                value={width}
                onChange={(event) => change(resized(columns, one, Number(event.target.value)))}
              />
            </label>
            <IconButton
              icon="arrow-up"
              label={`Move ${title} to the left`}
              isOff={index === 0}
              onClick={() => change(moved(columns, one, -1))}
            />
            <IconButton
              icon="arrow-down"
              label={`Move ${title} to the right`}
              isOff={index === columns.length - 1}
              onClick={() => change(moved(columns, one, 1))}
            />
            <IconButton
              icon="trash"
              label={`Remove ${title}`}
              isOff={columns.length === 1}
              onClick={() => change(columns.filter((column) => column.id !== one))}
            />
          </li>
        ))}
      </ul>
      <form
        className="columns-add"
        onSubmit={(event) => {
          event.preventDefault()
          add(added.trim())
        }}
      >
        <label htmlFor={`${id}-add`}>Add a field</label>
        <input
          id={`${id}-add`}
          className="mono"
          list={`${id}-fields`}
          placeholder="source.ip"
          value={added}
          onChange={(event) => setAdded(event.target.value)}
        />
        <datalist id={`${id}-fields`}>
          {others.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <button type="submit" disabled={pathOf(added.trim()) === undefined}>
          Add
        </button>
      </form>
      <div className="export-buttons">
        <button type="button" onClick={() => change(usualColumns)}>
          As at the beginning
        </button>
        <button type="button" className="primary" onClick={close}>
          Done
        </button>
      </div>
    </dialog>
  )
}
