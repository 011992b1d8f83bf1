import { assert, describe, it } from "@effect/vitest"
import { understand } from "./Codec.ts"
import { collect, fieldRows, jsonLine, recordRows } from "./Export.ts"
import { readRecord } from "./FieldTree.ts"

const { codec } = understand(
  "       01 R.\n           05 A PIC X(4).\n           05 N PIC 9(2).\n",
  { codePage: "ascii" },
)
if (codec === undefined) throw new Error("the copybook is refused")
const record = (number: number, text: string) => ({
  number,
  fileOffset: number * 6,
  bytes: new TextEncoder().encode(text),
})

describe("decoded records as text", () => {
  it("are lines of JSON, with their place and their faults", () => {
    assert.deepEqual(JSON.parse(jsonLine(codec, record(3, "abc 07"))), {
      _record: 3,
      _offset: 18,
      A: "abc",
      N: 7,
    })
    const faulty: unknown = JSON.parse(jsonLine(codec, record(0, "abc x7")))
    assert.nestedPropertyVal(faulty, "_faults[0].path", "N")
  })

  it("are a table, in which nothing is a formula", () => {
    const rows = recordRows(codec, [record(0, "=A1 07"), record(1, "b   x1")]).split("\r\n")
    assert.deepEqual(rows.slice(0, 2), ["record,A,N", `0,"'=A1",7`])
    assert.match(rows[2] ?? "", /^1,b,CPY-\d+$/)
  })

  it("are a row a field for one of them", () => {
    const rows = fieldRows(readRecord(codec, record(0, "abc 07"))).split("\r\n")
    assert.strictEqual(rows[2], "N,4,2,7,")
  })

  it("are no more than there is room for, and one at least", async () => {
    const index = { read: async (number: number) => record(number, "abc 07") }
    assert.lengthOf(await collect(index, 3, 5), 5)
    const some = await collect(index, 3, 5, 20)
    assert.deepEqual(
      some.map(({ number }) => number),
      [3, 4, 5],
    )
    assert.lengthOf(await collect(index, 3, 5, 1), 1)
  })
})
