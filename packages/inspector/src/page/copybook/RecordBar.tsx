/** Which record is shown, and the way to others. */
import { useRef, useState } from "react"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { offsetOf } from "../hex/HexRows.ts"
import { visible } from "../text/HostileText.ts"
import type { Codec } from "./Codec.ts"
import type { ByteSource } from "./ByteSource.ts"
import { scanFaults } from "./FaultScan.ts"
import type { ShownRecord } from "./Hooks.ts"
import type { IndexState, RecordIndex } from "./RecordIndex.ts"

export interface RecordBarProps {
  readonly scene: Scene
  readonly codec: Codec
  readonly source: ByteSource
  readonly index: RecordIndex
  readonly state: IndexState
  readonly number: number
  readonly shown: ShownRecord | undefined
  readonly go: (record: number) => void
  readonly onFault: (record: number, path: string | undefined) => void
}

const counted = new Intl.NumberFormat("en")

const Progress = ({ index, source, state }: Pick<RecordBarProps, "index" | "source" | "state">) => {
  if (state.state === "failed")
    return (
      <span className="bad">
        <Icon name="error" /> {visible(state.problem ?? "", 200)}
      </span>
    )
  if (state.state === "complete")
    return state.problem === undefined ? null : <span className="warn">{state.problem}</span>
  const percent = source.size === 0 ? 100 : Math.floor((state.bytes / source.size) * 100)
  return (
    <span className="quiet">
      {percent} % of the file is looked at
      {state.state === "paused" ? (
        <>
          {" "}
          <button type="button" onClick={index.goOn}>
            Go on
          </button>
        </>
      ) : (
        "…"
      )}
    </span>
  )
}

export const RecordBar = (props: RecordBarProps) => {
  const { codec, go, index, number, onFault, scene, shown, source, state } = props
  const last = Math.max(0, state.records - 1)
  const searching = useRef<AbortController | undefined>(undefined)
  const [isSearching, setIsSearching] = useState(false)
  const nextFaulty = async () => {
    searching.current?.abort()
    const mine = new AbortController()
    searching.current = mine
    setIsSearching(true)
    const { signal } = mine
    const { found } = await scanFaults(codec, source, {
      from: number + 1,
      isFirstOnly: true,
      signal,
    })
    if (searching.current === mine) setIsSearching(false)
    if (signal.aborted) return
    const [first] = found
    if (first === undefined) scene.workbench.notify("No record behind this one has a fault")
    else if (first.record > last) scene.workbench.notify(first.message, "warning")
    else onFault(first.record, first.path)
  }
  const toOffset = (text: string) => {
    const offset = offsetOf(text)
    const record = offset === undefined ? undefined : index.recordAt(offset)
    if (record !== undefined) go(record)
  }
  return (
    <div className="tool-bar record-bar" role="group" aria-label="Record">
      <IconButton
        icon="debug-reverse-continue"
        label="First record"
        isOff={number === 0}
        onClick={() => go(0)}
      />
      <IconButton
        icon="arrow-left"
        label="Record before"
        isOff={number <= 0}
        onClick={() => go(number - 1)}
      />
      <label>
        Record{" "}
        <input
          key={number}
          className="number"
          defaultValue={number}
          size={8}
          inputMode="numeric"
          onKeyDown={({ currentTarget, key }) => {
            const wanted = offsetOf(currentTarget.value)
            if (key === "Enter" && wanted !== undefined) go(Math.min(last, wanted))
          }}
        />
      </label>
      <span className="quiet">of {counted.format(state.records)}, from 0</span>
      <IconButton
        icon="arrow-right"
        label="Next record"
        isOff={number >= last}
        onClick={() => go(number + 1)}
      />
      <IconButton
        icon="debug-continue"
        label="Last record"
        isOff={number >= last}
        onClick={() => go(last)}
      />
      <button
        type="button"
        disabled={isSearching}
        onClick={() => void nextFaulty().catch(() => setIsSearching(false))}
      >
        <Icon name="error" /> {isSearching ? "Looking…" : "Next faulty"}
      </button>
      <label>
        At byte{" "}
        <input
          size={9}
          placeholder="of the file"
          onKeyDown={({ currentTarget, key }) => {
            if (key === "Enter") toOffset(currentTarget.value)
          }}
        />
      </label>
      {shown === undefined ? null : (
        <span>
          {counted.format(shown.record.bytes.length)} bytes at{" "}
          {counted.format(shown.record.fileOffset)}
          {shown.tree.segment === undefined ? null : (
            <>
              , kind <b>{visible(shown.tree.segment, 40)}</b>
            </>
          )}
          {shown.tree.faults.length === 0 ? (
            <span className="good">
              {" "}
              <Icon name="check" /> no faults
            </span>
          ) : (
            <span className="bad">
              {" "}
              <Icon name="error" /> {shown.tree.faults.length}{" "}
              {shown.tree.faults.length === 1 ? "fault" : "faults"}
            </span>
          )}
        </span>
      )}
      <Progress index={index} source={source} state={state} />
    </div>
  )
}
