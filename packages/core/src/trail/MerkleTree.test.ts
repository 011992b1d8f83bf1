import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { referenceRoot, vectorLeaves, vectorRoots } from "../testing/MerkleReference.ts"
import {
  emptyRoot,
  hashBytes,
  hashLeafAt,
  leafHash,
  nodeHash,
  rightEdge,
  TreeHead,
} from "./MerkleTree.ts"

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex")
const size = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 700 }))
const leaves = (count: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`entry ${index}`)))

describe("MerkleTree", () => {
  it("gives the published roots of trees of 0 to 8 leaves", () => {
    const head = new TreeHead()
    assert.strictEqual(hex(head.root()), hex(createHash("sha256").digest()))
    assert.strictEqual(hex(emptyRoot), hex(head.root()))
    for (const [index, leaf] of vectorLeaves.entries()) {
      head.append(Buffer.from(leafHash(leaf)), 0)
      assert.strictEqual(hex(head.root()), vectorRoots[index])
    }
  })

  it("hashes a leaf in place and leaves the slab as it was", () => {
    const slab = Buffer.from("\u0001\u0002the entry and more", "latin1")
    const before = hex(slab)
    const out = Buffer.alloc(hashBytes + 3)
    hashLeafAt(slab, 2, 11, out, 3)
    assert.strictEqual(hex(out.subarray(3)), hex(leafHash(Buffer.from("the entry"))))
    assert.strictEqual(hex(slab), before)
  })

  it("reads each leaf hash at its offset", () => {
    const [first, second] = leaves(2)
    if (first === undefined || second === undefined) throw new Error("two leaves")
    const head = new TreeHead()
    const slab = Buffer.concat([Buffer.alloc(5), second, first])
    head.append(slab, 5 + hashBytes)
    head.append(slab, 5)
    assert.strictEqual(hex(head.root()), hex(nodeHash(first, second)))
  })

  it.prop("has the root that the recursive definition gives", { size }, ({ size }) => {
    const head = new TreeHead()
    for (const leaf of leaves(size)) head.append(Buffer.from(leaf), 0)
    assert.strictEqual(head.size, size)
    assert.strictEqual(hex(head.root()), hex(referenceRoot(leaves(size))))
  })

  it.prop(
    "goes on from its frontier and from a clone as if never stopped",
    { size, size2: size },
    ({ size, size2 }) => {
      const all = leaves(size + size2)
      const head = new TreeHead()
      for (const leaf of all.slice(0, size)) head.append(Buffer.from(leaf), 0)
      const rootBefore = hex(head.root())
      const heads = [head.clone(), TreeHead.fromFrontier(size, head.frontier)]
      for (const grown of heads) {
        for (const leaf of all.slice(size)) grown.append(Buffer.from(leaf), 0)
        assert.strictEqual(hex(grown.root()), hex(referenceRoot(all)))
      }
      assert.strictEqual(hex(head.root()), rootBefore)
    },
  )

  it("refuses a frontier of another size", () => {
    assert.throws(() => TreeHead.fromFrontier(3, leaves(1)), RangeError)
  })

  it("hands over each complete subtree of a tile level, once, in order", () => {
    const all = leaves(256 * 256 + 300)
    const seen: Array<string> = []
    const head = new TreeHead((level, index, buffer, offset) => {
      seen.push(`${level} ${index} ${hex(buffer.subarray(offset, offset + hashBytes))}`)
    })
    for (const leaf of all) head.append(Buffer.from(leaf), 0)
    const roots = Array.from({ length: 257 }, (_, index) =>
      referenceRoot(all.slice(index * 256, (index + 1) * 256)),
    )
    const expected = roots.map((root, index) => `1 ${index} ${hex(root)}`)
    expected.splice(256, 0, `2 0 ${hex(referenceRoot(roots.slice(0, 256)))}`)
    assert.deepStrictEqual(seen, expected)
  })

  it("knows the edge of a tree beyond 32 bits", () => {
    assert.deepStrictEqual(rightEdge(2 ** 40 + 3), [
      { level: 40, index: 0 },
      { level: 1, index: 2 ** 39 },
      { level: 0, index: 2 ** 40 + 2 },
    ])
    const frontier = leaves(3)
    const head = TreeHead.fromFrontier(2 ** 40 + 3, frontier)
    const [next] = leaves(1)
    if (next === undefined) throw new Error("one leaf")
    head.append(Buffer.from(next), 0)
    assert.deepStrictEqual(rightEdge(head.size), [
      { level: 40, index: 0 },
      { level: 2, index: 2 ** 38 },
    ])
    const [left, middle, right] = frontier
    if (left === undefined || middle === undefined || right === undefined) throw new Error("three")
    assert.strictEqual(
      hex(head.root()),
      hex(nodeHash(left, nodeHash(middle, nodeHash(right, next)))),
    )
  })
})
