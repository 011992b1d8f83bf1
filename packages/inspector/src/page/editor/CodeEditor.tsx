/** The editor itself, loaded when one is shown first. */
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint"
import { EditorState } from "@codemirror/state"
import { EditorView, keymap } from "@codemirror/view"
import { useEffect, useRef } from "react"
import type { EditorDiagnostic, EditorProps } from "./Editor.tsx"
import { type EditorMark, marking, showMarks } from "./EditorMarks.ts"
import { editorParts, shadowOf } from "./EditorParts.ts"
import { suggesting } from "./EditorSuggest.ts"

const none: ReadonlyArray<EditorDiagnostic> = []
const noMarks: ReadonlyArray<EditorMark> = []
const nothing = (): void => undefined

/** Places that are still in the text after it has changed. */
const inside = (found: ReadonlyArray<EditorDiagnostic>, length: number): Array<Diagnostic> =>
  found.map(({ from, message, severity, to }) => ({
    from: Math.min(from, length),
    to: Math.min(Math.max(from, to), length),
    severity,
    message,
  }))

const CodeEditor = ({
  diagnostics = none,
  isReadOnly = false,
  isWrapped = false,
  label,
  language,
  marks = noMarks,
  onCaret = nothing,
  onChange,
  onHover = nothing,
  reveal,
  suggest,
  text,
}: EditorProps) => {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  const changed = useRef(onChange)
  changed.current = onChange
  const pointing = useRef({ onCaret, onHover })
  pointing.current = { onCaret, onHover }
  const suggested = useRef(suggest)
  suggested.current = suggest
  const initial = useRef(text)
  initial.current = text

  useEffect(() => {
    if (place.current === null) return undefined
    const root = shadowOf(place.current)
    const made = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: initial.current,
        extensions: [
          editorParts({ label, language, isReadOnly, isWrapped }),
          marking(() => pointing.current),
          isReadOnly
            ? []
            : [lintGutter(), keymap.of(lintKeymap), suggesting(() => suggested.current)],
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current?.(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => {
      view.current = undefined
      made.destroy()
    }
  }, [isReadOnly, isWrapped, label, language])

  useEffect(() => {
    const { current } = view
    if (current === undefined || current.state.doc.toString() === text) return
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } })
  }, [text])

  useEffect(() => {
    const { current } = view
    if (current === undefined) return
    const found = inside(diagnostics, current.state.doc.length)
    current.dispatch(setDiagnostics(current.state, found))
  }, [diagnostics, isReadOnly, isWrapped, label, language])

  useEffect(() => {
    if (view.current !== undefined) showMarks(view.current, marks)
  }, [marks, isReadOnly, isWrapped, label, language])

  useEffect(() => {
    const { current } = view
    if (current === undefined || reveal === undefined) return
    const [from, to] = [reveal.from, reveal.to].map((at) =>
      Math.min(Math.max(0, at), current.state.doc.length),
    )
    const selection = { anchor: from ?? 0, head: to ?? 0 }
    current.dispatch({
      selection,
      effects: EditorView.scrollIntoView(selection.anchor, { y: "center" }),
    })
    if (reveal.isFocused === true) current.focus()
  }, [reveal])

  return <div ref={place} className="editor-place" />
}

export default CodeEditor
