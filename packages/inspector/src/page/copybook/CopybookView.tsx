/** A copybook, the layout that it describes, and the bytes of a record: each shows what another is pointed at. */
import { useState } from "react"
import type { ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { Controls } from "./Controls.tsx"
import "./Copybook.css"
import { openFiles, openSample, paste } from "./Documents.ts"
import { Findings } from "./Findings.tsx"
import { useDocuments, useIndex, useReading, useRecord, useTree } from "./Hooks.ts"
import { useLinks } from "./Links.ts"
import { Panes } from "./Panes.tsx"
import { PasteForm } from "./PasteForm.tsx"
import { RecordBar } from "./RecordBar.tsx"

const Empty = ({ open }: { readonly open: () => void }) => (
  <div className="page copybook-empty">
    <h3>No copybook is open</h3>
    <p>
      Open a copybook and a file with records, drop both here, or paste a copybook. Nothing leaves
      this page: it decodes by itself, a slice of the file at a time.
    </p>
    <button type="button" className="primary" onClick={open}>
      Open the sample of a bank's day
    </button>
  </div>
)

const CopybookView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const { copybook, data, problem } = useDocuments(scene, parameters)
  const reading = useReading(copybook, parameters)
  const { codec, diagnostics, layout, settings } = reading
  const source = data?.source
  const { index, state } = useIndex(isVisible ? codec : undefined, isVisible ? source : undefined)
  const number = Math.max(0, Math.trunc(Number(parameters["record"] ?? 0)) || 0)
  const { problem: unread, shown } = useRecord(codec, index, number, number < state.records)
  const wrong = problem ?? reading.problem ?? unread
  const tree = useTree(reading, shown)
  const links = useLinks(tree, parameters["field"])
  const [wanted, setWanted] = useState<
    { readonly record: number; readonly id: string } | undefined
  >(undefined)
  const [isPasting, setIsPasting] = useState(false)

  const change = (over: Readonly<Record<string, string>>) =>
    setParameters(
      Object.fromEntries(
        Object.entries({ ...parameters, ...over }).filter(([, value]) => value !== ""),
      ),
    )
  const go = (record: number) => change({ record: record === 0 ? "" : String(record) })

  // A fault of another record is shown when that record is there.
  if (wanted !== undefined && shown?.record.number === wanted.record) {
    setWanted(undefined)
    const node = shown.tree.byId.get(wanted.id)
    if (node !== undefined) links.select(node, undefined)
  }
  const showFault = (record: number, path: string | undefined) => {
    setWanted({ record, id: path ?? "" })
    if (record !== number) go(record)
  }
  const open = async (files: ReadonlyArray<File>) => {
    const opened = await openFiles(files)
    for (const name of opened.refused)
      scene.workbench.notify(`${visible(name, 80)} is too large for a copybook`, "warning")
    const names = {
      ...(opened.copybook === undefined ? {} : { copybook: opened.copybook }),
      ...(opened.data === undefined ? {} : { data: opened.data }),
    }
    if (Object.keys(names).length > 0) change({ ...names, record: "" })
  }
  const { lengthMax, lengthMin } = layout ?? {}
  return (
    <div
      className="copybook"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void open([...event.dataTransfer.files])
      }}
    >
      <h2 className="unseen">Copybook workbench</h2>
      <Controls
        scene={scene}
        parameters={parameters}
        reading={reading}
        change={change}
        open={(files) => void open(files)}
        paste={() => setIsPasting(!isPasting)}
      />
      {isPasting ? (
        <PasteForm
          onDone={(pasted) => {
            setIsPasting(false)
            if (pasted !== undefined) change({ copybook: paste(pasted) })
          }}
        />
      ) : null}
      {wrong === undefined ? null : (
        <p className="bad copybook-problem" role="alert">
          <Icon name="error" /> {visible(wrong, 400)}
        </p>
      )}
      {codec === undefined || source === undefined || index === undefined ? null : (
        <RecordBar
          scene={scene}
          codec={codec}
          source={source}
          index={index}
          state={state}
          number={number}
          shown={shown}
          go={go}
          onFault={showFault}
        />
      )}
      {copybook === undefined ? (
        <Empty
          open={() => {
            openSample("bank-day.cpy")
            change({ copybook: "sample:bank-day.cpy", data: "sample:monday.dat" })
          }}
        />
      ) : (
        <Panes
          scene={scene}
          parameters={parameters}
          copybook={copybook}
          data={data}
          reading={reading}
          shown={shown}
          tree={tree}
          state={state}
          links={links}
        />
      )}
      {copybook === undefined ? null : (
        <Findings
          host={scene.host}
          index={index}
          records={state.records}
          codec={codec}
          source={source}
          shown={shown}
          diagnostics={diagnostics}
          lengths={{
            ...(lengthMin === undefined ? {} : { lengthMin }),
            ...(lengthMax === undefined ? {} : { lengthMax }),
          }}
          announce={scene.workbench.announce}
          onDiagnostic={({ span }) => links.showText(span.offset)}
          onFault={showFault}
          onFraming={(framing, page) =>
            change({
              framing,
              record: "",
              ...(page === undefined || settings.codePage !== undefined ? {} : { codepage: page }),
            })
          }
        />
      )}
    </div>
  )
}

export default CopybookView
