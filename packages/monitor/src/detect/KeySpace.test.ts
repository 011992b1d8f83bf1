import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { KeySpace } from "./KeySpace.ts"

describe("KeySpace", () => {
  it.prop(
    "keeps the keys that were used last, each in its slot, and says who makes room",
    { uses: Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 9 }))) },
    ({ uses }) => {
      const space = new KeySpace(4)
      const forgotten: Array<string> = []
      space.onForget((slot) => forgotten.push(space.nameOf(slot)))
      /** The keys in the order of their use, the newest last. */
      let model: ReadonlyArray<string> = []
      const gone: Array<string> = []
      for (const use of uses) {
        const key = `k-${use}`
        const others = model.filter((each) => each !== key)
        if (others.length === 4) gone.push(others[0] ?? "")
        model = [...others.slice(-3), key]
        assert.strictEqual(space.nameOf(space.slotOf(key)), key)
        assert.deepStrictEqual(forgotten, gone)
        assert.strictEqual(space.size, model.length)
      }
      const slots = model.map((key) => space.slotOf(key))
      assert.strictEqual(new Set(slots).size, model.length)
      assert.strictEqual(space.forgotten, gone.length)
    },
    { arbitrary: { runs: 300 } },
  )
})
