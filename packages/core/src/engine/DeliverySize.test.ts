import { assert, describe, it } from "@effect/vitest"
import { DeliverySize } from "./DeliverySize.ts"

const make = () => new DeliverySize({ recordsMax: 4096, bytesMax: 1_048_576 }, 1000)

describe("DeliverySize", () => {
  it("begins with all that the sink may have", () => {
    assert.deepStrictEqual(make().limits, { recordsMax: 4096, bytesMax: 1_048_576 })
  })

  it("halves at each failure, down to a floor that still moves something", () => {
    const size = make()
    size.failed()
    assert.deepStrictEqual(size.limits, { recordsMax: 2048, bytesMax: 524_288 })
    for (let times = 0; times < 100; times++) size.failed()
    assert.deepStrictEqual(size.limits, { recordsMax: 16, bytesMax: 4096 })
    const small = new DeliverySize({ recordsMax: 5, bytesMax: 10 }, 1000)
    for (let times = 0; times < 100; times++) small.failed()
    assert.deepStrictEqual(small.limits, { recordsMax: 1, bytesMax: 1 })
  })

  it("grows by a step with each full delivery that was quick, and never beyond the most", () => {
    const size = make()
    size.failed()
    size.took(1000, true)
    assert.strictEqual(size.limits.recordsMax, 2560)
    for (let times = 0; times < 100; times++) size.took(1, true)
    assert.strictEqual(size.limits.recordsMax, 4096)
  })

  it("learns nothing from a delivery that was quick because it was small", () => {
    const size = make()
    size.failed()
    size.took(1, false)
    assert.strictEqual(size.limits.recordsMax, 2048)
  })

  it("shrinks by a quarter when a delivery is slow, full or not", () => {
    const size = make()
    size.took(1001, false)
    assert.strictEqual(size.limits.recordsMax, 3072)
  })

  it("settles where a sink takes as long as it may", () => {
    const size = make()
    const seen = Array.from({ length: 200 }, () => {
      const { recordsMax } = size.limits
      size.took(recordsMax, true)
      return recordsMax
    })
    for (const recordsMax of seen.slice(20)) assert.isTrue(recordsMax > 700 && recordsMax <= 1536)
  })

  it("tries a sink that may be back with few records", () => {
    assert.deepStrictEqual(make().probe, { recordsMax: 16, bytesMax: 1_048_576 })
  })
})
