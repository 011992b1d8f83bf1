/** Where a filter is typed: a combobox (ARIA APG) that says what could come next, and what is wrong. */
import { type RefObject, memo, useId, useLayoutEffect, useMemo, useRef, useState } from "react"
import { useStore } from "../connection/Store.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { visible } from "../text/HostileText.ts"
import { type Seen, type Suggestion, suggestionsAt } from "./Completion.ts"
import { mistakeOf } from "./FilterEdit.ts"
import { recentFilters } from "./SavedFilters.ts"

export interface FilterInputProps {
  /** The filter that is in force. */
  readonly applied: string
  readonly apply: (filter: string) => void
  readonly seen: Seen
  readonly input: RefObject<HTMLInputElement | null>
}

const recentShown = 6

const recentSuggestions = (recent: ReadonlyArray<string>): ReadonlyArray<Suggestion> =>
  recent
    .slice(0, recentShown)
    .map((text) => ({ label: text, detail: "used before", text, from: 0, to: 0 }))

const Mistake = ({ id, text }: { readonly id: string; readonly text: string }) => {
  const mistake = mistakeOf(text)
  if (mistake === undefined) return <p id={id} className="unseen" />
  const isUnfinished = mistake.position >= text.trimEnd().length
  return (
    <p id={id} className={isUnfinished ? "filter-mistake quiet" : "filter-mistake bad"}>
      <span aria-hidden="true" className="filter-caret">
        {mistake.position <= 120 ? `${" ".repeat(mistake.position)}^ ` : ""}
      </span>
      Column {mistake.position + 1}: {visible(mistake.message, 200)}
    </p>
  )
}

export const FilterInput = memo(({ applied, apply, input, seen }: FilterInputProps) => {
  const id = useId()
  const recent = useStore(recentFilters)
  const [text, setText] = useState(applied)
  const [before, setBefore] = useState(applied)
  const [caret, setCaret] = useState(applied.length)
  const [isOpen, setIsOpen] = useState(false)
  const [chosen, setChosen] = useState(-1)
  // Changed from elsewhere: a click on a value, a saved view.
  if (before !== applied) {
    setBefore(applied)
    setText(applied)
  }
  const wantedCaret = useRef<number | undefined>(undefined)
  useLayoutEffect(() => {
    const wanted = wantedCaret.current
    wantedCaret.current = undefined
    if (wanted !== undefined) input.current?.setSelectionRange(wanted, wanted)
  })
  const suggestions = useMemo(
    () =>
      isOpen
        ? [...(text === "" ? recentSuggestions(recent) : []), ...suggestionsAt(text, caret, seen)]
        : [],
    [caret, isOpen, recent, seen, text],
  )
  const change = (next: string, at: number) => {
    setText(next)
    setCaret(at)
    setChosen(-1)
    setIsOpen(true)
  }
  const accept = (one: Suggestion | undefined) => {
    if (one === undefined) return
    const next = `${text.slice(0, one.from)}${one.text}${text.slice(one.to)}`
    const at = one.from + one.text.length
    change(next, at)
    wantedCaret.current = at
  }
  const submit = () => {
    setIsOpen(false)
    if (mistakeOf(text) === undefined) apply(text.trim())
  }
  const onKey = (key: string): boolean => {
    const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0
    if (step !== 0) {
      if (!isOpen) setIsOpen(true)
      else if (suggestions.length > 0)
        setChosen(
          (chosen + step + suggestions.length + (chosen < 0 && step < 0 ? 1 : 0)) %
            suggestions.length,
        )
      return true
    }
    if (key === "Enter") {
      if (isOpen && chosen >= 0) accept(suggestions[chosen])
      else submit()
      return true
    }
    if (key === "Tab" && isOpen && chosen >= 0) {
      accept(suggestions[chosen])
      return true
    }
    if (key !== "Escape") return false
    if (isOpen && suggestions.length > 0) setIsOpen(false)
    else setText(applied)
    return true
  }
  const isWrong = mistakeOf(text) !== undefined
  const hasList = isOpen && suggestions.length > 0
  return (
    <div className="filter">
      <div className="filter-line">
        <label htmlFor={`${id}-input`} className="unseen">
          Filter
        </label>
        <Icon name="filter" />
        <input
          ref={input}
          id={`${id}-input`}
          className="mono filter-input"
          role="combobox"
          aria-autocomplete="list"
          aria-expanded={hasList}
          aria-controls={`${id}-list`}
          aria-activedescendant={hasList && chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-invalid={isWrong}
          aria-describedby={`${id}-mistake`}
          placeholder="outcome=denied and time>=-7d"
          spellCheck={false}
          autoComplete="off"
          autoCapitalize="off"
          maxLength={4096}
          value={text}
          onChange={(event) =>
            change(event.target.value, event.target.selectionStart ?? event.target.value.length)
          }
          onClick={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onKeyUp={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
          onBlur={() => setIsOpen(false)}
          onKeyDown={(event) => {
            if (!event.nativeEvent.isComposing && onKey(event.key)) event.preventDefault()
          }}
        />
        {text === "" && applied === "" ? null : (
          <IconButton
            icon="close"
            label="Remove the filter"
            onClick={() => {
              setText("")
              apply("")
            }}
          />
        )}
        <button type="button" className="primary" disabled={isWrong} onClick={submit}>
          Apply
        </button>
      </div>
      <Mistake id={`${id}-mistake`} text={text} />
      <ul
        id={`${id}-list`}
        role="listbox"
        aria-label="What could come next"
        className="filter-list"
        hidden={!hasList}
      >
        {suggestions.map((one, index) => (
          <li
            key={`${one.label} ${one.detail}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onPointerDown={(event) => {
              event.preventDefault()
              accept(one)
            }}
          >
            <span className="mono">{visible(one.label, 120)}</span>
            <span className="filter-detail">{one.detail}</span>
          </li>
        ))}
      </ul>
    </div>
  )
})
