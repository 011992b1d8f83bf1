import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { Sampler, type SamplerOptions } from "./Sampler.ts"

const minute = 60_000
const noon = Date.parse("2026-11-21T12:00:00.000Z")
const options: SamplerOptions = {
  rate: 0.25,
  rateMin: 0.01,
  rateMax: 1,
  adaptive: false,
  targetOverhead: 0.05,
  windowMillis: minute,
}
const key = createHash("sha256").update("sampler").digest()
const ids = Array.from({ length: 10_000 }, (_, index) => `event-${index}`)
const keptOf = (sampler: Sampler): ReadonlyArray<string> => ids.filter((id) => sampler.keeps(id))

describe("Sampler", () => {
  it("counts what it keeps and skips, window by window", () => {
    const sampler = new Sampler(options, key)
    const kept = keptOf(sampler).length
    const window = sampler.closeWindow(noon)
    assert.deepStrictEqual(window, {
      policy: "fixed",
      rate: 0.25,
      kept,
      skipped: ids.length - kept,
      from: "2026-11-21T11:59:00.000Z",
      to: "2026-11-21T12:00:00.000Z",
    })
    assert.approximately(kept, 2500, 50)
    const next = sampler.closeWindow(noon + minute)
    assert.deepStrictEqual([next.kept, next.skipped], [0, 0])
    assert.strictEqual(next.from, window.to)
    assert.strictEqual(next.to, "2026-11-21T12:01:00.000Z")
  })

  it("has one rate in a window: an observation shows in the next", () => {
    const sampler = new Sampler({ ...options, adaptive: true, rate: 1 }, key)
    sampler.observeOverhead(0.2)
    assert.strictEqual(sampler.rate, 1)
    assert.strictEqual(keptOf(sampler).length, ids.length)
    const window = sampler.closeWindow(noon)
    assert.strictEqual(window.rate, 1)
    assert.strictEqual(window.policy, "adaptive 0.01 to 1")
    assert.approximately(sampler.rate, 0.2125, 1e-6)
    assert.approximately(keptOf(sampler).length / ids.length, 0.2125, 0.01)
  })

  it("does not follow the overhead when it is not adaptive", () => {
    const sampler = new Sampler(options, key)
    sampler.observeOverhead(1)
    sampler.closeWindow(noon)
    assert.strictEqual(sampler.rate, 0.25)
  })

  it("stays below a ceiling, fixed or adaptive, until it is lifted", () => {
    const fixed = new Sampler(options, key)
    fixed.limit(0.1)
    assert.approximately(fixed.rate, 0.1, 1e-6)
    fixed.limit(0.5)
    assert.strictEqual(fixed.rate, 0.25)
    const adaptive = new Sampler({ ...options, adaptive: true, rate: 1 }, key)
    adaptive.limit(0.5)
    assert.strictEqual(adaptive.rate, 0.5)
    adaptive.reconfigure({ ...options, adaptive: true, rate: 0.75 })
    assert.strictEqual(adaptive.rate, 0.5)
    adaptive.limit(0.0001)
    assert.approximately(adaptive.rate, options.rateMin, 1e-6)
    adaptive.limit(1)
    assert.approximately(adaptive.rate, options.rateMin, 1e-6, "it rises step by step")
    for (let window = 0; window < 3; window++) {
      adaptive.observeOverhead(0)
      adaptive.closeWindow(noon)
    }
    assert.approximately(adaptive.rate, options.rateMin * 1.25, 1e-6)
  })

  it("begins within the bounds when it is adaptive, and as told when it is not", () => {
    const bounds = { rateMin: 0.5, rateMax: 0.75 }
    assert.strictEqual(new Sampler({ ...options, ...bounds, adaptive: true }, key).rate, 0.5)
    assert.strictEqual(new Sampler({ ...options, ...bounds }, key).rate, 0.25)
  })

  it("repeats its decisions in a replay under the same secret, and under no other", () => {
    const first = keptOf(new Sampler(options, key))
    assert.deepStrictEqual(keptOf(new Sampler(options, key)), first)
    assert.notDeepEqual(keptOf(new Sampler(options)), first)
    assert.notDeepEqual(keptOf(new Sampler(options)), keptOf(new Sampler(options)))
  })

  it("takes other options while it runs, and keeps an adapted rate", () => {
    const sampler = new Sampler({ ...options, adaptive: true, rate: 1 }, key)
    sampler.observeOverhead(0.2)
    sampler.closeWindow(noon)
    const adapted = sampler.rate
    sampler.reconfigure({ ...options, adaptive: true, rate: 1, targetOverhead: 0.1 })
    assert.strictEqual(sampler.rate, adapted)
    sampler.reconfigure({ ...options, adaptive: true, rate: 0.5 })
    assert.strictEqual(sampler.rate, 0.5)
    sampler.reconfigure({ ...options, rate: 0.125 })
    assert.strictEqual(sampler.rate, 0.125)
  })

  it("says a time even when the clock is out of every range", () => {
    assert.strictEqual(new Sampler(options).closeWindow(-1).to, "1970-01-01T00:00:00.000Z")
    assert.strictEqual(new Sampler(options).closeWindow(1e20).to, "+275760-09-13T00:00:00.000Z")
  })
})
