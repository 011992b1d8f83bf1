/** Every key, by command. */
import { useEffect, useRef } from "react"
import { allCommands } from "./KeyBindings.ts"

/** Keys that belong to a place, and run no command. */
const placeKeys: ReadonlyArray<readonly [string, string]> = [
  ["↑ ↓ Home End Page Up Page Down", "Move in a tree or a table"],
  ["← →", "Close and open a branch of a tree"],
  ["Enter", "Open what is chosen"],
  ["Ctrl+Enter", "Open it beside"],
  ["Delete", "Close the tab that has the focus"],
  ["Escape", "Close what is open over the page"],
]

export const KeysHelp = ({ close }: { readonly close: () => void }) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const rows = allCommands().flatMap(({ keys, title }) =>
    keys === undefined ? [] : [[keys.split(" ").join(" or "), title] as const],
  )
  return (
    <div className="keys-help" role="dialog" aria-modal="true" aria-labelledby="keys-help-title">
      <h2 id="keys-help-title" ref={heading} tabIndex={-1}>
        Keys
      </h2>
      <div className="keys-help-rows" tabIndex={0} role="region" aria-label="All keys">
        <table>
          <thead>
            <tr>
              <th scope="col">Keys</th>
              <th scope="col">What they do</th>
            </tr>
          </thead>
          <tbody>
            {[...rows, ...placeKeys].map(([keys, title]) => (
              <tr key={`${keys} ${title}`}>
                <td>
                  <kbd>{keys}</kbd>
                </td>
                <td>{title}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <button type="button" onClick={close}>
        Close
      </button>
    </div>
  )
}
