/** What every editor of the page is made of. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { json } from "@codemirror/lang-json"
import { yaml } from "@codemirror/lang-yaml"
import { bracketMatching, codeFolding, foldGutter, foldKeymap } from "@codemirror/language"
import { search, searchKeymap } from "@codemirror/search"
import { EditorState, type Extension } from "@codemirror/state"
import { drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view"
import { editorTheme } from "./EditorTheme.ts"

export type EditorLanguage = "json" | "yaml" | "plain"

export interface EditorLook {
  readonly label: string
  readonly language: EditorLanguage
  readonly isReadOnly: boolean
  /** Long lines go on below; otherwise the editor scrolls sideways. */
  readonly isWrapped: boolean
}

const languages: Readonly<Record<EditorLanguage, Extension>> = {
  json: json(),
  yaml: yaml(),
  plain: [],
}

/** Tab is not the editor's, so that it leads out of it; Ctrl+] and Ctrl+[ indent. */
const keysHint =
  "Tab leaves the editor, Ctrl+F searches, Ctrl+Shift+[ folds, Ctrl+] indents, Escape closes what is open"

export const editorParts = ({
  isReadOnly,
  isWrapped,
  label,
  language,
}: EditorLook): ReadonlyArray<Extension> => [
  lineNumbers(),
  codeFolding(),
  foldGutter(),
  history(),
  drawSelection(),
  bracketMatching(),
  search({ top: true }),
  languages[language],
  editorTheme,
  keymap.of([...searchKeymap, ...foldKeymap, ...historyKeymap, ...defaultKeymap]),
  EditorState.readOnly.of(isReadOnly),
  isWrapped ? EditorView.lineWrapping : [],
  EditorView.contentAttributes.of({
    "aria-label": isReadOnly ? `${label}, read only` : label,
    "aria-description": keysHint,
    "aria-readonly": String(isReadOnly),
    // What scrolls has to hold something that the keyboard reaches.
    tabindex: "0",
  }),
]

/** A shadow root, where the editor's styles are adopted sheets, which a strict policy lets be. */
export const shadowOf = (element: HTMLElement): ShadowRoot =>
  element.shadowRoot ?? element.attachShadow({ mode: "open" })
