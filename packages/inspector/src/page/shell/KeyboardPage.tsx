/** Every key and what it does, to be looked through. */
import { useState } from "react"
import type { ViewProps } from "./Contribution.ts"
import { allCommands, keysHere } from "./KeyBindings.ts"
import { waysInWords } from "./Keys.ts"

type KeyRow = readonly [ways: ReadonlyArray<string>, title: string]

/** Keys that belong to a place, and run no command. */
const placeKeys: ReadonlyArray<KeyRow> = [
  [["↑", "↓", "Home", "End", "Page Up", "Page Down"], "Trees and tables: move"],
  [["←", "→"], "Trees: close and open a branch; tabs: the one before and the next"],
  [["Enter"], "Trees and tables: open what is chosen"],
  [["Ctrl+Enter"], "Trees and tables: open it beside"],
  [["A letter"], "Trees and menus: go to what begins with it"],
  [["Delete"], "Tabs: close the one that has the focus"],
  [["Shift+F10", "Menu"], "Tabs: what can be done with the one that has the focus"],
  [["Arrows", "Home", "End"], "Edges between parts: move them; Enter puts them back"],
  [["Escape"], "Close what is open over the page; then Tab leaves an editor"],
]

const isWanted = ([ways, title]: KeyRow, typed: string): boolean =>
  `${ways.join(" ")} ${title}`.toLowerCase().includes(typed.trim().toLowerCase())

const KeyboardPage = ({ parameters, scene, setParameters }: ViewProps) => {
  const [typed, setTyped] = useState(parameters["filter"] ?? "")
  const commands = allCommands().flatMap((command): ReadonlyArray<KeyRow> => {
    const keys = keysHere(command, scene)
    return keys === undefined ? [] : [[waysInWords(keys), command.title]]
  })
  const rows = [...commands, ...placeKeys].filter((row) => isWanted(row, typed))
  return (
    <div className="page">
      <h2>Keyboard</h2>
      <p className="quiet">
        Every command is in the palette as well, with or without a key. On a Mac, Ctrl is ⌘.
      </p>
      <label className="keyboard-filter">
        Find a key or what it does{" "}
        <input
          type="search"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value)
            setParameters({ filter: event.target.value })
          }}
        />
      </label>
      <table className="keyboard">
        <thead>
          <tr>
            <th scope="col">Keys</th>
            <th scope="col">What they do</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([ways, title]) => (
            <tr key={`${ways.join(" ")} ${title}`}>
              <td>
                <span className="keyboard-ways">
                  {ways.map((way) => (
                    <kbd key={way}>{way}</kbd>
                  ))}
                </span>
              </td>
              <td>{title}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p className="quiet">No key does that.</p> : null}
    </div>
  )
}

export default KeyboardPage
