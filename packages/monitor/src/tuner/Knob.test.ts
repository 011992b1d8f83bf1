import { configFields } from "@countersign/core/config/AuditConfig"
import { livePaths } from "@countersign/core/config/ConfigChange"
import { assert, describe, it } from "@effect/vitest"
import { configKnobs, doublings, type Knob, knobValues, relieved, returned } from "./Knob.ts"

const knob = (path: string): Knob => {
  const found = configKnobs.find((one) => one.path === path)
  return found ?? assert.fail(path)
}
const interval = knob("checkpoint.intervalMillis")
const bundles = knob("archive.bundlesPerSecondMax")
const rate = knob("sampling.rate")

describe("knobs", () => {
  it("are fields that take effect while an engine runs, and write themselves", () => {
    for (const { path, write } of configKnobs) {
      assert.isTrue(livePaths.has(path), path)
      const [section = "", field = ""] = path.split(".")
      assert.deepStrictEqual(write(7), { [section]: { [field]: 7 } })
      assert.isTrue(configFields.some((one) => one.path === path))
    }
  })

  it("go a step towards relief, and no further than their bounds and their reach", () => {
    assert.strictEqual(relieved(interval, 1000, 1000), 2000)
    assert.strictEqual(relieved(interval, 7000, 1000), 8000)
    assert.strictEqual(relieved(interval, 8000, 1000), 8000)
    assert.strictEqual(relieved(interval, 8000, 8000), 10_000)
    assert.strictEqual(relieved(interval, 60_000, 60_000), 60_000)
    assert.strictEqual(relieved(bundles, 5, 10), 2)
    assert.strictEqual(relieved(bundles, 1, 1), 1)
    assert.strictEqual(relieved(rate, 1, 1), 0.5)
    assert.strictEqual(relieved(rate, 0.125, 1), 0.125)
    assert.strictEqual(relieved(rate, 0.005, 0.005), 0.005)
  })

  it("go back a step, and never beyond what was configured", () => {
    assert.strictEqual(returned(interval, 8000, 1000), 4000)
    assert.strictEqual(returned(interval, 1500, 1000), 1000)
    assert.strictEqual(returned(bundles, 5, 10), 10)
    assert.strictEqual(returned(bundles, 8, 10), 10)
    assert.strictEqual(returned(rate, 0.25, 1), 0.5)
    assert.strictEqual(doublings(8, 2), 2)
  })

  it("are not to be had where another controller holds them, or there is nothing to turn", () => {
    const values = (more: ReadonlyArray<readonly [string, number | boolean]>) =>
      knobValues(
        configKnobs,
        new Map<string, number | boolean>([
          ["sampling.rate", 0.5],
          ["sampling.adaptive", false],
          ["archive.compress", false],
          ["archive.bundlesPerSecondMax", 10],
          ...more,
        ]),
      )
    assert.deepStrictEqual([...values([])], [["sampling.rate", 0.5]])
    assert.isEmpty(values([["sampling.adaptive", true]]))
    assert.isEmpty(values([["sampling.rate", 0]]))
  })
})
