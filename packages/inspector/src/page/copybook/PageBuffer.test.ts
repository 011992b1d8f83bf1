import { assert, describe, it } from "@effect/vitest"
import { PageBuffer } from "./PageBuffer.ts"

const all = Uint8Array.from({ length: 256 }, (_, at) => at)
const some = Uint8Array.of(0xc1, 0x00, 0xff, 0x20)

describe("the codec's buffer in a browser", () => {
  it("makes the texts that Node's makes", () => {
    for (const form of ["hex", "base64", "latin1", "utf16le"] as const) {
      const own = PageBuffer.from(all)
      // Halves of characters apart, which no code page has.
      const end = form === "utf16le" ? 0xd8 : 256
      assert.strictEqual(own.toString(form, 0, end), Buffer.from(all).toString(form, 0, end))
      assert.strictEqual(own.toString(form, 2, 8), Buffer.from(all).toString(form, 2, 8))
    }
    assert.strictEqual(PageBuffer.from("zł €").toString(), "zł €")
  })

  it("reads the texts that Node's reads", () => {
    for (const [text, form] of [
      ["00ffc1", "hex"],
      ["00f", "hex"],
      ["wQD/IA==", "base64"],
      ["zł", "utf8"],
    ] as const) {
      assert.deepEqual([...PageBuffer.from(text, form)], [...Buffer.from(text, form)])
    }
  })

  it("copies bytes, and shares an array buffer, as Node's does", () => {
    const source = some.slice()
    const copy = PageBuffer.from(source)
    const shared = PageBuffer.from(source.buffer, 1, 2)
    source[1] = 7
    assert.deepEqual([...copy], [...some])
    assert.deepEqual([...shared], [7, 0xff])
  })

  it("compares, swaps and writes as Node's does", () => {
    for (const other of [some, all, some.subarray(0, 2), Uint8Array.of(0xc1, 0x01)]) {
      assert.strictEqual(PageBuffer.compare(some, other), Buffer.compare(some, other))
    }
    assert.deepEqual([...PageBuffer.from(some).swap16()], [...Buffer.from(some).swap16()])
    const own = PageBuffer.alloc(8)
    assert.strictEqual(own.write("a€", 2), 4)
    assert.deepEqual([...own], [0, 0, 0x61, 0xe2, 0x82, 0xac, 0, 0])
  })
})
