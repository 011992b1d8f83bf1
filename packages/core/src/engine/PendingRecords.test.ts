import { assert, describe, it } from "@effect/vitest"
import { type Outcome, PendingRecords } from "./PendingRecords.ts"

const setup = () => {
  const pending = new PendingRecords()
  const outcomes: Array<Outcome> = []
  const add = (level: "durable" | "published", deadlineMillis = Infinity) =>
    pending.add({
      class: "critical",
      level,
      deadlineMillis,
      done: (outcome) => outcomes.push(outcome),
    })
  return { pending, outcomes, add }
}

describe("PendingRecords", () => {
  it("ends a wait for `durable` when the event is durable", () => {
    const { add, outcomes, pending } = setup()
    const wait = add("durable")
    assert.strictEqual(pending.size, 1)
    wait.durable(7)
    assert.deepStrictEqual(outcomes, [{ _tag: "Reached", sequence: 7 }])
    assert.strictEqual(pending.size, 0)
  })

  it("ends a wait for `published` only when the event is published", () => {
    const { add, outcomes } = setup()
    const wait = add("published")
    wait.durable(7)
    assert.isEmpty(outcomes)
    wait.published(7)
    assert.deepStrictEqual(outcomes, [{ _tag: "Reached", sequence: 7 }])
  })

  it("tells each wait how it ended once, whatever comes after", () => {
    const ends: ReadonlyArray<(wait: ReturnType<ReturnType<typeof setup>["add"]>) => void> = [
      (wait) => wait.durable(1),
      (wait) => wait.published(2),
      (wait) => wait.lost("why"),
      (wait) => wait.expire(),
    ]
    for (const first of ends) {
      const { add, outcomes } = setup()
      const wait = add("durable")
      first(wait)
      const [outcome] = outcomes
      for (const later of ends) later(wait)
      assert.deepStrictEqual(outcomes, [outcome])
    }
  })

  it("ends the waits whose deadline has come, and no others", () => {
    const { add, outcomes, pending } = setup()
    add("durable", 100)
    add("published", 101)
    add("durable")
    pending.sweep(99)
    assert.isEmpty(outcomes)
    pending.sweep(100)
    assert.deepStrictEqual(outcomes, [{ _tag: "Expired" }])
    pending.sweep(1e15)
    assert.strictEqual(outcomes.length, 2)
    assert.strictEqual(pending.size, 1)
  })

  it("ends all waits with the cause when it is abandoned", () => {
    const { add, outcomes, pending } = setup()
    add("durable")
    add("published")
    pending.abandon("the disk is gone")
    const lost: Outcome = { _tag: "Lost", cause: "the disk is gone" }
    assert.deepStrictEqual(outcomes, [lost, lost])
    assert.strictEqual(pending.size, 0)
  })

  it("forgets a wait that is taken back", () => {
    const { add, outcomes, pending } = setup()
    const wait = add("durable")
    assert.isTrue(pending.delete(wait))
    assert.isFalse(pending.delete(wait))
    wait.durable(1)
    assert.isEmpty(outcomes)
  })
})
