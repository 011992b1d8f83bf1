/**
 * Trees, checkpoints and requests for tests of a witness.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as Result from "effect/Result"
import { parseSigned } from "../trail/Checkpoint.ts"
import { consistencyProof, type HashAt, rootAt } from "../trail/MerkleProof.ts"
import { nodeHash } from "../trail/MerkleTree.ts"
import { format } from "../witness/AddCheckpoint.ts"
import { noteOf, origin } from "./NoteFixture.ts"

/**
 * A log's tree of any size, from one word: two words are two histories.
 *
 * @param forkedAt entries from here on differ from those of the same word without a fork
 * @category constructors
 * @since 0.1.0
 */
export const treeOf = (word: string, forkedAt = Infinity) => {
  const hashAt: HashAt = (level, index) =>
    level === 0
      ? hash("sha256", `${word} ${index}${index >= forkedAt ? " forked" : ""}`, "buffer")
      : nodeHash(hashAt(level - 1, index * 2), hashAt(level - 1, index * 2 + 1))
  /** The text of a checkpoint of so many entries. */
  const textAt = (size: number, name = origin): string =>
    `${name}\n${size}\n${Buffer.from(rootAt(size, hashAt)).toString("base64")}\n`
  return {
    textAt,
    /** What a log sends to a witness that has seen `oldSize` entries. */
    requestAt: (oldSize: number, size: number, note = noteOf(textAt(size))): Buffer =>
      Buffer.from(
        format({
          oldSize,
          proof: consistencyProof(oldSize, size, hashAt),
          signed: Result.getOrThrow(parseSigned(Buffer.from(note))),
        }),
      ),
  }
}
