/** What is read, and how: everything that the address of the tab says. */
import { codePages } from "@countersign/copybook/charset/CodePages"
import { framingForms } from "@countersign/copybook/file/FramingText"
import { useState } from "react"
import { useStore } from "../connection/Store.ts"
import { Icon } from "../shell/Icon.tsx"
import type { Parameters, Scene } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { documents } from "./Documents.ts"
import { OpenFiles } from "./OpenFiles.tsx"
import type { Reading } from "./Reading.ts"
import { useServerFiles } from "./ServerFiles.ts"
import {
  dialectNames,
  endianNames,
  framingText,
  segmentsText,
  sizeNames,
  sourceFormats,
} from "./Reading.ts"
import { Written } from "./Written.tsx"

export interface ControlsProps {
  readonly scene: Scene
  readonly parameters: Parameters
  readonly reading: Reading
  readonly change: (over: Parameters) => void
  readonly open: (files: ReadonlyArray<File>) => void
  readonly paste: () => void
}

const Choice = ({
  first,
  label,
  names,
  onChange,
  value,
}: {
  readonly label: string
  /** What it is where nobody chooses. */
  readonly first: string
  readonly names: ReadonlyArray<string>
  readonly value: string
  readonly onChange: (value: string) => void
}) => (
  <label className="control">
    <span>{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
      <option value="">{first}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  </label>
)

const pageList = codePages.map((name) => [name, ""] as const)

const dialectOf = ({ settings }: Reading): string => {
  const dialect = settings.layout?.dialect ?? "ibm"
  return typeof dialect === "string" ? dialect : dialect.base
}

const More = ({ change, parameters, reading }: Omit<ControlsProps, "open" | "paste" | "scene">) => (
  <>
    <Choice
      label="Dialect"
      first={`${dialectOf(reading)} (as given)`}
      names={dialectNames}
      value={parameters["dialect"] ?? ""}
      onChange={(dialect) => change({ dialect })}
    />
    <Choice
      label="Byte order of COMP"
      first="the dialect's"
      names={endianNames}
      value={parameters["endian"] ?? ""}
      onChange={(endian) => change({ endian })}
    />
    <Choice
      label="Tables with counters"
      first="the dialect's"
      names={sizeNames}
      value={parameters["odo"] ?? ""}
      onChange={(odo) => change({ odo })}
    />
    <Choice
      label="Source format"
      first="auto"
      names={sourceFormats}
      value={parameters["format"] ?? ""}
      onChange={(format) => change({ format })}
    />
    <Written
      label="Only record"
      hint="its level 01 name"
      size={16}
      value={parameters["of"] ?? ""}
      onChange={(of) => change({ of })}
    />
    <Written
      label="Segments"
      hint="KIND; HEADER=H; DETAIL=D,E"
      size={40}
      value={parameters["segments"] ?? segmentsText(reading.settings)}
      onChange={(segments) => change({ segments })}
    />
  </>
)

const DocumentChoice = ({
  change,
  kind,
  scene,
  value,
}: {
  readonly scene: Scene
  readonly kind: "copybook" | "data"
  readonly value: string
  readonly change: ControlsProps["change"]
}) => {
  const copybooks = useStore(documents.copybooks)
  const data = useStore(documents.data)
  const opened: ReadonlyArray<{ readonly id: string; readonly name: string }> =
    kind === "copybook" ? copybooks : data
  const offered = useServerFiles(scene).filter((file) => file.kind === kind)
  const all = [...opened, ...offered.filter((file) => !opened.some(({ id }) => id === file.id))]
  return (
    <label className="control">
      <span>{kind === "copybook" ? "Copybook" : "Data"}</span>
      <select
        value={value}
        onChange={({ currentTarget }) => change({ [kind]: currentTarget.value, record: "" })}
      >
        <option value="">none</option>
        {all.map(({ id, name }) => (
          <option key={id} value={id}>
            {visible(name, 60)}
          </option>
        ))}
      </select>
    </label>
  )
}

export const Controls = (props: ControlsProps) => {
  const { change, open, parameters, paste, reading, scene } = props
  const [isMore, setIsMore] = useState(false)
  const { codePage = "cp037", framing } = reading.settings
  return (
    <div className="tool-bar copybook-bar">
      <DocumentChoice
        scene={scene}
        kind="copybook"
        value={parameters["copybook"] ?? ""}
        change={change}
      />
      <DocumentChoice scene={scene} kind="data" value={parameters["data"] ?? ""} change={change} />
      <OpenFiles open={open} />
      <button type="button" onClick={paste}>
        <Icon name="clippy" /> Paste
      </button>
      <Written
        label="Framing"
        hint="by the layout"
        size={14}
        list={framingForms}
        value={parameters["framing"] ?? (framing === undefined ? "" : framingText(framing))}
        onChange={(next) => change({ framing: next, record: "" })}
      />
      <Written
        label="Code page"
        hint="cp037"
        size={9}
        list={pageList}
        value={parameters["codepage"] ?? codePage}
        onChange={(codepage) => change({ codepage })}
      />
      <button type="button" aria-expanded={isMore} onClick={() => setIsMore(!isMore)}>
        <Icon name="settings-gear" /> {isMore ? "Fewer" : "More"} settings
      </button>
      {isMore ? <More change={change} parameters={parameters} reading={reading} /> : null}
      {reading.problems.map((problem) => (
        <span key={problem} className="bad" role="alert">
          <Icon name="error" /> {visible(problem, 200)}
        </span>
      ))}
    </div>
  )
}
