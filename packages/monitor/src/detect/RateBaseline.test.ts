import { assert, describe, it } from "@effect/vitest"
import { RateBaseline } from "./RateBaseline.ts"
import { SlotTable } from "./SlotTable.ts"

const make = (halfLife = 10) => {
  const table = new SlotTable(8)
  const rates = new RateBaseline(table, 1, halfLife)
  const row = table.rowOf(0)
  let at = 1000
  /** One period for each count. */
  const feed = (...counts: ReadonlyArray<number>) => {
    for (const count of counts) {
      for (let event = 0; event < count; event += 1) rates.add(row, at)
      at += 1
    }
  }
  return { feed, rates, row, usual: () => rates.usual(row) }
}

const repeated = (count: number, times: number) => Array.from({ length: times }, () => count)

describe("RateBaseline", () => {
  it("learns a rate, and forgets it again", () => {
    const { feed, usual } = make()
    feed(...repeated(20, 40), 1)
    assert.approximately(usual().mean, 20, 0.5)
    feed(...repeated(2, 60), 1)
    assert.approximately(usual().mean, 2, 0.5)
    feed(...repeated(20, 60), 1)
    assert.approximately(usual().mean, 20, 0.5)
  })

  it("weighs half after the half-life", () => {
    const { feed, usual } = make(5)
    feed(...repeated(64, 50), 1)
    const before = usual().mean
    feed(...repeated(0, 4), 1)
    // The periods of one event and of none before this one: five in all.
    assert.approximately(usual().mean, before / 2, 1)
  })

  it("takes periods without an event as one step, as if each had been taken", () => {
    const { rates, row, usual } = make()
    for (let period = 0; period < 20; period += 1) {
      for (let event = 0; event <= period % 3; event += 1) rates.add(row, 1000 + period)
    }
    const keep = 2 ** (-1 / 10)
    let { deviation: _, mean } = usual()
    rates.add(row, 1020)
    const started = usual()
    let variance = started.deviation ** 2
    mean = started.mean
    rates.add(row, 1031)
    // The period of one event, then ten of none.
    for (const count of [1, ...repeated(0, 10)]) {
      const step = (1 - keep) * (count - mean)
      variance = keep * (variance + step * (count - mean))
      mean += step
    }
    assert.approximately(usual().mean, mean, 1e-9)
    assert.strictEqual(usual().periods, 31)
  })

  it("is not taught an attack in one go", () => {
    const { feed, rates, row, usual } = make()
    feed(...repeated(10, 30), 400, 1)
    assert.isBelow(usual().mean, 12)
    feed(100)
    assert.isAbove(rates.score(row), 10)
  })

  it("knows nothing before it has seen enough periods", () => {
    const { feed, rates, row } = make()
    feed(1, 1, 1, 1)
    assert.isFalse(rates.hasLearned(row, 4))
    feed(1)
    assert.isTrue(rates.hasLearned(row, 4))
  })
})
