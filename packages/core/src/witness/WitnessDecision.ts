/**
 * What a witness answers, from what it is asked and what it has seen: no clock, no disk, no key.
 *
 * - Source: C2SP tlog-witness, `add-checkpoint`.
 *
 * @since 0.1.0
 */
import { emptyRoot } from "../trail/MerkleTree.ts"
import { verifyConsistency } from "../trail/MerkleProof.ts"
import { verify, type VerifierKey } from "../trail/SignedNote.ts"
import type { AddCheckpoint } from "./AddCheckpoint.ts"

/**
 * The largest tree of one origin that a witness has cosigned.
 *
 * @category models
 * @since 0.1.0
 */
export interface SeenHead {
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
}

/**
 * An answer, as its HTTP status.
 *
 * - 200: to be cosigned, once the witness remembers it.
 * - 400: the old size is above the new one.
 * - 403: no key of this origin has signed the checkpoint.
 * - 404: the witness does not know the origin.
 * - 409: the witness has seen another size, or another root of this size; `knownSize` is what it saw.
 * - 422: the proof does not show that the tree only grew.
 *
 * @category models
 * @since 0.1.0
 */
export type Decision =
  | { readonly status: 200 }
  | { readonly status: 400 | 403 | 404 | 422; readonly reason: string }
  | { readonly status: 409; readonly knownSize: number; readonly reason: string }

const sizeMismatch = (oldSize: number, seen: number, size: number): string =>
  size < seen
    ? `a tree of ${seen} entries was cosigned already: this one is older, or was rolled back`
    : `the last cosigned tree has ${seen} entries, not ${oldSize}`

/**
 * Decides.
 *
 * @param keys the keys that the witness trusts for the origin; none: it does not know the origin
 * @param seen what it cosigned last for the origin; `undefined`: nothing yet
 * @category running
 * @since 0.1.0
 */
export const decide = (
  { oldSize, proof, signed }: AddCheckpoint,
  keys: ReadonlyArray<VerifierKey>,
  seen: SeenHead | undefined,
): Decision => {
  const { checkpoint, note } = signed
  if (keys.length === 0) return { status: 404, reason: "this origin is not witnessed here" }
  if (!keys.some((key) => verify(note, key) === "valid")) {
    return { status: 403, reason: "no key of this origin has signed the checkpoint" }
  }
  if (oldSize > checkpoint.size) {
    return { status: 400, reason: `the old size ${oldSize} is above the new ${checkpoint.size}` }
  }
  const known = seen ?? { size: 0, root: emptyRoot }
  if (oldSize !== known.size) {
    return {
      status: 409,
      knownSize: known.size,
      reason: sizeMismatch(oldSize, known.size, checkpoint.size),
    }
  }
  if (oldSize === checkpoint.size && Buffer.compare(known.root, checkpoint.root) !== 0) {
    return {
      status: 409,
      knownSize: known.size,
      reason: `another tree of ${known.size} entries was cosigned already: the log was forked`,
    }
  }
  return verifyConsistency(oldSize, checkpoint.size, known.root, checkpoint.root, proof)
    ? { status: 200 }
    : {
        status: 422,
        reason: `the proof does not show that the tree of ${oldSize} entries is the beginning of this one`,
      }
}
