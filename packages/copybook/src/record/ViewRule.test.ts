import { assert, describe, it } from "@effect/vitest"
import type { FieldValue } from "../field/CodecShape.ts"
import { holds, pathsOf, type ViewCondition } from "./ViewRule.ts"

const values: Record<string, FieldValue | null> = {
  TEXT: "A  ",
  LOW: "\0 A\0\0",
  NUMBER: 12.5,
  WIDE: "12345678901234567890.50",
  EXACT: { unscaled: 1250n, scale: 2 },
  BYTES: Uint8Array.of(0xc1),
  BLANK: "",
  NONE: null,
}

const isTrue = (condition: ViewCondition): boolean =>
  holds(condition, (path) => values[path] ?? null)

describe("ViewRule", () => {
  it("compares numbers as numbers and texts without blanks around them", () => {
    assert.isTrue(isTrue({ field: "TEXT", equals: "A" }))
    assert.isFalse(isTrue({ field: "TEXT", equals: "a" }))
    assert.isTrue(isTrue({ field: "NUMBER", equals: "12.50" }))
    assert.isTrue(isTrue({ field: "EXACT", equals: 12.5 }))
    assert.isFalse(isTrue({ field: "EXACT", equals: "x" }))
    assert.isFalse(isTrue({ field: "WIDE", equals: 12 }))
    assert.isTrue(isTrue({ field: "BYTES", equals: "c1" }))
    assert.isFalse(isTrue({ field: "TEXT", equals: 1 }))
  })

  it("compares texts without low-values around them", () => {
    assert.isTrue(isTrue({ field: "LOW", equals: "A" }))
    assert.isTrue(isTrue({ field: "TEXT", in: ["B", "A\0"] }))
    assert.isFalse(isTrue({ field: "LOW", equals: "\0B" }))
  })

  it("knows fields without a value", () => {
    assert.isTrue(isTrue({ field: "NONE", equals: null }))
    assert.isTrue(isTrue({ field: "BLANK", in: [1, null] }))
    assert.isFalse(isTrue({ field: "NONE", equals: "" }))
    assert.isFalse(isTrue({ field: "TEXT", equals: null }))
  })

  it("bounds numbers, and knows how texts begin", () => {
    assert.isTrue(isTrue({ field: "NUMBER", from: 12.5, to: 12.5 }))
    assert.isFalse(isTrue({ field: "NUMBER", from: 12.51 }))
    assert.isFalse(isTrue({ field: "NUMBER", to: 12.49 }))
    assert.isTrue(isTrue({ field: "EXACT", to: 13 }))
    assert.isTrue(isTrue({ field: "WIDE", from: 12 }))
    for (const field of ["TEXT", "BYTES", "BLANK", "NONE"]) {
      assert.isFalse(isTrue({ field, from: 0 }), field)
      assert.isFalse(isTrue({ field, to: 1e9 }), field)
    }
    assert.isTrue(isTrue({ field: "LOW", startsWith: "A" }))
    assert.isFalse(isTrue({ field: "TEXT", startsWith: "AB" }))
    assert.isFalse(isTrue({ field: "NUMBER", startsWith: "1" }))
    assert.isFalse(isTrue({ field: "NONE", startsWith: "" }))
  })

  it("joins conditions", () => {
    const one = { field: "TEXT", equals: "A" } as const
    const other = { field: "NUMBER", equals: 1 } as const
    assert.isFalse(isTrue({ and: [one, other] }))
    assert.isTrue(isTrue({ or: [one, other] }))
    assert.isTrue(isTrue({ and: [one, { not: other }] }))
    assert.deepStrictEqual(pathsOf({ or: [one, { not: { and: [other] } }] }), ["TEXT", "NUMBER"])
  })
})
