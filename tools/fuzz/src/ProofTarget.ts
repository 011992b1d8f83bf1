import { inclusionProof, type HashAt, rootAt } from "@countersign/core/trail/MerkleProof"
import { leafHash, nodeHash } from "@countersign/core/trail/MerkleTree"
import * as TlogProof from "@countersign/core/trail/TlogProof"
import * as Checkpoint from "@countersign/core/trail/Checkpoint"
import * as Result from "effect/Result"
import { insist, type Target } from "./Fuzzer.ts"
import { noteOf, noteVerifier } from "./NoteTarget.ts"

const size = 7
const entryAt = (index: number): Buffer => Buffer.from(`entry ${index}`)
const hashAt: HashAt = (level, index) =>
  level === 0
    ? leafHash(entryAt(index))
    : nodeHash(hashAt(level - 1, 2 * index), hashAt(level - 1, 2 * index + 1))
const signed = Result.getOrThrow(
  Checkpoint.parseSigned(Buffer.from(noteOf(size, rootAt(size, hashAt), []))),
)
const proofOf = (index: number, entry: Buffer | undefined): Buffer =>
  Buffer.from(
    TlogProof.format({ entry, index, hashes: inclusionProof(index, size, hashAt), signed }),
  )

export const proofTarget: Target = {
  name: "proof",
  tokens: ["\n", "\n\n", "index ", "extra ", "0", "6", "9007199254740991", "-1", "=", "\u0000"],
  seeds: [proofOf(0, entryAt(0)), proofOf(5, entryAt(5)), proofOf(6, undefined)],
  run: (input) => {
    const read = TlogProof.parse(input)
    if (Result.isFailure(read)) return "refused"
    insist(TlogProof.format(read.success) === input.toString("utf8"), "a proof is what was read")
    const proven = TlogProof.check(read.success, noteVerifier)
    if (Result.isSuccess(proven)) {
      const { entry, index } = proven.success
      insist(Buffer.from(entry).equals(entryAt(index)), "only an entry of the tree is proven")
    }
    return "accepted"
  },
}
