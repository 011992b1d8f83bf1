/**
 * The proof that one event is in a trail, as a text that is checked without the trail.
 *
 * The entry's bytes travel in the `extra` line, which other software ignores. They are
 * believed only because they hash to the leaf that the proof leads from.
 *
 * - Source: C2SP tlog-proof.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Checkpoint from "./Checkpoint.ts"
import { verifyInclusion } from "./MerkleProof.ts"
import { hashBytes, leafHash } from "./MerkleTree.ts"
import * as SignedNote from "./SignedNote.ts"

/**
 * Largest proof that is read. Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const proofBytesMax = 512 * 1024

/** A tree of 2^53 entries has no longer path. */
const proofHashesMax = 53

const firstLine = "c2sp.org/tlog-proof@v1"

/**
 * @category models
 * @since 0.1.0
 */
export interface TlogProof {
  /** The entry's bytes, where the proof carries them. */
  readonly entry: Uint8Array | undefined
  readonly index: number
  /** From the leaf's sibling upwards. */
  readonly hashes: ReadonlyArray<Uint8Array>
  readonly signed: Checkpoint.SignedCheckpoint
}

/**
 * A text that is no proof.
 *
 * @category errors
 * @since 0.1.0
 */
export class ProofMalformed extends Schema.TaggedError<ProofMalformed>(
  "@countersign/core/ProofMalformed",
)("ProofMalformed", {
  code: Schema.tag("AUD-3214"),
  isRetryable: Schema.tag(false),
  /** The line, counted from 1. */
  line: Schema.Number,
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: line ${this.line} of the proof: ${this.detail}`
  }
}

/**
 * A proof that does not prove: `reason` is `unknown-key` where the checkpoint is not signed by
 * the key at all.
 *
 * @category errors
 * @since 0.1.0
 */
export class ProofRefused extends Schema.TaggedError<ProofRefused>(
  "@countersign/core/ProofRefused",
)("ProofRefused", {
  code: Schema.tag("AUD-3215"),
  isRetryable: Schema.tag(false),
  reason: Schema.Literals(["unknown-key", "signature", "inclusion", "no-entry"]),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the proof is refused: ${this.detail}`
  }
}

const malformed = (line: number, detail: string) =>
  Result.fail(new ProofMalformed({ line, detail }))

/**
 * Writes a proof.
 *
 * @category encoding
 * @since 0.1.0
 */
export const format = ({ entry, hashes, index, signed }: TlogProof): string =>
  [
    firstLine,
    ...(entry === undefined ? [] : [`extra ${Buffer.from(entry).toString("base64")}`]),
    `index ${index}`,
    ...hashes.map((hash) => Buffer.from(hash).toString("base64")),
    "",
    SignedNote.format(signed.note),
  ].join("\n")

const base64Of = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, "base64")
  return bytes.toString("base64") === text ? bytes : undefined
}

/**
 * Reads a proof. It proves nothing before {@link check}.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (bytes: Uint8Array): Result.Result<TlogProof, ProofMalformed> => {
  if (bytes.byteLength > proofBytesMax) {
    return malformed(1, `a proof has at most ${proofBytesMax} bytes`)
  }
  const whole = SignedNote.decodeText(bytes)
  if (whole === undefined) return malformed(1, "the proof is not UTF-8")
  const gap = whole.indexOf("\n\n")
  const lines = (gap < 0 ? whole : whole.slice(0, gap)).split("\n")
  if (gap < 0) return malformed(lines.length, "the proof has no empty line before its checkpoint")
  if (lines.shift() !== firstLine) return malformed(1, `is not ${firstLine}`)
  const extra = lines[0]?.startsWith("extra ") === true ? lines.shift() : undefined
  const line = extra === undefined ? 2 : 3
  const entry = extra === undefined ? undefined : base64Of(extra.slice("extra ".length))
  if (extra !== undefined && entry === undefined) return malformed(2, "extra is no base64")
  const indexText = /^index (0|[1-9]\d*)$/.exec(lines.shift() ?? "")?.[1]
  const index = Number(indexText ?? Number.NaN)
  if (!Number.isSafeInteger(index)) return malformed(line, "is no index")
  if (lines.length > proofHashesMax) {
    return malformed(line + 1, `a proof has at most ${proofHashesMax} hashes`)
  }
  const hashes: Array<Uint8Array> = []
  for (const [position, text] of lines.entries()) {
    const hash = base64Of(text)
    if (hash?.length !== hashBytes) return malformed(line + 1 + position, "is no hash")
    hashes.push(hash)
  }
  return Checkpoint.parseSigned(Buffer.from(whole.slice(gap + 2), "utf8")).pipe(
    Result.mapError(
      (error) => new ProofMalformed({ line: line + lines.length + 2, detail: error.message }),
    ),
    Result.map((signed) => ({ entry, index, hashes, signed })),
  )
}

/**
 * What a proof has proved.
 *
 * @category models
 * @since 0.1.0
 */
export interface ProvenEntry {
  readonly entry: Uint8Array
  /** Its sequence number. */
  readonly index: number
  readonly checkpoint: Checkpoint.Checkpoint
}

const refused = (reason: ProofRefused["reason"], detail: string) =>
  Result.fail(new ProofRefused({ reason, detail }))

/**
 * Checks the checkpoint's signature, and that the entry is in the tree it speaks of.
 *
 * @param entry the entry's bytes, where the proof does not carry them
 * @category proofs
 * @since 0.1.0
 */
export const check = (
  proof: TlogProof,
  verifier: SignedNote.VerifierKey,
  entry: Uint8Array | undefined = proof.entry,
): Result.Result<ProvenEntry, ProofRefused> => {
  const { hashes, index, signed } = proof
  const { checkpoint } = signed
  if (entry === undefined) {
    return refused("no-entry", "it does not carry the event, and none was given")
  }
  switch (SignedNote.verify(signed.note, verifier)) {
    case "absent":
      return refused("unknown-key", `its checkpoint is not signed by ${verifier.name}`)
    case "invalid":
      return refused("signature", "the signature is not over this checkpoint")
    case "valid":
      return verifyInclusion(leafHash(entry), index, checkpoint.size, hashes, checkpoint.root)
        ? Result.succeed({ entry, index, checkpoint })
        : refused("inclusion", `the event is not entry ${index} of the signed tree`)
  }
}
