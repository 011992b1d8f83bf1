/** A record's bytes, with the fields that they belong to, and a way to any of them. */
import { useId, useMemo, useRef, useState } from "react"
import { HexView } from "../hex/HexView.tsx"
import { type Range, hexOffset, hexText, offsetOf } from "../hex/HexRows.ts"
import { visible } from "../text/HostileText.ts"
import { type FieldNode, fieldsAt, ownersOf } from "./FieldTree.ts"
import type { ShownRecord } from "./Hooks.ts"

export interface BytesPaneProps {
  readonly label: string
  readonly shown: ShownRecord
  readonly characters: ReadonlyArray<string>
  readonly selected: FieldNode | undefined
  readonly hovered: FieldNode | undefined
  readonly reveal: { readonly offset: number } | undefined
  readonly onPick: (node: FieldNode) => void
  readonly onHover: (node: FieldNode | undefined) => void
}

const rangeOf = (node: FieldNode | undefined): Range | undefined =>
  node === undefined || node.offset < 0 ? undefined : { offset: node.offset, length: node.length }

export const BytesPane = (props: BytesPaneProps) => {
  const wrongId = useId()
  const { characters, hovered, label, onHover, onPick, reveal, selected, shown } = props
  const { record, tree } = shown
  const { bytes, fileOffset } = record
  const owners = useMemo(() => ownersOf(tree, bytes.length), [tree, bytes])
  const [selection, setSelection] = useState<Range>({
    offset: Math.max(0, selected?.offset ?? 0),
    length: 1,
  })
  const chosen = selected?.offset ?? -1
  const [place, setPlace] = useState(chosen < 0 ? reveal : { offset: chosen })
  const [told, setTold] = useState(reveal)
  const [isWrong, setIsWrong] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const there = fieldsAt(tree, selection.offset)
  const [field, ...others] = there
  const part = bytes.subarray(selection.offset, selection.offset + selection.length)
  const goTo = (to: { readonly offset: number } | undefined) => {
    setPlace(to)
    if (to !== undefined) setSelection({ offset: to.offset, length: 1 })
  }
  if (told !== reveal) {
    setTold(reveal)
    goTo(reveal)
  }
  return (
    <div className="bytes">
      <form
        className="bytes-bar"
        onSubmit={(event) => {
          event.preventDefault()
          const offset = offsetOf(input.current?.value ?? "")
          const isThere = offset !== undefined && offset < bytes.length
          setIsWrong(!isThere)
          if (!isThere) return
          goTo({ offset })
          const node = fieldsAt(tree, offset)[0]
          if (node !== undefined) onPick(node)
        }}
      >
        <label>
          Go to byte{" "}
          <input
            ref={input}
            size={8}
            placeholder="26 or 0x1A"
            aria-invalid={isWrong}
            aria-describedby={isWrong ? wrongId : undefined}
          />
        </label>
        {isWrong ? (
          <span id={wrongId} className="bad" role="alert">
            There are {bytes.length} bytes, from 0
          </span>
        ) : null}
      </form>
      <div className="bytes-hex">
        <HexView
          label={label}
          bytes={bytes}
          characters={characters}
          owners={owners}
          isFaulty={(owner) => tree.leaves[owner]?.fault !== undefined}
          nameOf={(owner) => tree.leaves[owner]?.id ?? "no field"}
          marked={rangeOf(selected)}
          hovered={rangeOf(hovered)}
          reveal={place}
          onSelect={(next) => {
            setSelection(next)
            const node = fieldsAt(tree, next.offset)[0]
            if (node !== undefined) onPick(node)
          }}
          onHover={(offset) =>
            onHover(offset === undefined ? undefined : tree.leaves[owners[offset] ?? -1])
          }
        />
      </div>
      <div className="bytes-said">
        <span>
          Byte <b>{selection.offset}</b> (0x{hexOffset(selection.offset).slice(-4)}) in the record,{" "}
          {fileOffset + selection.offset} in the file; {selection.length}{" "}
          {selection.length === 1 ? "byte" : "bytes"}
          {field === undefined ? null : (
            <>
              ; byte {selection.offset - field.offset} of <b>{visible(field.id, 80)}</b>
            </>
          )}
        </span>
        <span className="mono">{hexText(part, 16)}</span>
        {others.length === 0 ? null : (
          <span>
            Also:{" "}
            {others.slice(0, 4).map((node) => (
              <button
                key={node.id}
                type="button"
                className="link-button"
                onClick={() => onPick(node)}
              >
                {visible(node.id, 60)}
              </button>
            ))}
          </span>
        )}
      </div>
    </div>
  )
}
