import { assert, describe, it } from "@effect/vitest"
import { entryText } from "./EntryText.ts"

const shown = (text: string): string => entryText(Buffer.from(text).toString("base64"))

describe("an entry as text", () => {
  it("has a line for each value", () => {
    assert.strictEqual(shown('{"type":"login","é":1}'), '{\n  "type": "login",\n  "é": 1\n}')
  })

  it("is as it was written where it could not be written so again", () => {
    for (const text of ['{"amount":1,"amount":1000}', '{"id":12345678901234567890}', '{"a":1.0}'])
      assert.strictEqual(shown(text), text)
  })

  it("makes no megabytes of space of what is nested deeply", () => {
    const text = "[".repeat(5000) + "]".repeat(5000)
    assert.strictEqual(shown(text), text)
  })

  it("is no JSON at all where the bytes are none", () => {
    assert.strictEqual(shown("not json"), "not json")
  })
})
