/** The copybook's text, with what is wrong in it and where the chosen field stands. */
import type { Diagnostic } from "@countersign/copybook/source/Diagnostic"
import { useMemo, useState } from "react"
import { Editor, type EditorDiagnostic } from "../editor/Editor.tsx"
import type { EditorMark } from "../editor/EditorMarks.ts"
import { type OpenCopybook, changeText } from "./Documents.ts"
import type { SourceReveal } from "./Links.ts"
import { type SourcePlace, placeAt } from "./SourcePlaces.ts"

export interface SourcePaneProps {
  readonly copybook: OpenCopybook
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly places: ReadonlyArray<SourcePlace>
  readonly selected: string | undefined
  readonly hovered: string | undefined
  readonly reveal: SourceReveal
  readonly onSelect: (path: string) => void
  readonly onHover: (path: string | undefined) => void
}

const editorDiagnostic = ({
  code,
  hint,
  message,
  severity,
  span,
}: Diagnostic): EditorDiagnostic => ({
  from: span.member === undefined ? span.offset : 0,
  to: span.member === undefined ? span.offset + Math.max(1, span.length) : 0,
  severity,
  message: `${code}: ${message}. ${hint}`,
})

export const SourcePane = (props: SourcePaneProps) => {
  const { copybook, diagnostics, hovered, onHover, onSelect, places, reveal, selected } = props
  const marks = useMemo(
    () =>
      places.flatMap(({ from, path, to }): ReadonlyArray<EditorMark> => {
        if (path === selected) return [{ from, to, kind: "selected" }]
        return path === hovered ? [{ from, to, kind: "hovered" }] : []
      }),
    [places, selected, hovered],
  )
  const found = useMemo(() => diagnostics.map(editorDiagnostic), [diagnostics])
  const place = useMemo(() => {
    if (reveal === undefined) return undefined
    if ("at" in reveal) return { from: reveal.at, to: reveal.at, isFocused: true }
    const wanted = places.find(({ path }) => path === reveal.path)
    return wanted === undefined ? undefined : { from: wanted.from, to: wanted.from }
    // While somebody types, nothing jumps.
  }, [reveal])
  const [over, setOver] = useState<string | undefined>(undefined)
  return (
    <Editor
      text={copybook.text}
      language="plain"
      label={`Copybook ${copybook.name}`}
      diagnostics={found}
      marks={marks}
      reveal={place}
      onChange={(text) => changeText(copybook.id, text)}
      onCaret={(at) => {
        const here = placeAt(places, at)
        if (here !== undefined) onSelect(here.path)
      }}
      onHover={(at) => {
        const path = at === undefined ? undefined : placeAt(places, at)?.path
        if (path === over) return
        setOver(path)
        onHover(path)
      }}
    />
  )
}
