import { referenceRoot, vectorLeaves, vectorRoots } from "@countersign/core/testing/MerkleReference"
import * as MerkleProof from "@countersign/core/trail/MerkleProof"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { fromText, isSame, toHex } from "./Bytes.ts"
import { climb, emptyRoot, GrowingTree, isContinued, leafHash } from "./Tree.ts"

const leavesOf = (size: number) =>
  Array.from({ length: size }, (_, index) => leafHash(fromText(`entry ${index}`)))

const hashAtOf =
  (leaves: ReadonlyArray<Uint8Array>): MerkleProof.HashAt =>
  (level, index) =>
    referenceRoot(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))

const flipped = (hash: Uint8Array): Uint8Array =>
  hash.map((byte, at) => (at === 7 ? byte ^ 1 : byte))

const size = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 300 }))

describe("the tree, as the page computes it", () => {
  it("has the roots that Certificate Transparency has published", () => {
    const tree = new GrowingTree()
    assert.strictEqual(
      toHex(emptyRoot),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    )
    assert.deepStrictEqual(tree.root, emptyRoot)
    for (const [index, leaf] of vectorLeaves.entries()) {
      tree.add(leafHash(leaf))
      assert.strictEqual(toHex(tree.root), vectorRoots[index])
    }
  })

  it("agrees with the reference for every size up to 300", () => {
    const tree = new GrowingTree()
    const leaves = leavesOf(300)
    for (const [index, leaf] of leaves.entries()) {
      tree.add(leaf)
      assert.strictEqual(toHex(tree.root), toHex(referenceRoot(leaves.slice(0, index + 1))))
    }
  })

  it.prop(
    "climbs the way that the prover gives, and notices every other one",
    { whole: size, at: size },
    ({ at, whole }) => {
      const index = at % whole
      const leaves = leavesOf(whole)
      const root = referenceRoot(leaves)
      const hashes = MerkleProof.inclusionProof(index, whole, hashAtOf(leaves))
      const leaf = leaves[index] ?? emptyRoot
      const way = climb(leaf, index, whole, hashes)
      assert.deepStrictEqual(way?.root, root)
      assert.strictEqual(way?.steps.length, hashes.length)
      assert.deepStrictEqual(way?.steps.at(-1)?.node ?? root, root)
      for (const step of way?.steps ?? []) {
        assert.deepStrictEqual(step.node, referenceRoot(leaves.slice(step.from, step.to)))
      }
      assert.notDeepEqual(climb(flipped(leaf), index, whole, hashes)?.root, root)
      for (const [place, hash] of hashes.entries()) {
        assert.notDeepEqual(
          climb(leaf, index, whole, hashes.with(place, flipped(hash)))?.root,
          root,
        )
      }
      assert.isUndefined(climb(leaf, index, whole, [...hashes, root]))
      assert.isUndefined(climb(leaf, whole, whole, hashes))
      if (whole > 1)
        assert.notDeepEqual(climb(leaf, (index + 1) % whole, whole, hashes)?.root, root)
    },
    { arbitrary: { runs: 60 } },
  )

  it.prop(
    "believes the prover that a tree continues another, and nobody else",
    { one: size, other: size },
    ({ one, other }) => {
      const [older, newer] = one < other ? [one, other] : [other, one]
      const leaves = leavesOf(newer)
      const [before, after] = [referenceRoot(leaves.slice(0, older)), referenceRoot(leaves)]
      const hashes = MerkleProof.consistencyProof(older, newer, hashAtOf(leaves))
      assert.isTrue(isContinued(older, newer, before, after, hashes))
      assert.isFalse(isContinued(older, newer, flipped(before), after, hashes))
      assert.isFalse(isContinued(older, newer, before, flipped(after), hashes))
      assert.isFalse(isContinued(older, newer, before, after, [...hashes, before]))
      for (const [place, hash] of hashes.entries()) {
        assert.isFalse(isContinued(older, newer, before, after, hashes.with(place, flipped(hash))))
        assert.isFalse(isContinued(older, newer, before, after, hashes.toSpliced(place, 1)))
      }
      if (older < newer) assert.isFalse(isContinued(newer, older, after, before, hashes))
    },
    { arbitrary: { runs: 60 } },
  )

  it("lets every tree continue the empty one", () => {
    const root = referenceRoot(leavesOf(5))
    assert.isTrue(isContinued(0, 5, emptyRoot, root, []))
    assert.isFalse(isContinued(0, 5, root, root, []))
    assert.isFalse(isSame(emptyRoot, root))
  })
})
