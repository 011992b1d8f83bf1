/** Commands behind `>`, places without it: a combobox with its list (ARIA APG). */
import { useEffect, useRef, useState } from "react"
import { visible } from "../text/HostileText.ts"
import type { Place, Scene } from "./Contribution.ts"
import { placeFinders, views } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"
import { allCommands, keysHere, runCommand } from "./KeyBindings.ts"
import { inWords } from "./Keys.ts"
import { best } from "./Match.ts"
import { placesOf, recentPlaces } from "./Places.ts"
import { recentFirst } from "./Recent.ts"

const rowsMax = 50
const textMax = 200

interface Row {
  readonly label: string
  readonly detail: string
  readonly icon: string
  readonly run: () => void
}

const rowOf = (scene: Scene, place: Place): Row => ({
  ...place,
  run: () => {
    place.open(scene)
    scene.workbench.focusActive()
  },
})

const commandRows = (scene: Scene, typed: string): ReadonlyArray<Row> => {
  const recent = scene.workbench.recentCommands.get()
  const ordered = recentFirst(allCommands(), recent, ({ id }) => id)
  return best(typed, ordered, ({ title }) => title, rowsMax).map((command) => ({
    label: command.title,
    detail: inWords(keysHere(command, scene) ?? ""),
    icon: recent.includes(command.id) ? "history" : "terminal",
    run: () => runCommand(command, scene),
  }))
}

/** Views that need no parameter. */
const viewPlaces: ReadonlyArray<Place> = [...views.values()]
  .filter(({ identity }) => identity.length === 0)
  .map((view) => ({
    label: view.title({}),
    detail: "view",
    icon: view.icon,
    open: ({ workbench }) => workbench.open(view.kind),
  }))

const labelOf = ({ detail, label }: Place) => `${label} ${detail}`

/** Each name once, where it is first: what was shown last is a view as well. */
const distinct = (places: ReadonlyArray<Place>): ReadonlyArray<Place> => {
  const names = new Set<string>()
  return places.filter(({ label }) => names.size < names.add(label).size)
}

const placeRows = async (scene: Scene, typed: string): Promise<ReadonlyArray<Row>> => {
  const found = await Promise.allSettled(placeFinders.map(async (find) => find(typed, scene)))
  const given = found.flatMap((one) => (one.status === "fulfilled" ? one.value : []))
  const recent = recentPlaces(scene.workbench.recentLinks.get(), views)
  const all =
    typed === ""
      ? // It is for going back, and what is shown now is no way.
        [...recent.slice(1), ...viewPlaces, ...given]
      : [
          ...placesOf(typed, views),
          ...given,
          ...best(typed, viewPlaces, ({ label }) => label, rowsMax),
          ...best(typed, recent, labelOf, rowsMax),
        ]
  return distinct(all)
    .slice(0, rowsMax)
    .map((place) => rowOf(scene, place))
}

const PaletteRows = ({
  chosen,
  rows,
  run,
}: {
  readonly rows: ReadonlyArray<Row>
  readonly chosen: number
  readonly run: (row: Row) => void
}) => {
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: "nearest" })
  }, [chosen])
  return (
    <ul id="palette-rows" ref={list} role="listbox" aria-label="Found">
      {rows.map((row, index) => (
        <li
          key={`${row.label} ${row.detail}`}
          id={`palette-row-${index}`}
          role="option"
          aria-selected={index === chosen}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => run(row)}
        >
          <Icon name={row.icon} />
          <span className="palette-label">{visible(row.label, textMax)}</span>
          <span className="palette-detail">{visible(row.detail, textMax)}</span>
        </li>
      ))}
    </ul>
  )
}

interface Found {
  /** What it was found for. */
  readonly text: string | undefined
  readonly rows: ReadonlyArray<Row>
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
  const [found, setFound] = useState<Found>({ text: undefined, rows: [] })
  const [chosen, setChosen] = useState(0)
  const isAwaited = useRef(false)
  const { rows } = found
  const run = (row: Row | undefined) => {
    if (row === undefined) return
    close()
    // The focus is where it was before by then: what it does may move it on.
    queueMicrotask(row.run)
  }
  useEffect(() => {
    let isOver = false
    const take = (next: ReadonlyArray<Row>) => {
      if (isOver) return
      setFound({ text, rows: next })
      setChosen(0)
      if (isAwaited.current) run(next[0])
    }
    isAwaited.current = false
    if (text.startsWith(">")) take(commandRows(scene, text.slice(1)))
    else void placeRows(scene, text).then(take)
    return () => {
      isOver = true
    }
  }, [scene, text])
  const last = Math.max(0, rows.length - 1)
  const enter = () => {
    // Who types fast means what was typed, not what is still on the screen.
    if (found.text === text) run(rows[chosen])
    else isAwaited.current = true
  }
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => setChosen(chosen >= last ? 0 : chosen + 1),
    ArrowUp: () => setChosen(chosen <= 0 ? last : chosen - 1),
    PageDown: () => setChosen(Math.min(last, chosen + 10)),
    PageUp: () => setChosen(Math.max(0, chosen - 10)),
    Enter: enter,
    Tab: () => undefined,
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
        placeholder="A view, #sequence, an event's id or @actor; > for commands"
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          const act = event.nativeEvent.isComposing ? undefined : keys[event.key]
          if (act === undefined) return
          event.preventDefault()
          act()
        }}
      />
      <PaletteRows rows={rows} chosen={chosen} run={run} />
      {rows.length === 0 ? <p className="palette-none">Nothing is called that.</p> : null}
    </div>
  )
}
