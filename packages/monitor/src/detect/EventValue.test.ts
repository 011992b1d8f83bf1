import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { InstantReader, numberAt, textAt } from "./EventValue.ts"

describe("textAt", () => {
  const event = {
    actor: { id: "u-1" },
    tenant: "north",
    target: [{ id: "p-1" }, { id: "p-2" }],
    data: { rows: 7, ok: false },
  }

  it("finds texts, numbers and flags as texts, and the first of several", () => {
    assert.strictEqual(textAt("actor.id")(event), "u-1")
    assert.strictEqual(textAt("data.rows")(event), "7")
    assert.strictEqual(textAt("data.ok")(event), "false")
    assert.strictEqual(textAt("target.id")(event), "p-1")
  })

  it("joins several paths, and has nothing where one leads nowhere", () => {
    assert.strictEqual(textAt(["tenant", "actor.id"])(event), "north u-1")
    assert.isUndefined(textAt(["tenant", "session"])(event))
  })

  it("looks at own members only", () => assert.isUndefined(textAt("actor.constructor.name")(event)))

  it("finds numbers that are numbers", () => {
    assert.strictEqual(numberAt("data.rows")(event), 7)
    assert.isUndefined(numberAt("actor.id")(event))
  })
})

describe("InstantReader", () => {
  it.prop(
    "reads what Date.parse reads, whatever came before",
    {
      instants: Schema.Array(
        Schema.Tuple([
          Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000_000_000_000 })),
          Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1500 })),
        ]),
      ),
    },
    ({ instants }) => {
      const reader = new InstantReader()
      for (const [first, after] of instants) {
        for (const millis of [first, first + after, first]) {
          assert.strictEqual(reader.read(new Date(millis).toISOString()), millis)
        }
      }
    },
  )

  it.each([
    "2026-11-21T09:00:00Z",
    "2026-11-21T09:00:00.5Z",
    "2026-11-21T09:00:00.123456Z",
    "soon",
  ])("reads %s", (text) => {
    const reader = new InstantReader()
    assert.deepStrictEqual(
      [reader.read(text), reader.read(text)],
      [Date.parse(text), Date.parse(text)],
    )
  })
})
