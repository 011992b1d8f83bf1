import { assert, describe, it } from "@effect/vitest"
import { bothKernels } from "../testing/BothKernels.ts"
import { Arena } from "./Arena.ts"

describe("an arena", () => {
  it("has memory that no other arena has, though both were given the same kernels", () => {
    for (const kernels of bothKernels()) {
      const one = new Arena(kernels)
      const address = one.place(Uint8Array.of(1, 2, 3))
      const other = new Arena(kernels)
      assert.strictEqual(other.place(Uint8Array.of(9, 9, 9)), address)
      assert.deepStrictEqual([...one.bytes(address, 3)], [1, 2, 3])
      assert.strictEqual(other.kernels.kind, kernels.kind)
      assert.notStrictEqual(new Arena(kernels).kernels.memory, other.kernels.memory)
    }
  })
})
