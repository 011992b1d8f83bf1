/**
 * Trees, checkpoints and requests for tests of a witness.
 *
 * @since 0.1.0
 */
import { hash } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { Disk } from "../platform/Disk.ts"
import * as KeySigner from "../signer/KeySigner.ts"
import { parseSigned } from "../trail/Checkpoint.ts"
import { consistencyProof, type HashAt, rootAt } from "../trail/MerkleProof.ts"
import { nodeHash } from "../trail/MerkleTree.ts"
import { parse as parseNote } from "../trail/SignedNote.ts"
import { format } from "../witness/AddCheckpoint.ts"
import { parseWitnessKey, verifyCosignature } from "../witness/Cosignature.ts"
import * as Witness from "../witness/Witness.ts"
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

/**
 * A witness with a key of its own, that keeps what it saw on this disk.
 *
 * @category constructors
 * @since 0.1.0
 */
export const openWitness = (options: Witness.WitnessOptions, disk: Disk["Service"]) =>
  Witness.open(options).pipe(
    Effect.provide(KeySigner.layerEphemeral),
    Effect.provideService(Disk, disk),
  )

/**
 * What the witness's key makes of a checkpoint with its answer below it.
 *
 * @category verifying
 * @since 0.1.0
 */
export const judged = (witness: Witness.Witness, text: string, answer: string) =>
  verifyCosignature(
    Result.getOrThrow(parseNote(Buffer.from(`${noteOf(text)}${answer}`))),
    Result.getOrThrow(parseWitnessKey(witness.verifierKey)),
  )
