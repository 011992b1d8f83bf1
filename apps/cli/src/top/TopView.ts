/** What a person has chosen to see in `countersign top`, and which key changes it how. */

export const sorts = ["pipeline", "depth", "rate", "name"] as const

export type Sort = (typeof sorts)[number]

export interface TopView {
  readonly sort: Sort
  /** Only actors whose line has this text. */
  readonly filter: string
  /** Whether keys go into the filter. */
  readonly isTyping: boolean
  readonly isPaused: boolean
}

export const initialView: TopView = {
  sort: "pipeline",
  filter: "",
  isTyping: false,
  isPaused: false,
}

const filterLengthMax = 40
const enter = new Set(["\r", "\n"])
const erase = new Set(["\u007f", "\b"])
const escape = "\u001b"
const interrupt = new Set(["\u0003", "\u0004"])

const typed = (view: TopView, key: string): TopView => {
  if (enter.has(key)) return { ...view, isTyping: false }
  if (key === escape) return { ...view, isTyping: false, filter: "" }
  if (erase.has(key)) return { ...view, filter: view.filter.slice(0, -1) }
  const isPrintable = key >= " " && key !== "\u007f" && !key.startsWith(escape)
  return isPrintable && view.filter.length < filterLengthMax
    ? { ...view, filter: view.filter + key }
    : view
}

/** The view after a key; `undefined`: the person wants to leave. */
export const press = (view: TopView, key: string): TopView | undefined => {
  if (interrupt.has(key)) return undefined
  if (view.isTyping) return typed(view, key)
  switch (key) {
    case "q":
      return undefined
    case "p":
    case " ":
      return { ...view, isPaused: !view.isPaused }
    case "s":
      return { ...view, sort: sorts[(sorts.indexOf(view.sort) + 1) % sorts.length] ?? "pipeline" }
    case "/":
      return { ...view, isTyping: true, filter: "" }
    case escape:
      return { ...view, filter: "" }
    default:
      return view
  }
}

/** What a terminal sends in one piece, key by key: a pasted text is many keys, an arrow is one. */
export const keysOf = (text: string): ReadonlyArray<string> =>
  // oxlint-disable-next-line no-control-regex -- keys are control characters
  text.match(/\u001b\[[0-9;]*[A-Za-z~]|\u001bO.|[\s\S]/gu) ?? []
