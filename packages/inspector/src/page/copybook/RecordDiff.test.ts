import { assert, describe, it } from "@effect/vitest"
import { understand } from "./Codec.ts"
import { readRecord } from "./FieldTree.ts"
import { bytesOf, comparisonOf, diffRecords } from "./RecordDiff.ts"

const { codec } = understand(
  `       01 R.
           05 K PIC X.
           05 N PIC 9.
           05 T OCCURS 0 TO 3 DEPENDING ON N PIC XX.
           05 P PIC S9(3) COMP-3.
`,
  { codePage: "ascii" },
)
const side = (text: string, ...packed: ReadonlyArray<number>) => {
  if (codec === undefined) throw new Error("the copybook is refused")
  const bytes = Uint8Array.of(...new TextEncoder().encode(text), ...packed)
  return { bytes, tree: readRecord(codec, { number: 0, fileOffset: 0, bytes }) }
}

describe("the difference of two records", () => {
  const left = side("a1xx", 0x12, 0x3c)
  const right = side("a2xxyy", 0x12, 0x3f)
  const pairs = diffRecords(left, right)
  const change = (id: string) => pairs.find((pair) => pair.id === id)?.change

  it("is told field by field, wherever fields have moved", () => {
    assert.deepEqual(
      pairs.map(({ id }) => id),
      ["K", "N", "T[0]", "T[1]", "P"],
    )
    assert.strictEqual(change("K"), "same")
    assert.strictEqual(change("N"), "value")
    assert.strictEqual(change("T[0]"), "same")
    assert.strictEqual(change("T[1]"), "right-only")
  })

  it("tells other bytes of the same value from another value", () => {
    assert.strictEqual(change("P"), "bytes")
    const packed = pairs.find(({ id }) => id === "P")
    assert.deepEqual([...bytesOf(right, packed?.right)], [0x12, 0x3f])
  })

  it("is none only where all bytes are the same, and not where the fields are", () => {
    const compared = (one: ReturnType<typeof side>, other: ReturnType<typeof side>) =>
      comparisonOf(one, other, diffRecords(one, other))
    assert.deepEqual(compared(left, right), { _tag: "fields", count: 3 })
    assert.deepEqual(compared(left, side("a1xx", 0x12, 0x3c)), { _tag: "same" })
    // Behind the last field there is one byte more.
    const longer = side("a1xx", 0x12, 0x3c, 0xff)
    assert.deepEqual(compared(left, longer), { _tag: "bytes", offset: 6 })
  })

  it("is not missed in a table that is longer than what is shown of it", () => {
    const { codec: tabled } = understand("       01 R.\n           05 T OCCURS 300 PIC X.\n", {
      codePage: "ascii",
    })
    if (tabled === undefined) throw new Error("the copybook is refused")
    const of = (text: string) => {
      const bytes = new TextEncoder().encode(text)
      return { bytes, tree: readRecord(tabled, { number: 0, fileOffset: 0, bytes }) }
    }
    const [one, other] = [of("a".repeat(300)), of(`${"a".repeat(299)}b`)]
    assert.deepEqual(comparisonOf(one, other, diffRecords(one, other)), {
      _tag: "bytes",
      offset: 299,
    })
  })
})
