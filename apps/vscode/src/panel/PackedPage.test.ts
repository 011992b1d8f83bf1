import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { brotliCompressSync } from "node:zlib"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { makeFakeEditor } from "../testing/FakeEditor.ts"
import { packPage, pageFolder, unpackPage } from "./PackedPage.ts"

const files = new Map([
  ["index.html", Buffer.from("<!doctype html>")],
  ["assets/index-12345678.js", Buffer.from("export {}")],
  ["assets/empty.css", Buffer.alloc(0)],
])

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "countersign-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe("the packed page", () => {
  it("is the same page once it is unpacked", () => {
    const unpacked = unpackPage(packPage(files))
    assert.deepStrictEqual(
      Array.from(unpacked, ([name, bytes]) => [name, Buffer.from(bytes)]),
      Array.from(files),
    )
  })

  it("writes nothing outside of its folder", () => {
    for (const name of ["../evil.js", "/evil.js", "a/b/c.js", "..", "a\\b", ".hidden"]) {
      const packed = packPage(new Map([[name, Buffer.from("x")]]))
      assert.throws(() => unpackPage(packed), /list is none/)
    }
  })

  it("is refused where its list and its files differ", () => {
    const list = Buffer.from('[["index.html",9]]')
    const length = Buffer.alloc(4)
    length.writeUInt32BE(list.length)
    const packed = brotliCompressSync(Buffer.concat([length, list, Buffer.from("short")]))
    assert.throws(() => unpackPage(packed), /other files/)
  })

  it("is unpacked once for each version, and older ones go", async () => {
    const { context, editor } = makeFakeEditor({ folder, extensionPath: folder })
    const pages = path.join(folder, "storage/pages")
    writeFileSync(path.join(folder, "page.br"), packPage(files))
    const first = await pageFolder(editor, context)
    assert.strictEqual(
      readFileSync(path.join(first.fsPath, "index.html"), "utf8"),
      "<!doctype html>",
    )
    writeFileSync(path.join(first.fsPath, "index.html"), "kept")
    assert.strictEqual((await pageFolder(editor, context)).fsPath, first.fsPath)
    assert.strictEqual(readFileSync(path.join(first.fsPath, "index.html"), "utf8"), "kept")
    const newer = new Map([["index.html", Buffer.from("newer")]])
    writeFileSync(path.join(folder, "page.br"), packPage(newer))
    const second = await pageFolder(editor, context)
    assert.notStrictEqual(second.fsPath, first.fsPath)
    assert.deepStrictEqual(readdirSync(pages), [path.basename(second.fsPath)])
  })
})
