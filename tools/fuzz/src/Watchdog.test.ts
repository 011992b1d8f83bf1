import { assert, describe, it } from "@effect/vitest"
import { fuzzWatched } from "./Watchdog.ts"

const module = new URL("./PlantedTargets.ts", import.meta.url).href
const fuzzed = (target: string) =>
  fuzzWatched({ module, target, seconds: 3, seed: 1, hangMillis: 1_000 })

describe("fuzzWatched", () => {
  it("reports the input whose reader does not return", async () => {
    const { findings } = await fuzzed("stuck")
    assert.isAtLeast(findings.length, 1)
    for (const { input, stack } of findings) {
      assert.notStrictEqual(input[0], 110)
      assert.match(stack, /did not return within 1000 ms/)
    }
  })
  it("reports the input that ends its thread", async () => {
    const { findings } = await fuzzed("exiting")
    assert.isAtLeast(findings.length, 1)
    for (const { input, stack } of findings) {
      assert.notStrictEqual(input[0], 110)
      assert.match(stack, /ended its thread/)
    }
  })
  it("counts what a thread has tried that came to its end", async () => {
    const { accepted, findings, tried } = await fuzzed("sane")
    assert.deepStrictEqual(findings, [])
    assert.isAbove(tried, 1_000)
    assert.strictEqual(accepted, tried)
  })
})
