/** Runs the command whose keys are pressed. */
import { activities, commands } from "./Contributions.ts"
import type { Command, Scene } from "./Contribution.ts"
import { isEditorsOwn, isModifier, isTyping, keyMapOf, pressed } from "./Keys.ts"

/** Units: milliseconds. Keys that have begun and are not gone on with mean nothing any more. */
const begunMillis = 5000

export const activityCommands: ReadonlyArray<Command> = activities.map((activity) => ({
  id: `activity.${activity.id}`,
  title: `View: Show ${activity.title}`,
  ...(activity.keys === undefined ? {} : { keys: activity.keys }),
  run: ({ workbench }) => {
    workbench.activity.set(activity.id)
    // Once it is there.
    requestAnimationFrame(() => {
      document.querySelector<HTMLElement>("#side-bar [tabindex='0'], #side-bar button")?.focus()
    })
  },
}))

export const allCommands = (): ReadonlyArray<Command> => [...commands, ...activityCommands]

/** The command's keys that reach the page where it runs; `undefined`: none do. */
export const keysHere = ({ keys = "" }: Command, { host }: Scene): string | undefined => {
  const there = keys
    .split(" ")
    .filter((one) => one !== "" && (host.kind === "browser" || !isEditorsOwn(one)))
  return there.length === 0 ? undefined : there.join(" ")
}

/** Runs it as its keys or the palette do, and remembers that it was of use. */
export const runCommand = (command: Command, scene: Scene): void => {
  if (!command.id.startsWith("palette.")) scene.workbench.useCommand(command.id)
  command.run(scene)
}

export const listenToKeys = (scene: Scene): (() => void) => {
  const map = keyMapOf(
    allCommands().flatMap((command) =>
      (keysHere(command, scene)?.split(" ") ?? []).map((keys) => [keys, command] as const),
    ),
  )
  let before: { readonly keys: string; readonly atMillis: number } | undefined
  const listen = (event: KeyboardEvent) => {
    if (event.defaultPrevented || isModifier(event)) return
    // Behind a dialog that asks something nothing can be used, wherever in it the focus is.
    if (document.querySelector("dialog[open]") !== null) return
    const isOpen = before !== undefined && performance.now() - before.atMillis < begunMillis
    const meaning = map.meaning(isOpen ? before?.keys : undefined, pressed(event))
    const isChord = event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key)
    if (!isChord && !isOpen && isTyping(event.composedPath()[0] ?? null)) return
    before = undefined
    if (meaning._tag === "Nothing") return
    event.preventDefault()
    if (meaning._tag === "Meant") return runCommand(meaning.one, scene)
    before = { keys: meaning.keys, atMillis: performance.now() }
    scene.workbench.announce(`${meaning.keys} was pressed, another key follows`)
  }
  addEventListener("keydown", listen)
  return () => removeEventListener("keydown", listen)
}
