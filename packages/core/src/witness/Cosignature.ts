/**
 * What a witness signs: a checkpoint, at a time.
 *
 * It says that at this time the witness had seen no larger tree under this origin, and that
 * this one continues every tree that it saw before.
 *
 * - Source: C2SP tlog-cosignature, the Ed25519 form `cosignature/v1`, key type `0x04`.
 *
 * @since 0.1.0
 */
import { verify as verifyBytes } from "node:crypto"
import type * as Result from "effect/Result"
import * as SignedNote from "../trail/SignedNote.ts"

const timeBytes = 8
const signatureBytes = 64

/**
 * Reads the text of a witness's verifier key.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseWitnessKey = (
  text: string,
): Result.Result<SignedNote.VerifierKey, SignedNote.NoteMalformed> =>
  SignedNote.parseVerifierKey(text, SignedNote.keyUses.cosignature)

/**
 * The text of a witness's verifier key.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatWitnessKey = (name: string, publicKey: Uint8Array): string =>
  SignedNote.formatVerifierKey(name, publicKey, SignedNote.keyUses.cosignature)

/**
 * The bytes that a witness signs.
 *
 * @param text the note's text, its last newline included
 * @param timeSeconds since 1970, a whole number
 * @category encoding
 * @since 0.1.0
 */
export const messageOf = (text: string, timeSeconds: number): Buffer =>
  Buffer.from(`cosignature/v1\ntime ${timeSeconds}\n${text}`, "utf8")

/**
 * A signature over {@link messageOf}'s bytes, as a note carries it.
 *
 * @param signature 64 bytes
 * @category encoding
 * @since 0.1.0
 */
export const cosignatureOf = (
  name: string,
  publicKey: Uint8Array,
  timeSeconds: number,
  signature: Uint8Array,
): SignedNote.NoteSignature => {
  const time = Buffer.alloc(timeBytes)
  time.writeBigUInt64BE(BigInt(timeSeconds))
  return {
    name,
    keyId: SignedNote.keyIdOf(name, publicKey, SignedNote.keyUses.cosignature),
    bytes: Buffer.concat([time, signature]),
  }
}

/**
 * What a witness's key makes of a note.
 *
 * - `absent`: the note has no cosignature by it.
 * - `invalid`: one of its cosignatures is not over this text, or is none.
 * - `valid`: with the time of the newest one.
 *
 * @category models
 * @since 0.1.0
 */
export type Cosigned =
  | { readonly verdict: "absent" | "invalid" }
  | { readonly verdict: "valid"; readonly timeSeconds: number }

const timeOf = (
  text: string,
  { bytes }: SignedNote.NoteSignature,
  witness: SignedNote.VerifierKey,
): number | undefined => {
  if (bytes.length !== timeBytes + signatureBytes) return undefined
  const time = Buffer.from(bytes.subarray(0, timeBytes)).readBigUInt64BE()
  // A time that a number can't hold is millions of years away, and would be written wrongly.
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  const timeSeconds = Number(time)
  const isRight = verifyBytes(
    null,
    messageOf(text, timeSeconds),
    witness.key,
    bytes.subarray(timeBytes),
  )
  return isRight ? timeSeconds : undefined
}

/**
 * Says whether a witness has cosigned exactly this note's text, and when.
 *
 * @category signing
 * @since 0.1.0
 */
export const verifyCosignature = (
  note: SignedNote.SignedNote,
  witness: SignedNote.VerifierKey,
): Cosigned => {
  const own = note.signatures.filter(
    ({ keyId, name }) => keyId === witness.keyId && name === witness.name,
  )
  if (own.length === 0) return { verdict: "absent" }
  let timeSeconds = 0
  for (const signature of own) {
    const time = timeOf(note.text, signature, witness)
    if (time === undefined) return { verdict: "invalid" }
    timeSeconds = Math.max(timeSeconds, time)
  }
  return { verdict: "valid", timeSeconds }
}
