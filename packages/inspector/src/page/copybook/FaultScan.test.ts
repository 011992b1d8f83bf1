import { assert, describe, it } from "@effect/vitest"
import { memorySource } from "./ByteSource.ts"
import { understand } from "./Codec.ts"
import { type ScanOptions, scanFaults } from "./FaultScan.ts"

const { codec } = understand(
  "       01 R.\n           05 A PIC X(3).\n           05 N PIC 9(2).\n",
  { codePage: "ascii", framing: { kind: "fixed" } },
)
const scan = (text: string, over: Omit<ScanOptions, "signal"> = {}) => {
  if (codec === undefined) throw new Error("the copybook is refused")
  const source = memorySource("a.dat", new TextEncoder().encode(text))
  return scanFaults(codec, source, { signal: new AbortController().signal, ...over })
}

describe("the faults of a file", () => {
  it("have record, byte, field and what lies there", async () => {
    const { faulty, found, isDone, records } = await scan("abc01abcXYabc03")
    assert.isTrue(isDone)
    assert.deepEqual([faulty, records, found.length], [1, 3, 1])
    assert.deepInclude(found[0], { record: 1, path: "N", offset: 3, fileOffset: 8 })
    assert.deepEqual([...(found[0]?.bytes ?? [])], [0x58, 0x59])
  })

  it("are framing's too", async () => {
    const { found } = await scan("abc01ab")
    assert.deepInclude(found[0], { code: "CPY-3001", record: 1, fileOffset: 5 })
  })

  it("go on behind a record, and end at the first where that is wanted", async () => {
    const text = "abcX1abc02abcX3abcX4"
    const next = await scan(text, { from: 1, isFirstOnly: true })
    assert.strictEqual(next.found[0]?.record, 2)
    assert.lengthOf((await scan(text)).found, 3)
  })

  it("behind a record of a fixed length are found without the bytes before it", async () => {
    if (codec === undefined) throw new Error("the copybook is refused")
    const bytes = new TextEncoder().encode("abcX1abc02abcX3abc")
    const memory = memorySource("a.dat", bytes)
    let first = Number.POSITIVE_INFINITY
    const source = {
      ...memory,
      read: (offset: number, length: number) => {
        first = Math.min(first, offset)
        return memory.read(offset, length)
      },
    }
    const { signal } = new AbortController()
    const { found } = await scanFaults(codec, source, { from: 1, signal })
    assert.strictEqual(first, 5)
    assert.deepEqual(
      found.map(({ code, fileOffset, record }) => [code, fileOffset, record]),
      [
        ["CPY-4003", 13, 2],
        ["CPY-3001", 15, 3],
      ],
    )
  })
})
