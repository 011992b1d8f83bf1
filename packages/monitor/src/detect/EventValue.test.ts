import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { InstantReader, numberAt, sumAt, textAt, textsAt } from "./EventValue.ts"

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

  it("has each of several, and those together that are in one element", () => {
    const event = {
      tenant: "north",
      target: [
        { id: "p-1", type: "Patient" },
        { id: "u-1", type: "User" },
        { id: "p-1", type: "Patient" },
        { type: "Order" },
      ],
      tags: ["a", "b"],
      data: { parts: [{ rows: 3 }, { rows: 4 }, { rows: "5" }, {}] },
    }
    assert.deepStrictEqual(textsAt("target.id")(event), ["p-1", "u-1"])
    assert.deepStrictEqual(textsAt("tags")(event), ["a", "b"])
    assert.deepStrictEqual(textsAt(["tenant", "target.type", "target.id"])(event), [
      "north Patient p-1",
      "north User u-1",
    ])
    assert.deepStrictEqual(textsAt(["target.id", "tags"])(event), [
      "p-1 a",
      "p-1 b",
      "u-1 a",
      "u-1 b",
    ])
    assert.strictEqual(textsAt("tenant")(event), "north")
    assert.strictEqual(sumAt("data.parts.rows")(event), 7)
    assert.isUndefined(sumAt("target.id")(event))
  })

  it("makes no million pairs of two lists", () => {
    const list = Array.from({ length: 1000 }, (_, index) => `v-${index}`)
    const pairs = textsAt(["a", "b"])({ a: list, b: list })
    assert.isAtMost(pairs?.length ?? 0, 4096)
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
