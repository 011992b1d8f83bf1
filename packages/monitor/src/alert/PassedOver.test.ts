import { assert, describe, it } from "@effect/vitest"
import { PassedOver } from "./PassedOver.ts"

describe("PassedOver", () => {
  it("counts those without a name in passes alone, in which each comes once", () => {
    const passed = new PassedOver()
    const pass = () => {
      for (let series = 0; series < 1500; series++) passed.take(`${series}`, series >= 900, false)
      passed.endPass()
    }
    pass()
    assert.deepStrictEqual([passed.count, passed.holding], [1500, 600])
    for (let times = 0; times < 10; times++) passed.take("1499", true, true)
    assert.deepStrictEqual([passed.count, passed.holding], [1500, 600])
    pass()
    assert.deepStrictEqual([passed.count, passed.holding], [1500, 600])
    passed.endPass()
    assert.strictEqual(passed.count, 0)
  })
})
