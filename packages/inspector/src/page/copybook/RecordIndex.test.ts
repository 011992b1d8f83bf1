import { assert, describe, it } from "@effect/vitest"
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import { type ByteSource, memorySource } from "./ByteSource.ts"
import { understand } from "./Codec.ts"
import { makeIndex, type RecordIndex } from "./RecordIndex.ts"

const text = "       01 R.\n           05 A PIC X(8).\n"
const codecOf = (settings: FileSettings) => {
  const { codec } = understand(text, { codePage: "ascii", ...settings })
  if (codec === undefined) throw new Error("the copybook is refused")
  return codec
}
const until = async (index: RecordIndex, state: string) => {
  while (index.state.get().state !== state) await new Promise((done) => setTimeout(done, 1))
  return index.state.get()
}

const gibibytes = 10 * 2 ** 30

/** Ten gibibytes that are made when they are read: eight bytes behind a length of two, over and over. */
const endless = (eager: number) => {
  let read = 0
  const header = [0, 10]
  const source: ByteSource = {
    name: "endless.dat",
    size: gibibytes,
    eager,
    read: async (offset, length) => {
      read += length
      return Uint8Array.from({ length }, (_, at) => header[(offset + at) % 10] ?? 0x41)
    },
  }
  return { source, readBytes: () => read }
}
const short: FileSettings = { framing: { kind: "rdw", header: { bytes: 2 } } }

describe("the records of a file", () => {
  it("are a step away where all have one length, however large the file is", async () => {
    const { readBytes, source } = endless(1)
    const index = makeIndex(codecOf({ framing: { kind: "fixed", length: 10 } }), source)
    assert.strictEqual(index.state.get().records, gibibytes / 10 - (gibibytes % 10) / 10)
    assert.strictEqual((await index.read(1_000_000_000))?.fileOffset, 10_000_000_000)
    assert.strictEqual(index.recordAt(10_000_000_007), 1_000_000_000)
    assert.strictEqual(readBytes(), 10)
  })

  it("are looked for as far as somebody wants, and no further", async () => {
    const { readBytes, source } = endless(300_000)
    const index = makeIndex(codecOf(short), source)
    const paused = await until(index, "paused")
    assert.isBelow(readBytes(), 2 ** 20)
    assert.isAbove(paused.records, 29_000)
    const last = await index.read(paused.records - 1)
    assert.deepInclude(last, { number: paused.records - 1, fileOffset: paused.records * 10 - 8 })
    assert.isUndefined(await index.read(paused.records))
    index.goOn()
    while (index.state.get().records <= paused.records) await new Promise((go) => setTimeout(go, 1))
    index.stop()
  })

  it("that lie in several places are whole", async () => {
    const segment = (code: number, letters: string) => [
      0,
      4 + letters.length,
      code,
      0,
      ...new TextEncoder().encode(letters),
    ]
    const bytes = Uint8Array.from([
      ...segment(1, "abcd"),
      ...segment(2, "efgh"),
      ...segment(0, "x"),
    ])
    const codec = codecOf({ framing: { kind: "rdw", isSpanned: true } })
    const index = makeIndex(codec, memorySource("spanned.dat", bytes))
    await until(index, "complete")
    const first = await index.read(0)
    assert.strictEqual(new TextDecoder().decode(first?.bytes), "abcdefgh")
    assert.strictEqual((await index.read(1))?.fileOffset, 20)
  })

  it("are not found where the framing can't be, and it is said", async () => {
    const codec = codecOf({ framing: { kind: "rdw", header: { bytes: 99 } } })
    const index = makeIndex(codec, memorySource("a.dat", new Uint8Array(10)))
    assert.include((await until(index, "failed")).problem, "header.bytes")
  })
})
