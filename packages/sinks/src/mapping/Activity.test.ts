import { assert, describe, it } from "@effect/vitest"
import { records } from "../testing/RecordFixture.ts"
import { activityOf } from "./Activity.ts"

describe("Activity", () => {
  it("is what the action names, in any case", () => {
    const [record] = records
    if (record === undefined) return
    const of = (action?: string) =>
      activityOf({ ...record.event, ...(action === undefined ? {} : { action }) })
    assert.strictEqual(of("READ"), "read")
    assert.strictEqual(of("export"), "read")
    assert.strictEqual(of("Login"), "login")
    assert.strictEqual(of("APPROVE"), "other")
    assert.strictEqual(of("__proto__"), "other")
    assert.strictEqual(of("constructor"), "other")
    assert.strictEqual(of(), "other")
  })
})
