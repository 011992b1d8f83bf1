/** What can be written next, in a list under the caret. */
import { autocompletion, completionKeymap } from "@codemirror/autocomplete"
import type { Extension } from "@codemirror/state"
import { keymap } from "@codemirror/view"
import type { EditorProps } from "./Editor.tsx"

export const suggesting = (ask: () => EditorProps["suggest"]): Extension => [
  autocompletion({
    icons: false,
    override: [
      ({ explicit, pos, state }) => {
        const found = ask()?.(state.doc.toString(), pos)
        // Unasked only where somebody has begun to write a word.
        if (found === undefined || (!explicit && found.from === pos)) return null
        return {
          from: found.from,
          validFor: /^[\w-]*$/,
          options: found.options.map(({ detail, info, label, text }) => ({
            label,
            detail,
            info,
            apply: text,
          })),
        }
      },
    ],
  }),
  keymap.of(completionKeymap),
]
