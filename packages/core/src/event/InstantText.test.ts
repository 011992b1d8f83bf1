import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { InstantText } from "./InstantText.ts"

const instants = Schema.Int.check(
  Schema.isBetween({ minimum: Date.UTC(0, 0, 1), maximum: Date.UTC(9999, 11, 31) }),
)

describe("InstantText", () => {
  it.prop(
    "writes what toISOString writes, in whatever order the instants come",
    { millis: Schema.Array(instants) },
    ({ millis }) => {
      const text = new InstantText()
      for (const each of millis) assert.strictEqual(text.at(each), new Date(each).toISOString())
    },
  )

  it("writes what toISOString writes of a year beyond 9999, and goes on", () => {
    const text = new InstantText()
    for (const at of [1, Date.UTC(12_026, 0, 1), 2, Date.UTC(-5, 0, 1), 3]) {
      assert.strictEqual(text.at(at), new Date(at).toISOString())
    }
  })

  it("writes each millisecond of a second, forwards and back", () => {
    const text = new InstantText()
    const second = Date.UTC(2026, 10, 21, 23, 59, 59)
    for (let millis = 0; millis <= 2000; millis += 1) {
      const at = second + (millis <= 1000 ? millis : 2000 - millis)
      assert.strictEqual(text.at(at), new Date(at).toISOString())
    }
  })
})
