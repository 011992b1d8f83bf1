import { assert, describe, it } from "@effect/vitest"
import { type FoundEvent, History } from "./History.ts"

const event = (sequence: number, id: string, type = "load.event.written"): FoundEvent => ({
  sequence,
  id,
  type,
  time: 0,
})

const historyOf = (...events: ReadonlyArray<FoundEvent>): History => {
  const history = new History()
  history.add(0, [{ sequence: 0, id: "0-0" }], 5, events)
  return history
}

describe("History", () => {
  it("finds what was acknowledged at its sequence", () => {
    const { found, invented, lost } = historyOf(event(0, "0-0"), event(1, "0-4"))
    assert.deepStrictEqual({ found, invented, lost }, { found: 1, invented: 0, lost: 0 })
  })
  it("counts as lost what is absent or at another sequence", () => {
    assert.strictEqual(historyOf().lost, 1)
    assert.strictEqual(historyOf(event(1, "0-0")).lost, 1)
  })
  it("counts as invented an id that no process has issued", () => {
    assert.strictEqual(historyOf(event(0, "0-0"), event(1, "0-5")).invented, 1)
    assert.strictEqual(historyOf(event(0, "0-0"), event(1, "7-0")).invented, 1)
    assert.strictEqual(historyOf(event(0, "0-0"), event(1, "a", "other.event.type")).invented, 1)
  })
  it("counts an event that is there twice", () => {
    assert.strictEqual(historyOf(event(0, "0-0"), event(1, "0-0")).duplicated, 1)
  })
  it("counts what is out of order within a class", () => {
    assert.strictEqual(historyOf(event(0, "0-0"), event(1, "0-4"), event(2, "0-2")).disordered, 1)
    assert.strictEqual(historyOf(event(0, "0-0"), event(1, "0-3"), event(2, "0-2")).disordered, 0)
  })
})
