/** Two records of the same layout side by side: what each field says, and in which bytes. */
import { useMemo, useState } from "react"
import { HexView } from "../hex/HexView.tsx"
import { hexText } from "../hex/HexRows.ts"
import { useStore } from "../connection/Store.ts"
import type { ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { visible } from "../text/HostileText.ts"
import "./Copybook.css"
import { documents } from "./Documents.ts"
import { type FieldNode, fieldsAt, ownersOf } from "./FieldTree.ts"
import {
  type ShownRecord,
  useCharacters,
  useDocuments,
  useIndex,
  useReading,
  useRecord,
} from "./Hooks.ts"
import {
  type Comparison,
  type FieldPair,
  type SideBytes,
  bytesOf,
  comparisonOf,
  diffRecords,
} from "./RecordDiff.ts"
import { recordBytesMax } from "./RecordIndex.ts"
import { WrittenInput } from "./Written.tsx"

const changes: Readonly<Record<FieldPair["change"], readonly [icon: string, words: string]>> = {
  same: ["check", "same"],
  value: ["diff-modified", "other value"],
  bytes: ["file-binary", "same value, other bytes"],
  "left-only": ["diff-removed", "left only"],
  "right-only": ["diff-added", "right only"],
}

const Side = ({ node, side }: { readonly node: FieldNode | undefined; readonly side: SideBytes }) =>
  node === undefined ? (
    <span className="quiet">–</span>
  ) : (
    <>
      <span className={node.problem === undefined ? "mono" : "bad"}>
        {visible(node.problem ?? node.value ?? "", 120)}
      </span>
      <br />
      <span className="mono quiet">{hexText(bytesOf(side, node), 12)}</span>
    </>
  )

const useSide = (props: ViewProps, data: string, record: string) => {
  const { isVisible, parameters, scene } = props
  const named = useMemo(() => ({ ...parameters, data: parameters[data] ?? "" }), [parameters, data])
  const documentsOf = useDocuments(scene, named)
  const reading = useReading(documentsOf.copybook, parameters)
  // Each side has a decoder of its own: one keeps what it uses from record to record.
  const { codec } = reading
  const source = documentsOf.data?.source
  const { index, state } = useIndex(isVisible ? codec : undefined, isVisible ? source : undefined)
  const number = Math.max(0, Math.trunc(Number(parameters[record] ?? 0)) || 0)
  const { problem, shown: last } = useRecord(codec, index, number, number < state.records)
  // The record before is no answer while this one is read.
  const shown = last?.record.number === number ? last : undefined
  const name = documentsOf.data?.name ?? ""
  return {
    name,
    number,
    records: state.records,
    shown,
    reading,
    problem: documentsOf.problem ?? reading.problem ?? problem ?? state.problem,
  }
}

const Bytes = ({
  characters,
  label,
  marked,
  onPick,
  shown,
}: {
  readonly label: string
  readonly shown: ShownRecord
  readonly characters: ReadonlyArray<string>
  readonly marked: string | undefined
  readonly onPick: (id: string) => void
}) => {
  const { record, tree } = shown
  const owners = useMemo(() => ownersOf(tree, record.bytes.length), [tree, record])
  const node = marked === undefined ? undefined : tree.byId.get(marked)
  const offset = node?.offset ?? -1
  const reveal = useMemo(() => (offset < 0 ? undefined : { offset }), [offset])
  return (
    <HexView
      label={label}
      bytes={record.bytes}
      characters={characters}
      owners={owners}
      isFaulty={(owner) => tree.leaves[owner]?.fault !== undefined}
      nameOf={(owner) => tree.leaves[owner]?.id ?? "no field"}
      marked={offset < 0 || node === undefined ? undefined : { offset, length: node.length }}
      reveal={reveal}
      onSelect={(selection) => {
        const found = fieldsAt(tree, selection.offset)[0]
        if (found !== undefined) onPick(found.id)
      }}
      onHover={() => undefined}
    />
  )
}

const SideChoice = ({
  data,
  label,
  number,
  onData,
  onRecord,
  records,
}: {
  readonly label: string
  readonly data: string
  readonly number: number
  readonly records: number
  readonly onData: (id: string) => void
  readonly onRecord: (record: number) => void
}) => {
  const all = useStore(documents.data)
  return (
    <fieldset className="side-choice">
      <legend>{label}</legend>
      <select
        aria-label={`${label}: file`}
        value={data}
        onChange={({ currentTarget }) => onData(currentTarget.value)}
      >
        {all.map(({ id, name }) => (
          <option key={id} value={id}>
            {visible(name, 60)}
          </option>
        ))}
      </select>
      <IconButton
        icon="arrow-left"
        label={`${label}: record before`}
        isOff={number <= 0}
        onClick={() => onRecord(number - 1)}
      />
      <WrittenInput
        className="number"
        size={6}
        aria-label={`${label}: record`}
        value={String(number)}
        onEnter={(typed) => {
          const wanted = Number(typed)
          if (Number.isSafeInteger(wanted) && wanted >= 0) onRecord(wanted)
        }}
      />
      <IconButton
        icon="arrow-right"
        label={`${label}: next record`}
        isOff={number + 1 >= records}
        onClick={() => onRecord(number + 1)}
      />
      <span className="quiet">of {records}, from 0</span>
    </fieldset>
  )
}

const Pairs = ({
  left,
  onPick,
  pairs,
  picked,
  right,
}: {
  readonly pairs: ReadonlyArray<FieldPair>
  readonly left: SideBytes
  readonly right: SideBytes
  readonly picked: string | undefined
  readonly onPick: (id: string) => void
}) => (
  <div className="pairs" tabIndex={0} role="region" aria-label="Fields of both records">
    <table>
      <thead>
        <tr>
          <th scope="col">Field</th>
          <th scope="col">Change</th>
          <th scope="col">Left</th>
          <th scope="col">Right</th>
        </tr>
      </thead>
      <tbody>
        {pairs.map((pair) => {
          const [icon, words] = changes[pair.change]
          return (
            <tr
              key={pair.id}
              className={`pair pair-${pair.change}${pair.id === picked ? " pair-picked" : ""}`}
            >
              <th scope="row">
                <button type="button" className="link-button" onClick={() => onPick(pair.id)}>
                  {visible(pair.id, 80)}
                </button>
              </th>
              <td>
                <Icon name={icon} /> {words}
              </td>
              <td>
                <Side node={pair.left} side={left} />
              </td>
              <td>
                <Side node={pair.right} side={right} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  </div>
)

/** More fields than these are only counted. */
const pairsMax = 2000

const counted = new Intl.NumberFormat("en")

const Verdict = ({
  comparison,
  isCut,
  pairs,
}: {
  readonly comparison: Comparison
  readonly pairs: number
  /** A record is longer than what is read of one. */
  readonly isCut: boolean
}) => {
  const cut = isCut ? ` in the first ${counted.format(recordBytesMax)} bytes` : ""
  switch (comparison._tag) {
    case "same":
      return (
        <span className={isCut ? "" : "good"}>
          <Icon name={isCut ? "info" : "check"} /> no difference{cut}
        </span>
      )
    case "fields":
      return (
        <span>
          {comparison.count} of {pairs} fields differ
        </span>
      )
    case "bytes":
      return (
        <span className="warn">
          <Icon name="warning" /> no field that is shown differs, but the bytes do, from byte{" "}
          {counted.format(comparison.offset)}
        </span>
      )
  }
}

const sideOf = ({ record, tree }: ShownRecord): SideBytes => ({ tree, bytes: record.bytes })

const CompareView = (props: ViewProps) => {
  const { parameters, setParameters } = props
  const left = useSide(props, "data", "record")
  const right = useSide(props, "other", "against")
  const characters = useCharacters(left.reading.settings.codePage ?? "cp037")
  const [isAll, setIsAll] = useState(false)
  const [picked, setPicked] = useState<string | undefined>(undefined)
  const compared = useMemo(() => {
    if (left.shown === undefined || right.shown === undefined) return undefined
    const [one, other] = [sideOf(left.shown), sideOf(right.shown)]
    const found = diffRecords(one, other)
    const isCut = [one, other].some(({ bytes }) => bytes.length >= recordBytesMax)
    return { pairs: found, comparison: comparisonOf(one, other, found), isCut }
  }, [left.shown, right.shown])
  const pairs = compared?.pairs ?? []
  const differing = pairs.filter(({ change }) => change !== "same")
  const listed = (isAll ? pairs : differing).slice(0, pairsMax)
  const change = (over: Readonly<Record<string, string>>) =>
    setParameters({ ...parameters, ...over })
  return (
    <div className="compare">
      <h2 className="unseen">Two records compared</h2>
      <div className="tool-bar">
        <SideChoice
          label="Left"
          data={parameters["data"] ?? ""}
          number={left.number}
          records={left.records}
          onData={(data) => change({ data, record: "0" })}
          onRecord={(record) => change({ record: String(record) })}
        />
        <SideChoice
          label="Right"
          data={parameters["other"] ?? ""}
          number={right.number}
          records={right.records}
          onData={(other) => change({ other, against: "0" })}
          onRecord={(against) => change({ against: String(against) })}
        />
        <label>
          <input type="checkbox" checked={isAll} onChange={() => setIsAll(!isAll)} /> Fields that
          are the same too
        </label>
        <span>
          {compared === undefined ? null : (
            <Verdict comparison={compared.comparison} pairs={pairs.length} isCut={compared.isCut} />
          )}
          {listed.length < (isAll ? pairs : differing).length
            ? `, the first ${pairsMax} are shown`
            : ""}
        </span>
      </div>
      {left.shown === undefined || right.shown === undefined ? (
        <p className="quiet page">
          A record of both sides is needed.{" "}
          {[left.problem, right.problem]
            .filter((problem) => problem !== undefined)
            .map((problem) => visible(problem, 200))
            .join("; ")}
        </p>
      ) : (
        <>
          <Pairs
            pairs={listed}
            left={sideOf(left.shown)}
            right={sideOf(right.shown)}
            picked={picked}
            onPick={setPicked}
          />
          <div className="compare-bytes">
            <Bytes
              label={`Left: bytes of record ${left.number} of ${left.name}`}
              shown={left.shown}
              characters={characters}
              marked={picked}
              onPick={setPicked}
            />
            <Bytes
              label={`Right: bytes of record ${right.number} of ${right.name}`}
              shown={right.shown}
              characters={characters}
              marked={picked}
              onPick={setPicked}
            />
          </div>
        </>
      )}
    </div>
  )
}

export default CompareView
