import { assert, describe, it } from "@effect/vitest"
import { fuzzWatched } from "./Watchdog.ts"

const module = new URL("./PlantedTargets.ts", import.meta.url).href
const fuzzed = (target: string, hangMillis = 10_000) =>
  fuzzWatched({ module, target, seconds: 3, seed: 1, hangMillis, mebibytesMax: 64 })

describe("fuzzWatched", () => {
  it("reports the input whose reader does not return", async () => {
    const { findings } = await fuzzed("stuck", 1_000)
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
  it.each([
    ["hoarding", /ERR_WORKER_OUT_OF_MEMORY/],
    ["bloated", /holds more than 67108864 bytes in buffers/],
  ])("reports the input that takes too much memory (%s)", async (target, said) => {
    const { findings } = await fuzzed(target)
    assert.isAtLeast(findings.length, 1)
    for (const { input, stack } of findings) {
      assert.notStrictEqual(input[0], 110)
      assert.match(stack, said)
    }
  })
  it("charges a target with no memory but that of its own thread", async () => {
    const elsewhere = Buffer.alloc(2 ** 27, 1)
    const { findings } = await fuzzed("sane")
    assert.deepStrictEqual(findings, [])
    assert.isAbove(elsewhere.length, 2 ** 26)
  })
  it("counts what a thread has tried that came to its end", async () => {
    const { accepted, findings, tried } = await fuzzed("sane")
    assert.deepStrictEqual(findings, [])
    assert.isAbove(tried, 1_000)
    assert.strictEqual(accepted, tried)
  })
})
