/** Commands behind `>`, places without it: a combobox with its list (ARIA APG). */
import { useEffect, useRef, useState } from "react"
import type { Place, Scene } from "./Contribution.ts"
import { placeFinders, views } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"
import { allCommands } from "./KeyBindings.ts"
import { best } from "./Match.ts"

const rowsMax = 50

interface Row {
  readonly label: string
  readonly detail: string
  readonly icon: string
  readonly run: () => void
}

const rowOf = (scene: Scene, place: Place): Row => ({ ...place, run: () => place.open(scene) })

const commandRows = (scene: Scene, typed: string): ReadonlyArray<Row> =>
  best(typed, allCommands(), ({ title }) => title, rowsMax).map((command) => ({
    label: command.title,
    detail: command.keys?.split(" ").join(" or ") ?? "",
    icon: "terminal",
    run: () => command.run(scene),
  }))

/** Views that need no parameter. */
const viewPlaces: ReadonlyArray<Place> = [...views.values()]
  .filter(({ identity }) => identity.length === 0)
  .map((view) => ({
    label: view.title({}),
    detail: "view",
    icon: view.icon,
    open: ({ workbench }) => workbench.open(view.kind),
  }))

const placeRows = async (scene: Scene, typed: string): Promise<ReadonlyArray<Row>> => {
  const found = await Promise.all(placeFinders.map(async (find) => find(typed, scene)))
  const matching = best(typed, viewPlaces, ({ label }) => label, rowsMax)
  return [...found.flat(), ...matching].slice(0, rowsMax).map((place) => rowOf(scene, place))
}

export const Palette = ({
  close,
  initial,
  scene,
}: {
  readonly scene: Scene
  readonly initial: string
  readonly close: () => void
}) => {
  const [text, setText] = useState(initial)
  const [rows, setRows] = useState<ReadonlyArray<Row>>([])
  const [chosen, setChosen] = useState(0)
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    let isOver = false
    const take = (found: ReadonlyArray<Row>) => {
      if (isOver) return
      setRows(found)
      setChosen(0)
    }
    if (text.startsWith(">")) take(commandRows(scene, text.slice(1)))
    else void placeRows(scene, text).then(take)
    return () => {
      isOver = true
    }
  }, [scene, text])
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" })
  }, [chosen])
  const run = (row: Row | undefined) => {
    if (row === undefined) return
    close()
    row.run()
  }
  const onKey = (key: string): boolean => {
    if (key === "ArrowDown") setChosen((chosen + 1) % Math.max(1, rows.length))
    else if (key === "ArrowUp") setChosen((chosen + rows.length - 1) % Math.max(1, rows.length))
    else if (key === "Enter") run(rows[chosen])
    else if (key === "Tab") return true
    else return false
    return true
  }
  return (
    <div className="palette" role="dialog" aria-modal="true" aria-label="Palette">
      <input
        // The palette opens to be typed into.
        autoFocus
        role="combobox"
        aria-label="Open a view or an event, or type > for a command"
        aria-expanded={rows.length > 0}
        aria-controls="palette-rows"
        aria-activedescendant={rows[chosen] === undefined ? undefined : `palette-row-${chosen}`}
        placeholder="A view, #sequence or an event's id; > for commands"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (onKey(event.key)) event.preventDefault()
        }}
      />
      <ul id="palette-rows" ref={list} role="listbox" aria-label="Found">
        {rows.map((row, index) => (
          <li
            key={`${row.label} ${row.detail}`}
            id={`palette-row-${index}`}
            role="option"
            aria-selected={index === chosen}
            onPointerDown={(event) => {
              event.preventDefault()
              run(row)
            }}
          >
            <Icon name={row.icon} />
            <span>{row.label}</span>
            <span className="palette-detail">{row.detail}</span>
          </li>
        ))}
      </ul>
      {rows.length === 0 ? <p className="palette-none">Nothing is called that.</p> : null}
    </div>
  )
}
