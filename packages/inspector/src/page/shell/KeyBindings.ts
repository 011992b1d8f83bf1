/** Runs the command whose keys are pressed. */
import { commands, activities } from "./Contributions.ts"
import type { Command, Scene } from "./Contribution.ts"
import { isTyping, pressed } from "./Keys.ts"

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

export const listenToKeys = (scene: Scene): (() => void) => {
  const byKeys = new Map(
    allCommands().flatMap((command) =>
      (command.keys ?? "")
        .split(" ")
        .flatMap((keys) => (keys === "" ? [] : [[keys, command] as const])),
    ),
  )
  const listen = (event: KeyboardEvent) => {
    const keys = pressed(event)
    const command = byKeys.get(keys)
    if (command === undefined || event.defaultPrevented) return
    const isChord = event.ctrlKey || event.metaKey || event.altKey || /^F\d+$/.test(event.key)
    if (!isChord && isTyping(event.composedPath()[0] ?? null)) return
    event.preventDefault()
    command.run(scene)
  }
  addEventListener("keydown", listen)
  return () => removeEventListener("keydown", listen)
}
