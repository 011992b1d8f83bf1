/** The comparison itself, loaded when one is shown first. */
import { MergeView } from "@codemirror/merge"
import { useEffect, useRef } from "react"
import type { DiffProps } from "./DiffEditor.tsx"
import { editorParts, shadowOf } from "./EditorParts.ts"

const DiffView = ({ after, before, language }: DiffProps) => {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (place.current === null) return undefined
    const root = shadowOf(place.current)
    const side = ({ name, text }: DiffProps["before"]) => ({
      doc: text,
      extensions: editorParts({ label: name, language, isReadOnly: true, isWrapped: true }),
    })
    const made = new MergeView({
      root,
      parent: root,
      a: side(before),
      b: side(after),
      gutter: true,
      highlightChanges: true,
      collapseUnchanged: { margin: 3, minSize: 8 },
    })
    return () => made.destroy()
    // Not by the objects: where those are made for each frame, nobody could scroll or search.
  }, [after.name, after.text, before.name, before.text, language])
  return <div ref={place} className="editor-place diff-place" />
}

export default DiffView
