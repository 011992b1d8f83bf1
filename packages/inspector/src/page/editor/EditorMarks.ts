/** Places of the text that something else on the page points at, and what the user points at in it. */
import { type Extension, StateEffect, StateField } from "@codemirror/state"
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view"

export interface EditorMark {
  /** Units: UTF-16 code units from the text's beginning. */
  readonly from: number
  readonly to: number
  readonly kind: "selected" | "hovered"
}

const setMarks = StateEffect.define<ReadonlyArray<EditorMark>>()

const decorations: Readonly<Record<EditorMark["kind"], Decoration>> = {
  selected: Decoration.mark({ class: "cm-mark-selected" }),
  hovered: Decoration.mark({ class: "cm-mark-hovered" }),
}

const shown = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (before, transaction) => {
    let now = before.map(transaction.changes)
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue
      const { length } = transaction.newDoc
      const inside = effect.value.flatMap(({ from, kind, to }) =>
        from < Math.min(to, length) ? [decorations[kind].range(from, Math.min(to, length))] : [],
      )
      now = Decoration.set(inside, true)
    }
    return now
  },
  provide: (field) => EditorView.decorations.from(field),
})

// One has a line below it and the other one around it: colour alone says nothing.
const look = EditorView.theme({
  ".cm-mark-selected": {
    backgroundColor: "var(--vscode-editor-selectionBackground)",
    outline: "1px solid var(--vscode-focusBorder)",
  },
  ".cm-mark-hovered": {
    textDecoration: "underline 2px var(--vscode-focusBorder)",
    textUnderlineOffset: "3px",
  },
})

export interface EditorPointing {
  /** The user has put the caret there, or selected up to there. */
  readonly onCaret: (at: number) => void
  /** `undefined`: the pointer has left the text. */
  readonly onHover: (at: number | undefined) => void
}

export const showMarks = (view: EditorView, marks: ReadonlyArray<EditorMark>): void =>
  view.dispatch({ effects: setMarks.of(marks) })

export const marking = (pointing: () => EditorPointing): Extension => [
  shown,
  look,
  EditorView.updateListener.of((update) => {
    if (update.transactions.some((one) => one.isUserEvent("select")))
      pointing().onCaret(update.state.selection.main.head)
  }),
  EditorView.domEventHandlers({
    mousemove: (event, view) => {
      const at = view.posAtCoords({ x: event.clientX, y: event.clientY })
      pointing().onHover(at ?? undefined)
    },
    mouseleave: () => pointing().onHover(undefined),
  }),
]
