import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { converted } from "./NetworkSink.ts"

const batchOf = (count: number) => ({
  trail: "clinic.example/audit",
  firstSequence: 7,
  entries: Array.from({ length: count }, () => new Uint8Array()),
  bytes: 0,
})

describe("NetworkSink", () => {
  it.live("converts no more than 32 records in one turn of the application's loop", () =>
    Effect.gen(function* () {
      let turn = 0
      let isOver = false
      const count = (): void => {
        turn += 1
        if (!isOver) setImmediate(count)
      }
      setImmediate(count)
      const turns = new Map<number, number>()
      const sequences = yield* converted(batchOf(200), (sequence) => {
        turns.set(turn, (turns.get(turn) ?? 0) + 1)
        return sequence
      })
      isOver = true
      assert.deepStrictEqual(
        sequences,
        Array.from({ length: 200 }, (_, index) => 7 + index),
      )
      assert.deepStrictEqual([...turns.values()], [32, 32, 32, 32, 32, 32, 8])
    }),
  )
})
