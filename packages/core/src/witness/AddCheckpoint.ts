/**
 * What a log asks of a witness: the size that the witness should know, the proof that the tree
 * only grew since, and the signed checkpoint.
 *
 * - Source: C2SP tlog-witness, `add-checkpoint`.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  type CheckpointMalformed,
  parseSigned,
  type SignedCheckpoint,
} from "../trail/Checkpoint.ts"
import { hashBytes } from "../trail/MerkleTree.ts"
import { format as formatNote, noteBytesMax, type NoteMalformed } from "../trail/SignedNote.ts"

/**
 * Most hashes of a proof.
 *
 * @category constants
 * @since 0.1.0
 */
export const proofHashesMax = 63

const proofLineBytes = 45
const oldLineBytes = 64

/**
 * Largest request that is read. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const requestBytesMax = oldLineBytes + proofHashesMax * proofLineBytes + 1 + noteBytesMax

/**
 * @category models
 * @since 0.1.0
 */
export interface AddCheckpoint {
  /** The size that the witness should have seen last; 0: none. */
  readonly oldSize: number
  /** RFC 6962, section 2.1.2; 32 bytes each. */
  readonly proof: ReadonlyArray<Uint8Array>
  readonly signed: SignedCheckpoint
}

/**
 * Bytes that are no request to a witness.
 *
 * @category errors
 * @since 0.1.0
 */
export class AddCheckpointMalformed extends Schema.TaggedError<AddCheckpointMalformed>(
  "@countersign/core/AddCheckpointMalformed",
)("AddCheckpointMalformed", {
  code: Schema.tag("AUD-3601"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: no request to a witness: ${this.detail}`
  }
}

const malformed = (detail: string) => Result.fail(new AddCheckpointMalformed({ detail }))

/**
 * Writes a request's body.
 *
 * @category encoding
 * @since 0.1.0
 */
export const format = ({ oldSize, proof, signed }: AddCheckpoint): string => {
  const lines = proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`)
  return `old ${oldSize}\n${lines.join("")}\n${formatNote(signed.note)}`
}

const oldPattern = /^old (0|[1-9]\d*)$/

/**
 * Reads a request's body. The checkpoint's signature is not verified.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (
  bytes: Uint8Array,
): Result.Result<AddCheckpoint, AddCheckpointMalformed | NoteMalformed | CheckpointMalformed> => {
  if (bytes.byteLength > requestBytesMax) {
    return malformed(`it has at most ${requestBytesMax} bytes`)
  }
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const gap = whole.indexOf("\n\n")
  if (gap < 0) return malformed("there is no empty line before the checkpoint")
  const [old = "", ...hashes] = whole.subarray(0, gap).toString("latin1").split("\n")
  const oldSize = Number(oldPattern.exec(old)?.[1])
  if (!Number.isSafeInteger(oldSize)) {
    return malformed("the first line is not `old` with a size below 2^53, without leading zeros")
  }
  if (hashes.length > proofHashesMax)
    return malformed(`a proof has at most ${proofHashesMax} lines`)
  const proof: Array<Uint8Array> = []
  for (const line of hashes) {
    const hash = Buffer.from(line, "base64")
    if (hash.length !== hashBytes || hash.toString("base64") !== line) {
      return malformed("a line of the proof is not base64 of 32 bytes")
    }
    proof.push(hash)
  }
  return Result.map(parseSigned(whole.subarray(gap + 2)), (signed) => ({ oldSize, proof, signed }))
}
