import { assert, describe, it } from "@effect/vitest"
import { hashBytes, leafHash, TreeHead } from "./MerkleTree.ts"
import { RootHasher } from "./RootHasher.ts"

describe("RootHasher", () => {
  it("gives the root of each width of a tile, one after the other", () => {
    const hasher = new RootHasher()
    const head = new TreeHead()
    const leaves = Buffer.alloc(256 * hashBytes)
    for (let count = 1; count <= 256; count += 1) {
      const at = (count - 1) * hashBytes
      leaves.set(leafHash(Buffer.from(`${count}`)), at)
      head.append(leaves, at)
      leaves.copy(hasher.hashes)
      hasher.reduce(count)
      assert.deepStrictEqual(
        Buffer.from(hasher.hashes.subarray(0, hashBytes)),
        Buffer.from(head.root()),
        `${count} hashes`,
      )
    }
  })

  it("refuses more than a tile", () => {
    assert.throws(() => new RootHasher().reduce(258), RangeError)
  })
})
