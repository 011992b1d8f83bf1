/** Which target a command is about, and which event. */
import { visible } from "@countersign/inspector/page/text/HostileText"
import type { EventName } from "@countersign/monitor/protocol/TrailEvent"
import { type Target, targetOf } from "../monitor/Target.ts"
import type { Session } from "../Session.ts"

/** A row of a tree, or what a row hands to its command. */
const keyIn = (argument: unknown): unknown =>
  typeof argument === "object" && argument !== null && "id" in argument ? argument.id : argument

/** What the command was called on, or what the tab in front shows, or what is looked at, or picked. */
export const chosenTarget = async (
  session: Session,
  argument?: unknown,
): Promise<Target | undefined> => {
  const given = targetOf(keyIn(argument))
  const current = given ?? session.panels.shown()?.target ?? session.target()
  if (current !== undefined) return current
  return pickedTrail(session, "Which trail?")
}

export const pickedTrail = async (
  { editor, trails }: Session,
  title: string,
): Promise<Target | undefined> => {
  await trails.refresh()
  const items = trails.list().map(({ directory, isAnnounced, name, origin }) => ({
    label: visible(name, 200),
    description: isAnnounced ? "engine announced" : "",
    detail: visible(origin, 300),
    directory,
  }))
  if (items.length === 0) {
    void editor.window.showInformationMessage("No trail is in the folders that are open")
    return undefined
  }
  const picked = await editor.window.showQuickPick(items, { title, matchOnDetail: true })
  return picked === undefined ? undefined : { _tag: "Trail", directory: picked.directory }
}

const idMax = 256

/** Digits are a place in the trail; all else is an id. */
const eventNameOf = (typed: string): typeof EventName.Type | undefined => {
  const text = typed.trim().replace(/^#/, "")
  if (text === "" || text.length > idMax) return undefined
  const sequence = Number(text)
  return /^\d+$/.test(text) && Number.isSafeInteger(sequence) ? { sequence } : { id: text }
}

/** Its place in the trail; `undefined`: the user has thought better of it. */
export const chosenEvent = async (
  { editor, monitors }: Session,
  target: Target,
  given?: unknown,
): Promise<number | undefined> => {
  if (typeof given === "number") return given
  const typed = await editor.window.showInputBox({
    title: "Which event?",
    prompt: "Its place in the trail, such as 12, or its id",
    validateInput: (text) =>
      eventNameOf(text) === undefined ? "A number or an id is needed" : undefined,
  })
  const name = typed === undefined ? undefined : eventNameOf(typed)
  if (name === undefined || "sequence" in name) return name?.sequence
  const { sequence } = await monitors.ask(target, (client) => client.Event(name))
  return sequence
}
