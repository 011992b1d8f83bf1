import { assert, describe, it } from "@effect/vitest"
import type { LetterRequest } from "./LetterGroups.ts"
import { recordsIn, requestsOfPlan, type SettledPart, settleEach } from "./Settling.ts"

const part = (sink: string, ...sequences: ReadonlyArray<number>): SettledPart => ({
  sink,
  sequences,
  isDone: false,
  bytes: 0,
  gone: [],
  changed: [],
})

describe("deciding about letters", () => {
  it("says what was decided before a request failed, and asks for no more after it", async () => {
    const asked: Array<LetterRequest> = []
    const { failure, parts } = await settleEach(
      [part("a", 1, 2), part("b", 3), part("c", 4)],
      (request) => {
        asked.push(request)
        return request.sink === "b"
          ? Promise.reject(new Error("the connection has ended"))
          : Promise.resolve({ ...part(request.sink, ...request.sequences), isDone: true })
      },
    )
    assert.strictEqual(String(failure?.error), "Error: the connection has ended")
    assert.strictEqual(recordsIn(parts), 2)
    assert.deepStrictEqual(
      asked.map(({ sink }) => sink),
      ["a", "b"],
    )
  })

  it("does what the dry run has said, and nothing else", () => {
    const plan = [
      { ...part("a", 1), gone: [2] },
      { ...part("b"), changed: [7] },
    ]
    assert.deepStrictEqual(requestsOfPlan(plan), [{ sink: "a", sequences: [1] }])
  })
})
