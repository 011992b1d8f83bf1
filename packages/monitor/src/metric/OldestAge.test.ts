import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { OldestAge } from "./OldestAge.ts"

describe("the age of the oldest in a queue", () => {
  it("is 0 while all that was seen leaves before the next look", () => {
    const age = new OldestAge()
    for (let second = 0; second < 10; second++) {
      age.look(second * 1000, second * 100 + 5, second * 100)
      assert.strictEqual(age.seconds(second * 1000 + 500, second * 100 + 5), 0)
    }
  })

  it("grows while the oldest stays, whatever comes behind it", () => {
    const age = new OldestAge()
    age.look(1000, 7, 7)
    age.look(2000, 8, 7)
    age.look(3000, 900, 7)
    assert.strictEqual(age.seconds(60_000, 7), 58)
    assert.strictEqual(age.seconds(60_000, 8), 57)
    assert.strictEqual(age.seconds(60_000, 900), 0)
  })

  it("is not begun anew by a look that sees less, such as what is in somebody's hand", () => {
    const age = new OldestAge()
    age.look(1000, 10, 0)
    age.look(2000, 4, 0)
    age.look(3000, 10, 0)
    assert.strictEqual(age.seconds(4000, 0), 3)
  })

  it("forgets a queue that counts from the start again, or is cleared", () => {
    const age = new OldestAge()
    age.look(1000, 10, 5)
    age.look(2000, 3, 1)
    assert.strictEqual(age.seconds(5000, 1), 3)
    age.clear()
    assert.strictEqual(age.seconds(6000, 1), 0)
  })

  const steps = Schema.Array(
    Schema.Struct({
      come: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 })),
      leave: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 })),
    }),
  )

  it.prop(
    "is never more than it is, and less by no more than the time between two looks",
    { steps },
    ({ steps }) => {
      const age = new OldestAge()
      const queue: Array<number> = []
      let [come, left] = [0, 0]
      for (const [second, step] of steps.entries()) {
        for (let count = 0; count < step.come; count++) queue.push(second)
        come += step.come
        left += queue.splice(0, step.leave).length
        age.look(second * 1000, come, left)
        const real = second - (queue[0] ?? second)
        assert.strictEqual(age.seconds(second * 1000, left), real)
      }
    },
    { arbitrary: { runs: 200, seed: 42 } },
  )

  it("keeps a bounded number of looks, and the first of them", () => {
    const age = new OldestAge()
    for (let second = 0; second < 100_000; second++) age.look(second * 1000, second + 1, 0)
    assert.strictEqual(age.seconds(100_000_000, 0), 100_000)
    assert.approximately(age.seconds(100_000_000, 50_000), 50_000, 1000)
  })
})
