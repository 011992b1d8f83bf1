import { createHash } from "node:crypto"
import * as MerkleProof from "@countersign/core/trail/MerkleProof"
import { leafHash, nodeHash } from "@countersign/core/trail/MerkleTree"
import { insist, type Target } from "./Fuzzer.ts"

const size = 11
const oldSize = 6
const hashBytes = 32
const numbersBytes = 16
const leafAt = (index: number) => leafHash(createHash("sha256").update(String(index)).digest())
const hashAt: MerkleProof.HashAt = (level, index) =>
  level === 0
    ? leafAt(index)
    : nodeHash(hashAt(level - 1, 2 * index), hashAt(level - 1, 2 * index + 1))
const root = MerkleProof.rootAt(size, hashAt)
const oldRoot = MerkleProof.rootAt(oldSize, hashAt)

// Two numbers as doubles, so that fractions, infinities and NaN come too; then the hashes.
const inputOf = (first: number, second: number, hashes: ReadonlyArray<Uint8Array>): Buffer => {
  const numbers = Buffer.alloc(numbersBytes)
  numbers.writeDoubleBE(first, 0)
  numbers.writeDoubleBE(second, 8)
  return Buffer.concat([numbers, ...hashes])
}

export const merkleTarget: Target = {
  name: "merkle",
  tokens: [],
  seeds: [
    inputOf(3, size, MerkleProof.inclusionProof(3, size, hashAt)),
    inputOf(10, size, MerkleProof.inclusionProof(10, size, hashAt)),
    inputOf(oldSize, size, MerkleProof.consistencyProof(oldSize, size, hashAt)),
  ],
  run: (input) => {
    if (input.length < numbersBytes) return "refused"
    const first = input.readDoubleBE(0)
    const second = input.readDoubleBE(8)
    const proof: Array<Uint8Array> = []
    for (let at = numbersBytes; at < input.length; at += hashBytes) {
      proof.push(input.subarray(at, at + hashBytes))
    }
    const leaf = leafAt(first)
    const isIncluded = MerkleProof.verifyInclusion(leaf, first, second, proof, root)
    insist(!isIncluded || first < size, "only a leaf of the tree is included")
    const isConsistent = MerkleProof.verifyConsistency(first, second, oldRoot, root, proof)
    // Sizes are signed beside their roots; a proof alone fixes neither, but the root must differ.
    insist(
      !isConsistent || !MerkleProof.verifyConsistency(first, second, root, oldRoot, proof),
      "a proof is not one both ways",
    )
    return isIncluded || isConsistent ? "accepted" : "refused"
  },
}
