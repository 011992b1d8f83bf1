/**
 * Keys as people write them, such as `Ctrl+Shift+P`, and as a browser reports them. One after
 * another are written `Ctrl+K>Ctrl+W`; ways to the same end have a space between.
 */

export interface KeyPress {
  readonly key: string
  /** The place on the keyboard, such as `KeyP`. */
  readonly code?: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** On a Mac, `Ctrl` is written for the command key, as editors do. */
const isCommand = ({ ctrlKey, metaKey }: KeyPress): boolean => ctrlKey || metaKey

const placed = /^(?:Key([A-Z])|Digit(\d))$/

/** With Alt, keyboards write other letters: then the place counts. */
const nameOf = ({ altKey, code = "", key }: KeyPress): string => {
  const [, letter, digit] = altKey ? (placed.exec(code) ?? []) : []
  const name = letter ?? digit ?? key
  return name === " " ? "Space" : name.length === 1 ? name.toUpperCase() : name
}

/** One press in words; letters in capitals, so that Shift changes nothing but its own word. */
export const pressed = (event: KeyPress): string =>
  [
    ...(isCommand(event) ? ["Ctrl"] : []),
    ...(event.altKey ? ["Alt"] : []),
    ...(event.shiftKey ? ["Shift"] : []),
    nameOf(event),
  ].join("+")

const modifiers = new Set(["Control", "Meta", "Shift", "Alt", "AltGraph"])

/** Nothing but Ctrl, Shift or Alt, which are held while another key follows. */
export const isModifier = ({ key }: Pick<KeyPress, "key">): boolean => modifiers.has(key)

const arrows: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
}

/** Each way to the same end, as people read it: `Ctrl+K Ctrl+W`. */
export const waysInWords = (keys: string): ReadonlyArray<string> =>
  keys
    .split(" ")
    .filter((way) => way !== "")
    .map((way) => way.replaceAll(">", " ").replaceAll(/Arrow\w+/g, (name) => arrows[name] ?? name))

/** `Ctrl+K Ctrl+W or Alt+W`: as people read them. */
export const inWords = (keys: string): string => waysInWords(keys).join(" or ")

/** An editor keeps these for itself, and hands them to its webviews as well. */
export const isEditorsOwn = (keys: string): boolean => /^(?:Ctrl|(?:Shift\+)?F\d)/.test(keys)

/** Whether a key without Ctrl or Alt is text where it is pressed. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("input, textarea, select") ||
    target.shadowRoot !== null)

export type Meaning<A> =
  | { readonly _tag: "Nothing" }
  /** Keys that something follows. */
  | { readonly _tag: "Begun"; readonly keys: string }
  | { readonly _tag: "Meant"; readonly one: A }

export interface KeyMap<A> {
  /**
   * What a press means after those before it.
   *
   * @param before what has begun; `undefined`: nothing
   */
  readonly meaning: (before: string | undefined, press: string) => Meaning<A>
}

export const keyMapOf = <A>(bindings: Iterable<readonly [keys: string, one: A]>): KeyMap<A> => {
  const known = new Map<string, A>()
  const begun = new Set<string>()
  for (const [keys, one] of bindings) {
    known.set(keys, one)
    const [first, second] = keys.split(">")
    if (first !== undefined && second !== undefined) begun.add(first)
  }
  return {
    meaning: (before, press) => {
      const keys = before === undefined ? press : `${before}>${press}`
      const one = known.get(keys)
      if (one !== undefined) return { _tag: "Meant", one }
      return before === undefined && begun.has(press)
        ? { _tag: "Begun", keys: press }
        : { _tag: "Nothing" }
    },
  }
}
