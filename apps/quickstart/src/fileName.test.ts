import { assert, describe, it } from "@effect/vitest"
import { fileNameOf } from "./fileName.ts"

describe("fileNameOf", () => {
  it("keeps every name that is UTF-8, with whatever is in it", () => {
    for (const text of ["a b.ts", "日本.txt", "new\nline", "\uFEFFmark", '"quoted"']) {
      assert.deepStrictEqual(fileNameOf(Buffer.from(text)), { text })
    }
  })

  it("shows the bytes of a name that is not, and keeps them", () => {
    const bytes = Buffer.from("caf\xe9.txt", "latin1")
    assert.deepStrictEqual(fileNameOf(bytes), {
      text: "caf\\xE9.txt",
      base64: bytes.toString("base64"),
    })
  })
})
