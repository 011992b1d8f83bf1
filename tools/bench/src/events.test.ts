import { assert, describe, it } from "@effect/vitest"
import { eventAt, eventBytes } from "./events.ts"

describe("events", () => {
  it("are as long as the table says, every one", () => {
    for (let index = 0; index < 5000; index++) {
      assert.strictEqual(Buffer.byteLength(JSON.stringify(eventAt(index))), eventBytes)
    }
  })
})
