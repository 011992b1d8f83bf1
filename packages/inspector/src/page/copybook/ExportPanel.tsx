/** Saves decoded records as lines of JSON, or as a table. */
import { useState } from "react"
import type { Host } from "../host/Host.ts"
import { visible } from "../text/HostileText.ts"
import type { Codec } from "./Codec.ts"
import { collect, exportedMax, jsonLine, recordRows } from "./Export.ts"
import type { ShownRecord } from "./Hooks.ts"
import type { RecordIndex } from "./RecordIndex.ts"

export interface ExportPanelProps {
  readonly host: Host
  readonly codec: Codec | undefined
  readonly index: RecordIndex | undefined
  readonly records: number
  readonly shown: ShownRecord | undefined
}

const numberIn = (text: string): number => {
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 0 ? value : 0
}

export const ExportPanel = ({ codec, host, index, records, shown }: ExportPanelProps) => {
  const [from, setFrom] = useState(String(shown?.record.number ?? 0))
  const [count, setCount] = useState("100")
  const [said, setSaid] = useState("")
  if (codec === undefined || index === undefined || records === 0)
    return <p className="quiet">There are no records to export.</p>
  const first = Math.min(numberIn(from), records - 1)
  const wanted = Math.min(numberIn(count), exportedMax, records - first)
  const save = async (form: "csv" | "ndjson") => {
    setSaid("Decoding…")
    const all = await collect(index, first, wanted)
    const name = `records-${first}-${first + all.length - 1}.${form}`
    if (form === "csv") host.save(name, "text/csv", recordRows(codec, all))
    else host.save(name, "application/x-ndjson", all.map((one) => jsonLine(codec, one)).join(""))
    const left = all.length < wanted ? `; the other ${wanted - all.length} had no room` : ""
    setSaid(`${all.length} records are saved as ${name}${left}`)
  }
  const start = (form: "csv" | "ndjson") =>
    void save(form).catch((error: unknown) =>
      setSaid(error instanceof Error ? error.message : String(error)),
    )
  return (
    <>
      <div className="scan-bar">
        <label>
          From record{" "}
          <input
            className="number"
            size={8}
            value={from}
            inputMode="numeric"
            onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          />
        </label>
        <label>
          Records{" "}
          <input
            className="number"
            size={7}
            value={count}
            inputMode="numeric"
            onChange={({ currentTarget }) => setCount(currentTarget.value)}
          />
        </label>
        <button type="button" onClick={() => start("ndjson")}>
          Save as JSON lines
        </button>
        <button type="button" onClick={() => start("csv")}>
          Save as CSV
        </button>
        <span role="status">{visible(said, 200)}</span>
      </div>
      <p className="quiet">
        {wanted} records, {first} to {first + Math.max(0, wanted - 1)}, each with its faults; at
        most {exportedMax.toLocaleString("en")} at once. A CSV's columns are the fields that any of
        them has, and none of its cells is a formula.
      </p>
    </>
  )
}
