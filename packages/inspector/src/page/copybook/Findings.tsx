/** Below the panes: what is wrong with the text, with this record, with the file; and how it is framed. */
import { sampleBytes, sniff } from "@countersign/copybook/framing/Sniffer"
import type { Sniffed } from "@countersign/copybook/framing/Sniffer"
import type { Diagnostic } from "@countersign/copybook/source/Diagnostic"
import { useEffect, useId, useState } from "react"
import { hexText } from "../hex/HexRows.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import type { ByteSource } from "./ByteSource.ts"
import type { Codec } from "./Codec.ts"
import { type FoundFault, type ScanState, foundMax, scanFaults } from "./FaultScan.ts"
import { recordFaults } from "./RecordFaults.ts"
import { makeScanning } from "./Scanning.ts"
import type { ShownRecord } from "./Hooks.ts"
import { ExportPanel } from "./ExportPanel.tsx"
import type { Host } from "../host/Host.ts"
import type { RecordIndex } from "./RecordIndex.ts"
import { framingText } from "./Reading.ts"

export interface FindingsProps {
  readonly host: Host
  readonly index: RecordIndex | undefined
  readonly records: number
  readonly codec: Codec | undefined
  readonly source: ByteSource | undefined
  readonly shown: ShownRecord | undefined
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly lengths: { readonly lengthMin?: number; readonly lengthMax?: number }
  readonly announce: (text: string) => void
  readonly onDiagnostic: (diagnostic: Diagnostic) => void
  /** A place of a record that has a fault. */
  readonly onFault: (record: number, path: string | undefined) => void
  readonly onFraming: (text: string, codePage: string | undefined) => void
}

const counted = new Intl.NumberFormat("en")

const FaultRow = ({
  fault,
  onFault,
}: {
  readonly fault: FoundFault
  readonly onFault: FindingsProps["onFault"]
}) => (
  <li>
    <button type="button" className="finding" onClick={() => onFault(fault.record, fault.path)}>
      <Icon name="error" />
      <span className="bad">{fault.code}</span>
      <span>
        record {counted.format(fault.record)}, byte {counted.format(fault.fileOffset)}
      </span>
      <b>{fault.path === undefined ? "" : visible(fault.path, 80)}</b>
      <span className="mono">{hexText(fault.bytes, 8)}</span>
      <span className="quiet finding-message">{visible(fault.message, 300)}</span>
    </button>
  </li>
)

const FaultList = ({
  faults,
  label,
  onFault,
}: {
  readonly faults: ReadonlyArray<FoundFault>
  readonly label: string
  readonly onFault: FindingsProps["onFault"]
}) => (
  <ul className="findings" aria-label={label}>
    {faults.map((fault, at) => (
      <FaultRow key={at} fault={fault} onFault={onFault} />
    ))}
  </ul>
)

const Text = ({ diagnostics, onDiagnostic }: FindingsProps) =>
  diagnostics.length === 0 ? (
    <p className="quiet">
      <Icon name="check" /> The copybook's text has no findings.
    </p>
  ) : (
    <ul className="findings" aria-label="Findings in the copybook">
      {diagnostics.slice(0, 200).map((one, at) => (
        <li key={at}>
          <button type="button" className="finding" onClick={() => onDiagnostic(one)}>
            <Icon name={one.severity} />
            <span className={one.severity === "error" ? "bad" : "warn"}>{one.code}</span>
            <span>
              {one.span.line}:{one.span.column}
            </span>
            <span>{visible(one.message, 300)}</span>
            <span className="quiet finding-message">{visible(one.hint, 300)}</span>
          </button>
        </li>
      ))}
    </ul>
  )

const OfRecord = ({ onFault, shown }: FindingsProps) => {
  if (shown === undefined) return <p className="quiet">No record is shown.</p>
  const { faults, isDecoded } = recordFaults(shown.tree, shown.record)
  if (!isDecoded) {
    return (
      <p className="quiet">
        Record {shown.record.number} is of a kind that the settings leave out: nothing of it was
        checked.
      </p>
    )
  }
  return faults.length === 0 ? (
    <p className="quiet">
      <Icon name="check" /> Every field of record {shown.record.number} could be read.
    </p>
  ) : (
    <FaultList faults={faults} label="Faults of this record" onFault={onFault} />
  )
}

const OfFile = ({ announce, codec, onFault, source }: FindingsProps) => {
  const [state, setState] = useState<ScanState | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [isRunning, setIsRunning] = useState(false)
  const [scanning] = useState(makeScanning)
  useEffect(() => {
    setState(undefined)
    setProblem(undefined)
    setIsRunning(false)
    return scanning.drop
  }, [codec, source, scanning])
  if (codec === undefined || source === undefined)
    return <p className="quiet">No file with records is open.</p>
  const start = async () => {
    setProblem(undefined)
    setIsRunning(true)
    setState({ bytes: 0, records: 0, faulty: 0, found: [], isDone: false })
    const done = await scanning.start(
      (signal, onState) => scanFaults(codec, source, { signal, onState }),
      setState,
    )
    if (done === undefined) return
    setIsRunning(false)
    announce(`${counted.format(done.faulty)} faulty records of ${counted.format(done.records)}`)
  }
  return (
    <>
      <div className="scan-bar">
        <button
          type="button"
          onClick={() => {
            if (isRunning) return scanning.stop()
            void start().catch((error: unknown) => {
              setIsRunning(false)
              setProblem(error instanceof Error ? error.message : String(error))
            })
          }}
        >
          {isRunning ? "Stop" : "Look through the file"}
        </button>
        {state === undefined ? (
          <span className="quiet">Decodes every record of {visible(source.name, 60)}.</span>
        ) : (
          <>
            <progress
              max={Math.max(1, source.size)}
              value={state.bytes}
              aria-label="How far the file is looked through"
            />
            <span>
              {counted.format(state.records)} records, {counted.format(state.faulty)} faulty
              {state.found.length >= foundMax ? `, the first ${foundMax} faults are listed` : ""}
            </span>
          </>
        )}
        {problem === undefined ? null : <span className="bad">{visible(problem, 200)}</span>}
      </div>
      {state === undefined ? null : (
        <FaultList faults={state.found} label="Faults of the file" onFault={onFault} />
      )}
    </>
  )
}

const Framings = ({ lengths, onFraming, source }: FindingsProps) => {
  const [sniffed, setSniffed] = useState<Sniffed | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const { lengthMax, lengthMin } = lengths
  useEffect(() => {
    setSniffed(undefined)
    setProblem(undefined)
    if (source === undefined) return undefined
    let isWanted = true
    const look = async () => {
      const start = await source.read(0, sampleBytes)
      if (!isWanted) return
      setSniffed(
        sniff(start, {
          fileBytes: source.size,
          ...(lengthMin === undefined ? {} : { lengthMin }),
          ...(lengthMax === undefined ? {} : { lengthMax }),
        }),
      )
    }
    void look().catch((error: unknown) => {
      if (isWanted) setProblem(error instanceof Error ? error.message : String(error))
    })
    return () => {
      isWanted = false
    }
  }, [source, lengthMin, lengthMax])
  if (source === undefined) return <p className="quiet">No file with records is open.</p>
  if (problem !== undefined) return <p className="bad">{visible(problem, 200)}</p>
  if (sniffed === undefined) return <p className="quiet">Looking at the first bytes…</p>
  const { candidates, text } = sniffed
  const pages = { ascii: "ascii", ebcdic: "cp037", unknown: undefined }
  return (
    <>
      <p className="quiet">
        Characters: {text.charset === "unknown" ? "unknown" : text.charset.toUpperCase()},{" "}
        {text.reason}.
      </p>
      {candidates.length === 0 ? (
        <p className="quiet">Nothing speaks for any framing.</p>
      ) : (
        <ul className="findings" aria-label="Framings that the file may have">
          {candidates.slice(0, 8).map(({ framing, name, reasons, score }) => (
            <li key={name}>
              <button
                type="button"
                className="finding"
                onClick={() => onFraming(framingText(framing), pages[text.charset])}
              >
                <meter
                  min={0}
                  max={1}
                  value={score}
                  aria-label={`Likelihood ${Math.round(score * 100)} %`}
                />
                <span className="number">{Math.round(score * 100)} %</span>
                <b>{name}</b>
                <span className="quiet finding-message">{reasons.join("; ")}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

const tabs = [
  { id: "text", title: "Copybook", Content: Text },
  { id: "record", title: "This record", Content: OfRecord },
  { id: "file", title: "Whole file", Content: OfFile },
  { id: "framing", title: "Framing", Content: Framings },
  { id: "export", title: "Export", Content: ExportPanel },
] as const

type TabId = (typeof tabs)[number]["id"]

const countOf = (id: TabId, { diagnostics, shown }: FindingsProps): string => {
  const ofRecord = shown === undefined ? [] : recordFaults(shown.tree, shown.record).faults
  const count = id === "text" ? diagnostics.length : id === "record" ? ofRecord.length : 0
  return count === 0 ? "" : ` (${count})`
}

export const Findings = (props: FindingsProps) => {
  const name = useId()
  const [chosen, setChosen] = useState<TabId>("record")
  const shown = tabs.find(({ id }) => id === chosen) ?? tabs[0]
  const go = (step: number) => {
    const at = tabs.findIndex(({ id }) => id === chosen)
    const next = tabs.at((at + step) % tabs.length)
    if (next === undefined) return
    setChosen(next.id)
    document.getElementById(`${name}-${next.id}`)?.focus()
  }
  const { Content } = shown
  return (
    <section className="copybook-findings" aria-label="Findings">
      <div
        role="tablist"
        aria-label="Findings"
        className="small-tabs"
        onKeyDown={({ key }) => {
          if (key === "ArrowRight") go(1)
          if (key === "ArrowLeft") go(-1)
        }}
      >
        {tabs.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`${name}-${id}`}
            aria-selected={id === chosen}
            aria-controls={name}
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => setChosen(id)}
          >
            {title}
            {countOf(id, props)}
          </button>
        ))}
      </div>
      <div
        id={name}
        role="tabpanel"
        aria-labelledby={`${name}-${chosen}`}
        tabIndex={0}
        className="small-panel"
      >
        <Content {...props} />
      </div>
    </section>
  )
}
