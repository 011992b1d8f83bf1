import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { type Line, LineSplitter } from "./LineSplitter.ts"

const splitAll = (chunks: ReadonlyArray<Buffer>): ReadonlyArray<Line> => {
  const splitter = new LineSplitter()
  const lines: Array<Line> = []
  for (const chunk of chunks) {
    splitter.push(chunk)
    for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(line)
  }
  const last = splitter.last()
  return last === undefined ? lines : [...lines, last]
}

const mebibyte = 1024 * 1024

describe("LineSplitter", () => {
  it.prop(
    "gives the same lines wherever the chunks are cut",
    {
      texts: Schema.Array(Schema.Literals(["", "a", "é", "😀 b", "long ".repeat(40)])),
      cut: Schema.Literals([1, 2, 3, 7, 64]),
    },
    ({ cut, texts }) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(""))
      const chunks = Array.from({ length: Math.ceil(bytes.length / cut) }, (_, index) =>
        bytes.subarray(index * cut, (index + 1) * cut),
      )
      assert.deepStrictEqual(
        splitAll(chunks),
        texts.map((text, index) => ({ number: index + 1, text })),
      )
    },
  )

  it("takes a last line without a newline, and no line after the last newline", () => {
    assert.deepStrictEqual(
      splitAll([Buffer.from("a\nb")]).map(({ text }) => text),
      ["a", "b"],
    )
    assert.deepStrictEqual(
      splitAll([Buffer.from("a\n")]).map(({ text }) => text),
      ["a"],
    )
    assert.deepStrictEqual(splitAll([]), [])
  })

  it("refuses a line over 1 MiB by its number, keeps none of it, and goes on behind it", () => {
    const splitter = new LineSplitter()
    splitter.push(Buffer.from("first\n"))
    assert.strictEqual(splitter.next()?.text, "first")
    for (let chunk = 0; chunk < 40; chunk += 1) {
      splitter.push(Buffer.alloc(mebibyte / 8, "x"))
      assert.isUndefined(splitter.next())
    }
    splitter.push(Buffer.from("\nthird\n"))
    assert.deepInclude(splitter.next(), { number: 2, text: "" })
    assert.deepStrictEqual(splitter.next(), { number: 3, text: "third" })
  })

  it("takes a line of exactly 1 MiB, in one chunk and in several", () => {
    const line = Buffer.concat([Buffer.alloc(mebibyte, "x"), Buffer.from("\n")])
    for (const chunks of [[line], [line.subarray(0, 1000), line.subarray(1000)]]) {
      const [only] = splitAll(chunks)
      assert.strictEqual(only?.text.length, mebibyte)
    }
    const [longer] = splitAll([Buffer.concat([Buffer.from("x"), line])])
    assert.include(longer?.problem, "1 MiB")
  })

  it("refuses bytes that are not UTF-8, and drops a byte order mark from the first line", () => {
    const lines = splitAll([Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0a, 0xff, 0x0a])])
    assert.strictEqual(lines[0]?.text, "a")
    assert.include(lines[1]?.problem, "UTF-8")
  })
})
