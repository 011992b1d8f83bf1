/** The event that is selected, under the table: each value can be added to the filter. */
import { type KeyboardEvent, useMemo, useState } from "react"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { Tree } from "../tree/Tree.tsx"
import { treeOf, type EventValue } from "./EventTree.ts"
import type { EventRow } from "./EventRows.ts"
import { textAt } from "./EventPath.ts"
import { visible } from "../text/HostileText.ts"

export interface PreviewProps {
  readonly row: EventRow | undefined
  readonly sequence: number
  readonly height: number
  readonly resize: (height: number) => void
  readonly close: () => void
  readonly open: (isBeside: boolean) => void
  readonly around: () => void
  readonly copy: () => void
  readonly onValue: (value: EventValue, at: { readonly x: number; readonly y: number }) => void
}

/** Units: pixels. */
const heightMin = 80
const heightMax = 900
const step = 24

const bounded = (height: number): number => Math.min(heightMax, Math.max(heightMin, height))

/** Why it is in the trail, as far as the record itself says. */
const keptText = (event: unknown): string => {
  const kind = textAt(event, ["class"])
  const policy = textAt(event, ["sampling", "policy"])
  const rate = textAt(event, ["sampling", "rate"])
  if (policy !== "") return `class ${kind}; kept by ${policy} at a rate of ${rate}`
  return kind === "" ? "" : `class ${kind}; the record says nothing of sampling`
}

const Sash = ({ height, resize }: Pick<PreviewProps, "height" | "resize">) => (
  <div
    className="preview-sash"
    role="separator"
    aria-orientation="horizontal"
    aria-label="Height of the preview"
    aria-valuenow={Math.round(height)}
    aria-valuemin={heightMin}
    aria-valuemax={heightMax}
    tabIndex={0}
    onKeyDown={({ key }: KeyboardEvent) => {
      if (key === "ArrowUp") resize(bounded(height + step))
      if (key === "ArrowDown") resize(bounded(height - step))
    }}
    onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
    onPointerMove={(event) => {
      if (event.currentTarget.hasPointerCapture(event.pointerId))
        resize(bounded(height - event.movementY))
    }}
  />
)

export const Preview = (props: PreviewProps) => {
  const { around, close, copy, height, onValue, open, resize, row, sequence } = props
  const [selected, setSelected] = useState<string | undefined>(undefined)
  const tree = useMemo(() => treeOf(row?.event), [row])
  const choose = (id: string) => {
    const value = tree.values.get(id)
    const node = document.querySelector(`.preview [data-id="${CSS.escape(id)}"]`)
    const box = node?.getBoundingClientRect()
    if (value !== undefined && box !== undefined)
      onValue(value, { x: box.left + 24, y: box.bottom })
  }
  return (
    <>
      <Sash height={height} resize={resize} />
      <section className="preview" aria-label="Selected event" style={{ height }}>
        <div className="preview-head">
          <h3>Event {sequence.toLocaleString("en")}</h3>
          <span className="quiet preview-kept">{visible(keptText(row?.event), 200)}</span>
          <button type="button" onClick={() => open(false)} title="Open the event (Enter)">
            <Icon name="go-to-file" /> Open
          </button>
          <button type="button" onClick={around} title="Show what lies around it, without a filter">
            <Icon name="list-selection" /> Show around
          </button>
          <IconButton icon="copy" label="Copy as JSON" onClick={copy} />
          <IconButton icon="close" label="Close the preview" onClick={close} />
        </div>
        <div className="preview-body mono">
          {row === undefined ? (
            <p className="quiet">Loading…</p>
          ) : row.damage !== undefined ? (
            <p className="bad">
              <Icon name="error" /> It can't be read: {visible(row.damage, 500)}
            </p>
          ) : (
            <Tree
              label="Values of the event; Enter offers what can be done with one"
              nodes={tree.nodes}
              selected={selected}
              onSelect={setSelected}
              onOpen={(id) => {
                if (tree.values.has(id)) choose(id)
              }}
            />
          )}
        </div>
      </section>
    </>
  )
}
