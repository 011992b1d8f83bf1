import { assert, describe, it } from "@effect/vitest"
import { catchUpMillis, Milestones, RateMeter } from "./CatchUp.ts"

describe("RateMeter", () => {
  it("shows the mean of the last ten seconds, and forgets what is older", () => {
    const meter = new RateMeter()
    assert.strictEqual(meter.perSecond(5000), 0)
    for (let second = 0; second < 30; second++) meter.add(500, second * 1000)
    assert.strictEqual(meter.perSecond(30_000), 500)
    assert.strictEqual(meter.perSecond(35_000), 222.22222222222223)
    assert.strictEqual(meter.perSecond(60_000), 0)
  })

  it("takes a burst at the beginning for no more than a second of it", () => {
    const meter = new RateMeter()
    meter.add(100, 10)
    assert.strictEqual(meter.perSecond(11), 100)
  })
})

describe("Milestones", () => {
  it("tells when a record was durable; of those before the opening only that they are as old", () => {
    const marks = new Milestones(10, 1000)
    assert.strictEqual(marks.at(3), 1000)
    marks.grew(12, 2000)
    marks.grew(15, 3000)
    assert.deepStrictEqual(
      [9, 10, 11, 12, 14].map((sequence) => marks.at(sequence)),
      [1000, 2000, 2000, 3000, 3000],
    )
  })

  it("keeps few marks, and shows no record younger than it is", () => {
    const marks = new Milestones(0, 0)
    for (let end = 1; end <= 10_000; end++) marks.grew(end, end)
    for (let sequence = 0; sequence < 10_000; sequence++) {
      assert.isAtMost(marks.at(sequence), sequence + 1)
    }
    for (const sequence of [1000, 5000, 9000, 9999]) {
      assert.isAbove(marks.at(sequence), sequence - 400)
    }
    assert.isAtMost(marks["marks"].length, 129)
    marks.forget(10_000)
    assert.isEmpty(marks["marks"])
    marks.grew(10_001, 10_500)
    assert.strictEqual(marks.at(10_000), 10_500)
  })
})

describe("catchUpMillis", () => {
  it("is lag by what the sink takes more than the trail grows", () => {
    assert.strictEqual(catchUpMillis(0, 0, 10), 0)
    assert.strictEqual(catchUpMillis(1000, 300, 100), 5000)
    assert.isUndefined(catchUpMillis(1000, 100, 100))
  })
})
