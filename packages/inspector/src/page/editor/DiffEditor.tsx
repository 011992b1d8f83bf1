/** Two texts side by side, with what differs marked. Nothing in it can be changed. */
import { lazy, Suspense } from "react"
import type { EditorLanguage } from "./EditorParts.ts"
import "./Editor.css"

export interface DiffSide {
  /** What it is, above it and for a screen reader. */
  readonly name: string
  readonly text: string
}

export interface DiffProps {
  readonly before: DiffSide
  readonly after: DiffSide
  readonly language: EditorLanguage
}

const DiffView = lazy(() => import("./DiffView.tsx"))

export const DiffEditor = (props: DiffProps) => (
  <div className="diff">
    <div className="diff-names">
      <span>{props.before.name}</span>
      <span>{props.after.name}</span>
    </div>
    <div className="editor diff-editor">
      <Suspense fallback={<p className="quiet editor-loading">Loading the editor…</p>}>
        <DiffView {...props} />
      </Suspense>
    </div>
  </div>
)
