import { assert, describe, it } from "@effect/vitest"
import type { EngineOptions } from "../engine/EngineOptions.ts"
import { type AuditConfig, configFields } from "./AuditConfig.ts"

describe("AuditConfig", () => {
  it("is what an engine needs to know", () => {
    const optionsOf = (config: AuditConfig): EngineOptions => config
    assert.isFunction(optionsOf)
  })

  it("says of every field what it means, what it must be and which variable it has", () => {
    assert.isAbove(configFields.length, 40)
    for (const field of configFields) {
      assert.match(field.meaning, /^[A-Z`].*\.$/s, field.path)
      assert.notStrictEqual(field.expected, "", field.path)
      assert.match(field.variable, /^COUNTERSIGN(?:_[A-Z0-9]+)+$/, field.path)
    }
  })

  it("makes another variable from every path", () => {
    const variables = configFields.map((field) => field.variable)
    assert.strictEqual(new Set(variables).size, configFields.length)
    assert.include(variables, "COUNTERSIGN_LIMITS_EVENT_BYTES_MAX")
    assert.include(variables, "COUNTERSIGN_HEARTBEAT_MILLIS")
  })
})
