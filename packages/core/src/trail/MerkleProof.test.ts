import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { referenceRoot, vectorLeaves, vectorRoots } from "../testing/MerkleReference.ts"
import {
  consistencyProof,
  type HashAt,
  inclusionProof,
  rootAt,
  verifyConsistency,
  verifyInclusion,
} from "./MerkleProof.ts"
import { emptyRoot, leafHash } from "./MerkleTree.ts"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const hashAtOf =
  (leaves: ReadonlyArray<Uint8Array>): HashAt =>
  (level, index) => {
    const end = (index + 1) * 2 ** level
    assert.isAtMost(end, leaves.length, "asks for complete subtrees only")
    return referenceRoot(leaves.slice(index * 2 ** level, end))
  }
const numbered = (count: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`entry ${index}`)))
const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at % bytes.length ? byte ^ 1 : byte))
const whole = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))

const vectorAt = hashAtOf(vectorLeaves.map((leaf) => leafHash(leaf)))

// From the same tests.
const publishedPaths: ReadonlyArray<readonly [number, number, ReadonlyArray<string>]> = [
  [0, 1, []],
  [
    0,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    5,
    8,
    [
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]],
  [
    1,
    5,
    [
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
]
const publishedGrowth: ReadonlyArray<readonly [number, number, ReadonlyArray<string>]> = [
  [1, 1, []],
  [
    1,
    8,
    [
      "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
  ],
  [
    6,
    8,
    [
      "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
  ],
  [
    2,
    5,
    [
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
  ],
]

describe("MerkleProof", () => {
  it("makes the published inclusion proofs", () => {
    for (const [index, size, path] of publishedPaths) {
      assert.deepStrictEqual(inclusionProof(index, size, vectorAt).map(hex), path)
    }
  })

  it("makes the published consistency proofs", () => {
    for (const [oldSize, newSize, path] of publishedGrowth) {
      assert.deepStrictEqual(consistencyProof(oldSize, newSize, vectorAt).map(hex), path)
      const roots = [oldSize, newSize].map((size) =>
        Buffer.from(vectorRoots[size - 1] ?? "", "hex"),
      )
      const [oldRoot = emptyRoot, newRoot = emptyRoot] = roots
      const proof = path.map((text) => Buffer.from(text, "hex"))
      assert.isTrue(verifyConsistency(oldSize, newSize, oldRoot, newRoot, proof))
    }
  })

  it.prop(
    "proves every entry, and nothing else",
    { size: whole(300), pick: whole(1e6) },
    ({ pick, size: smaller }) => {
      const size = smaller + 1
      const leaves = numbered(size)
      const index = pick % size
      const leaf = leaves[index] ?? emptyRoot
      const hashAt = hashAtOf(leaves)
      const root = rootAt(size, hashAt)
      assert.strictEqual(hex(root), hex(referenceRoot(leaves)))
      const proof = inclusionProof(index, size, hashAt)
      assert.isTrue(verifyInclusion(leaf, index, size, proof, root))

      assert.isFalse(verifyInclusion(flipped(leaf, pick), index, size, proof, root))
      assert.isFalse(verifyInclusion(leaf, index, size, proof, flipped(root, pick)))
      assert.isFalse(verifyInclusion(leaf, index, size, [...proof, root], root))
      assert.isFalse(verifyInclusion(leaf, size, size, proof, root))
      if (size > 1) {
        assert.isFalse(verifyInclusion(leaf, (index + 1) % size, size, proof, root))
        assert.isFalse(verifyInclusion(leaf, index, size, proof.slice(1), root))
      }
      for (const position of proof.keys()) {
        const bad = proof.map((hash, at) => (at === position ? flipped(hash, pick) : hash))
        assert.isFalse(verifyInclusion(leaf, index, size, bad, root))
      }
    },
  )

  it.prop(
    "proves every growth, and nothing else",
    { old: whole(150), more: whole(150) },
    ({ more, old }) => {
      const leaves = numbered(old + more)
      const hashAt = hashAtOf(leaves)
      const oldRoot = rootAt(old, hashAt)
      const newRoot = rootAt(old + more, hashAt)
      const proof = consistencyProof(old, old + more, hashAt)
      assert.isTrue(verifyConsistency(old, old + more, oldRoot, newRoot, proof))

      const bad = flipped(oldRoot, more)
      assert.isFalse(verifyConsistency(old, old + more, bad, newRoot, proof))
      assert.isFalse(verifyConsistency(old + 1, old, oldRoot, newRoot, proof))
      assert.isFalse(verifyConsistency(old, old + more, oldRoot, newRoot, [...proof, oldRoot]))
      if (old > 0) {
        assert.isFalse(verifyConsistency(old, old + more, oldRoot, flipped(newRoot, old), proof))
      }
      for (const position of proof.keys()) {
        const wrong = proof.map((hash, at) => (at === position ? flipped(hash, old) : hash))
        assert.isFalse(verifyConsistency(old, old + more, oldRoot, newRoot, wrong))
        const short = proof.filter((_, at) => at !== position)
        assert.isFalse(verifyConsistency(old, old + more, oldRoot, newRoot, short))
      }
    },
  )

  it("proves nothing outside the tree, and refuses sizes that are no whole numbers", () => {
    assert.isEmpty(inclusionProof(8, 8, vectorAt))
    assert.isEmpty(inclusionProof(-1, 8, vectorAt))
    assert.isEmpty(consistencyProof(0, 8, vectorAt))
    assert.isFalse(verifyInclusion(emptyRoot, 0.5, 8, [], emptyRoot))
    assert.isFalse(verifyConsistency(-1, 8, emptyRoot, emptyRoot, []))
    assert.isFalse(verifyConsistency(Number.NaN, 8, emptyRoot, emptyRoot, []))
  })
})
