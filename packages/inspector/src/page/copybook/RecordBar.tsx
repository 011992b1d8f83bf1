/** Which record is shown, and the way to others. */
import { useEffect, useState } from "react"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { offsetOf } from "../hex/HexRows.ts"
import { visible } from "../text/HostileText.ts"
import type { Codec } from "./Codec.ts"
import type { ByteSource } from "./ByteSource.ts"
import { scanFaults } from "./FaultScan.ts"
import { recordFaults } from "./RecordFaults.ts"
import { makeScanning } from "./Scanning.ts"
import { WrittenInput } from "./Written.tsx"
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
  const { faults } = state
  // Their bytes are in no record, so no record would say it.
  const framing =
    faults.length === 0
      ? []
      : [`${counted.format(faults.length)} ${faults.length === 1 ? "fault" : "faults"} of framing`]
  if (state.state === "complete") {
    const said = [...framing, ...(state.problem === undefined ? [] : [state.problem])]
    return said.length === 0 ? null : <span className="warn">{said.join("; ")}</span>
  }
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

const Verdict = ({ shown: { record, tree } }: { readonly shown: ShownRecord }) => {
  const { faults, isDecoded } = recordFaults(tree, record)
  if (!isDecoded) return <span className="quiet"> left out by the settings</span>
  return faults.length === 0 ? (
    <span className="good">
      {" "}
      <Icon name="check" /> no faults
    </span>
  ) : (
    <span className="bad">
      {" "}
      <Icon name="error" /> {faults.length} {faults.length === 1 ? "fault" : "faults"}
    </span>
  )
}

export const RecordBar = (props: RecordBarProps) => {
  const { codec, go, index, number, onFault, scene, shown, source, state } = props
  const last = Math.max(0, state.records - 1)
  const [searching] = useState(makeScanning)
  const [isSearching, setIsSearching] = useState(false)
  useEffect(() => {
    setIsSearching(false)
    return searching.drop
  }, [codec, source, searching])
  const nextFaulty = async () => {
    setIsSearching(true)
    const done = await searching.start(
      (signal) => scanFaults(codec, source, { from: number + 1, isFirstOnly: true, signal }),
      () => setIsSearching(false),
    )
    if (done === undefined) return
    const [first] = done.found
    if (first === undefined && !done.isDone) return
    if (first === undefined) scene.workbench.notify("No record behind this one has a fault")
    else if (first.record > last) scene.workbench.notify(first.message, "warning")
    else onFault(first.record, first.path)
  }
  const find = () => {
    if (isSearching) return searching.stop()
    void nextFaulty().catch((error: unknown) => {
      setIsSearching(false)
      const words = error instanceof Error ? error.message : String(error)
      scene.workbench.notify(`The next faulty record was not found: ${words}`, "error")
    })
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
        <WrittenInput
          className="number"
          value={String(number)}
          size={8}
          inputMode="numeric"
          onEnter={(typed) => {
            const wanted = offsetOf(typed)
            if (wanted !== undefined) go(Math.min(last, wanted))
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
      <button type="button" onClick={find}>
        <Icon name="error" /> {isSearching ? "Stop looking" : "Next faulty"}
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
      {shown?.record.number !== number ? null : (
        <span>
          {counted.format(shown.record.bytes.length)} bytes at{" "}
          {counted.format(shown.record.fileOffset)}
          {shown.tree.segment === undefined ? null : (
            <>
              , kind <b>{visible(shown.tree.segment, 40)}</b>
            </>
          )}
          <Verdict shown={shown} />
        </span>
      )}
      <Progress index={index} source={source} state={state} />
    </div>
  )
}
