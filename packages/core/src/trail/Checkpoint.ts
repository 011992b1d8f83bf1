/**
 * What a trail's owner signs: so many entries, and this root.
 *
 * - Source: C2SP tlog-checkpoint.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { hashBytes } from "./MerkleTree.ts"
import * as SignedNote from "./SignedNote.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface Checkpoint {
  /** Which trail: a URL without its scheme, such as `example.org/audit/billing`. */
  readonly origin: string
  /** Entries in the trail. Bounds: `0 <= size < 2^53`. */
  readonly size: number
  /** 32 bytes. */
  readonly root: Uint8Array
  /** Further lines, which mean nothing to a verifier. */
  readonly extensions: ReadonlyArray<string>
}

/**
 * A checkpoint as it was found, with the note it came in.
 *
 * @category models
 * @since 0.1.0
 */
export interface SignedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly note: SignedNote.SignedNote
}

/**
 * A note's text that is no checkpoint.
 *
 * @category errors
 * @since 0.1.0
 */
export class CheckpointMalformed extends Schema.TaggedError<CheckpointMalformed>(
  "@countersign/core/CheckpointMalformed",
)("CheckpointMalformed", {
  code: Schema.tag("AUD-3213"),
  isRetryable: Schema.tag(false),
  /** The line, counted from 1. */
  line: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: line ${this.line} of the checkpoint: ${this.detail}`
  }
}

const malformed = (line: number, detail: string) =>
  Result.fail(new CheckpointMalformed({ line, detail }))

/**
 * The text that is signed.
 *
 * @category encoding
 * @since 0.1.0
 */
export const format = ({ extensions, origin, root, size }: Checkpoint): string =>
  [origin, size, Buffer.from(root).toString("base64"), ...extensions, ""].join("\n")

/**
 * Reads a checkpoint's text, and refuses every other way to write the same.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): Result.Result<Checkpoint, CheckpointMalformed> => {
  const lines = text.split("\n")
  if (lines.pop() !== "") return malformed(lines.length + 1, "does not end in a newline")
  const [origin, sizeText, rootText, ...extensions] = lines
  if (origin === undefined || sizeText === undefined || rootText === undefined) {
    return malformed(lines.length + 1, "origin, size and root are needed")
  }
  const empty = lines.indexOf("")
  if (empty >= 0) return malformed(empty + 1, "is empty")
  const size = Number(sizeText)
  if (!/^(?:0|[1-9]\d*)$/.test(sizeText) || !Number.isSafeInteger(size)) {
    return malformed(2, "is no tree size: a decimal number without leading zeros, below 2^53")
  }
  const root = Buffer.from(rootText, "base64")
  if (root.length !== hashBytes || root.toString("base64") !== rootText) {
    return malformed(3, "is no root hash: base64 of 32 bytes")
  }
  return Result.succeed({ origin, size, root, extensions })
}

/**
 * Reads a checkpoint file. It must not be believed before its signature is verified.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseSigned = (
  bytes: Uint8Array,
): Result.Result<SignedCheckpoint, CheckpointMalformed | SignedNote.NoteMalformed> =>
  Result.flatMap(SignedNote.parse(bytes), (note) =>
    Result.map(parse(note.text), (checkpoint) => ({ checkpoint, note })),
  )
