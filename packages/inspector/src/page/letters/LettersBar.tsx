/** Which refused records are shown. */
import type { FoundLetter } from "@countersign/monitor/protocol/Letters"
import { useEffect, useState } from "react"
import type { Parameters } from "../shell/Contribution.ts"
import { IconButton } from "../shell/IconButton.tsx"
import { visible } from "../text/HostileText.ts"
import { groupsOf } from "./LetterGroups.ts"

/** Units: milliseconds. */
const spans = [
  ["", "whenever"],
  ["900000", "in the last 15 minutes"],
  ["3600000", "in the last hour"],
  ["86400000", "in the last day"],
  ["604800000", "in the last week"],
] as const

export interface LettersBarProps {
  readonly parameters: Parameters
  readonly letters: ReadonlyArray<FoundLetter>
  readonly set: (changes: Parameters) => void
  readonly reload: () => void
  readonly copy: () => void
}

export const LettersBar = ({ copy, letters, parameters, reload, set }: LettersBarProps) => {
  const { filter = "", sink = "", cause = "", text = "", within = "" } = parameters
  const [typed, setTyped] = useState(filter)
  useEffect(() => setTyped(filter), [filter])
  const sinks = [...new Set([...letters.map((each) => each.sink), sink])].filter(Boolean).toSorted()
  const causes = [...new Set([...groupsOf(letters).map((group) => group.cause), cause])].filter(
    Boolean,
  )
  return (
    <div className="tool-bar">
      <form
        className="letters-filter"
        onSubmit={(event) => {
          event.preventDefault()
          set({ filter: typed })
        }}
      >
        <input
          aria-label="Filter of the refused records, applied by Enter"
          placeholder="Filter of the record, such as type~patient.*"
          spellCheck={false}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={() => {
            if (typed !== filter) set({ filter: typed })
          }}
        />
      </form>
      <input
        aria-label="Words in the cause, the type or the place"
        placeholder="Words in the cause"
        spellCheck={false}
        value={text}
        onChange={(event) => set({ text: event.target.value })}
      />
      <select
        aria-label="Sink"
        value={sink}
        onChange={(event) => set({ sink: event.target.value })}
      >
        <option value="">All sinks</option>
        {sinks.map((name) => (
          <option key={name} value={name}>
            {visible(name, 64)}
          </option>
        ))}
      </select>
      <select
        aria-label="Cause"
        className="letters-cause"
        value={cause}
        onChange={(event) => set({ cause: event.target.value })}
      >
        <option value="">All causes</option>
        {causes.map((name) => (
          <option key={name} value={name}>
            {visible(name, 80)}
          </option>
        ))}
      </select>
      <select
        aria-label="Refused when"
        value={within}
        onChange={(event) => set({ within: event.target.value })}
      >
        {spans.map(([value, words]) => (
          <option key={value} value={value}>
            Refused {words}
          </option>
        ))}
      </select>
      <IconButton icon="refresh" label="Look again" onClick={reload} />
      <IconButton icon="terminal" label="Copy as command" onClick={copy} />
    </div>
  )
}
