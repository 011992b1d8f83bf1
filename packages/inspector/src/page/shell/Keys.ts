/** Keys as people write them, such as `Ctrl+Shift+P`, and as a browser reports them. */

export interface KeyPress {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

/** On a Mac, `Ctrl` is written for the command key, as editors do. */
const isCommand = ({ ctrlKey, metaKey }: KeyPress): boolean => ctrlKey || metaKey

/** One press in words; letters in capitals, so that Shift changes nothing but its own word. */
export const pressed = (event: KeyPress): string => {
  const parts = [
    ...(isCommand(event) ? ["Ctrl"] : []),
    ...(event.altKey ? ["Alt"] : []),
    ...(event.shiftKey ? ["Shift"] : []),
    event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key,
  ]
  return parts.join("+")
}

/** Whether a key without Ctrl or Alt is text where it is pressed. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable ||
    target.matches("input, textarea, select") ||
    target.shadowRoot !== null)
