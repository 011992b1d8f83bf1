import { assert, describe, it } from "@effect/vitest"
import { canonicalEvent } from "./EventText.ts"

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64")

describe("the bytes of an event as a document", () => {
  it("are the text that they are", () => {
    const text = '{"actor":{"id":"é\\u202e"}}'
    assert.strictEqual(canonicalEvent(base64(Buffer.from(text))), text)
  })

  it("differ in the text where they differ, also where they are no text", () => {
    const [one, other] = [Uint8Array.of(0x22, 0xff, 0x22), Uint8Array.of(0x22, 0xfe, 0x22)]
    assert.notStrictEqual(canonicalEvent(base64(one)), canonicalEvent(base64(other)))
    assert.include(canonicalEvent(base64(one)), "22ff22")
  })
})
