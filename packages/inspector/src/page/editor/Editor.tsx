/** Text in an editor: JSON, YAML or plain, with search, folding and what is wrong with it. */
import { lazy, Suspense } from "react"
import type { EditorMark, EditorPointing } from "./EditorMarks.ts"
import type { EditorLanguage } from "./EditorParts.ts"
import "./Editor.css"

export interface EditorDiagnostic {
  /** Units: UTF-16 code units from the text's beginning. */
  readonly from: number
  readonly to: number
  readonly severity: "error" | "warning" | "info"
  readonly message: string
}

export interface EditorSuggestions {
  /** What is replaced up to the caret. */
  readonly from: number
  readonly options: ReadonlyArray<{
    readonly label: string
    readonly detail: string
    readonly info: string
    readonly text: string
  }>
}

export interface EditorProps extends Partial<EditorPointing> {
  /** Another text than what is typed replaces that. */
  readonly text: string
  readonly language: EditorLanguage
  /** What a screen reader calls it. */
  readonly label: string
  readonly isReadOnly?: boolean
  readonly isWrapped?: boolean
  readonly onChange?: (text: string) => void
  readonly diagnostics?: ReadonlyArray<EditorDiagnostic>
  /** What can be written at a place; asked while somebody types, and for Ctrl+Space. */
  readonly suggest?: (text: string, caret: number) => EditorSuggestions | undefined
  readonly marks?: ReadonlyArray<EditorMark>
  /** A place to select and scroll to, when another object is given. */
  readonly reveal?:
    | { readonly from: number; readonly to: number; readonly isFocused?: boolean }
    | undefined
}

const CodeEditor = lazy(() => import("./CodeEditor.tsx"))

/** As high as its parent. */
export const Editor = (props: EditorProps) => (
  <div className="editor">
    <Suspense fallback={<p className="quiet editor-loading">Loading the editor…</p>}>
      <CodeEditor {...props} />
    </Suspense>
  </div>
)
