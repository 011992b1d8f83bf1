/**
 * Text with Ed25519 signatures that anyone can check.
 *
 * The text means nothing until a signature by a known key has been verified.
 *
 * - Source: C2SP signed-note; signature type `0x01`.
 *
 * @since 0.1.0
 */
import {
  createPublicKey,
  hash,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from "node:crypto"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/**
 * Largest note that is read. Units: bytes. Room for 16 post-quantum signatures, twice.
 *
 * @category constants
 * @since 0.1.0
 */
export const noteBytesMax = 256 * 1024

/**
 * Most signature lines that are read.
 *
 * @category constants
 * @since 0.1.0
 */
export const noteSignaturesMax = 64

/**
 * What a key signs: a note's text, or, for a cosignature, the text under a time.
 *
 * - Source: C2SP signed-note, signature types `0x01` and `0x04`.
 *
 * @category constants
 * @since 0.1.0
 */
export const keyUses = { signature: 1, cosignature: 4 } as const

/**
 * @category models
 * @since 0.1.0
 */
export type KeyUse = (typeof keyUses)[keyof typeof keyUses]

const publicKeyBytes = 32
const keyIdBytes = 4

/**
 * Bytes that are no signed note, or a text that is no verifier key.
 *
 * @category errors
 * @since 0.1.0
 */
export class NoteMalformed extends Schema.TaggedError<NoteMalformed>(
  "@countersign/core/NoteMalformed",
)("NoteMalformed", {
  code: Schema.tag("AUD-3212"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.detail}`
  }
}

const malformed = (detail: string) => Result.fail(new NoteMalformed({ detail }))

/**
 * One signature line.
 *
 * @category models
 * @since 0.1.0
 */
export interface NoteSignature {
  readonly name: string
  /** From 0 to 2^32 - 1. */
  readonly keyId: number
  readonly bytes: Uint8Array
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SignedNote {
  /** Ends in a newline. */
  readonly text: string
  readonly signatures: ReadonlyArray<NoteSignature>
}

/**
 * What a signature is verified with.
 *
 * @category models
 * @since 0.1.0
 */
export interface VerifierKey {
  readonly name: string
  readonly keyId: number
  /** 32 bytes, as in RFC 8032. */
  readonly publicKey: Uint8Array
  readonly key: KeyObject
}

// Buffer skips what is no base64; writing it again shows whether anything was skipped.
const base64Of = (text: string): Buffer | undefined => {
  const bytes = Buffer.from(text, "base64")
  return bytes.toString("base64") === text ? bytes : undefined
}

/** What neither a key's name nor its verifier text could be split around. */
const spaceOrPlus = /[\s\u0085+]/u

const isKeyName = (name: string): boolean => name !== "" && !spaceOrPlus.test(name)

// Line breaks part the lines; every other control character is forbidden.
// oxlint-disable-next-line no-control-regex -- they are what it looks for
const control = /[\u0000-\u0009\u000b-\u001f]/

/**
 * The text of some bytes, or `undefined` where they are not UTF-8.
 *
 * @category decoding
 * @since 0.1.0
 */
export const decodeText = (bytes: Uint8Array): string | undefined => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = buffer.toString("utf8")
  return Buffer.from(text, "utf8").equals(buffer) ? text : undefined
}

/**
 * The id of an Ed25519 key: the first four bytes of SHA-256 of its name, a newline, its use and
 * the key.
 *
 * @category encoding
 * @since 0.1.0
 */
export const keyIdOf = (
  name: string,
  publicKey: Uint8Array,
  use: KeyUse = keyUses.signature,
): number =>
  hash(
    "sha256",
    Buffer.concat([Buffer.from(`${name}\n`, "utf8"), Uint8Array.of(use), publicKey]),
    "buffer",
  ).readUInt32BE(0)

// RFC 8410, section 4: what precedes the 32 bytes of an Ed25519 key in its DER form.
const spkiPrefix = Buffer.from("302a300506032b6570032100", "hex")

/**
 * The 32 bytes of an Ed25519 public key. A private key gives its public one.
 *
 * @param key an Ed25519 key; another kind throws `TypeError`
 * @category encoding
 * @since 0.1.0
 */
export const publicKeyOf = (key: KeyObject): Uint8Array => {
  if (key.asymmetricKeyType !== "ed25519") {
    throw new TypeError(`an Ed25519 key is needed, not ${key.asymmetricKeyType ?? key.type}`)
  }
  const open = key.type === "private" ? createPublicKey(key) : key
  return open.export({ format: "der", type: "spki" }).subarray(spkiPrefix.length)
}

const makeVerifierKey = (
  name: string,
  publicKey: Uint8Array,
  use: KeyUse,
): Result.Result<VerifierKey, NoteMalformed> => {
  try {
    const key = createPublicKey({
      key: Buffer.concat([spkiPrefix, publicKey]),
      format: "der",
      type: "spki",
    })
    return Result.succeed({ name, keyId: keyIdOf(name, publicKey, use), publicKey, key })
  } catch {
    return malformed("the verifier key holds no Ed25519 public key")
  }
}

/**
 * The text form of a verifier key: name, key id in eight hexadecimal digits, and base64 of
 * its use and the key, with `+` between.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatVerifierKey = (
  name: string,
  publicKey: Uint8Array,
  use: KeyUse = keyUses.signature,
): string => {
  const id = keyIdOf(name, publicKey, use).toString(16).padStart(8, "0")
  const key = Buffer.concat([Uint8Array.of(use), publicKey]).toString("base64")
  return `${name}+${id}+${key}`
}

/**
 * Reads {@link formatVerifierKey}'s text. Space around it, such as a file's last newline, is
 * allowed.
 *
 * @param use what the key must be for; a key for something else is refused
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseVerifierKey = (
  text: string,
  use: KeyUse = keyUses.signature,
): Result.Result<VerifierKey, NoteMalformed> => {
  const line = text.trim()
  const [name = "", id = "", ...rest] = line.split("+")
  const bytes = base64Of(rest.join("+"))
  if (!isKeyName(name) || !/^[0-9a-f]{8}$/.test(id) || bytes === undefined) {
    return malformed("a verifier key has the form name+hash+key, on one line")
  }
  if (bytes[0] !== use || bytes.length !== 1 + publicKeyBytes) {
    return malformed(
      use === keyUses.signature
        ? "the verifier key is of another kind than Ed25519"
        : "the verifier key is no Ed25519 key of a witness (0x04): `countersign witness key` prints one",
    )
  }
  const publicKey = bytes.subarray(1)
  return keyIdOf(name, publicKey, use) === Number.parseInt(id, 16)
    ? makeVerifierKey(name, publicKey, use)
    : malformed("the verifier key's hash doesn't match its name and key: it was altered or cut")
}

const signaturePattern = /^— ([^ ]+) ([^ ]+)$/u

/**
 * Reads one signature line, without its newline.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseSignature = (line: string): NoteSignature | undefined => {
  const match = signaturePattern.exec(line)
  if (match === null) return undefined
  const [, name = "", encoded = ""] = match
  const bytes = base64Of(encoded)
  if (!isKeyName(name) || bytes === undefined || bytes.length <= keyIdBytes) return undefined
  return { name, keyId: bytes.readUInt32BE(0), bytes: bytes.subarray(keyIdBytes) }
}

/**
 * Reads a signed note. What it says must not be believed before {@link verify}.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (bytes: Uint8Array): Result.Result<SignedNote, NoteMalformed> => {
  if (bytes.byteLength > noteBytesMax) return malformed(`a note has at most ${noteBytesMax} bytes`)
  const whole = decodeText(bytes)
  if (whole === undefined) return malformed("the note is not UTF-8")
  if (control.test(whole)) return malformed("the note holds control characters")
  const gap = whole.lastIndexOf("\n\n")
  if (gap < 0) return malformed("the note has no empty line before its signatures")
  if (!whole.endsWith("\n")) return malformed("the note's last line is cut")
  const lines = whole.slice(gap + 2, -1).split("\n")
  if (gap + 2 === whole.length) return malformed("the note has no signature")
  if (lines.length > noteSignaturesMax) {
    return malformed(`a note has at most ${noteSignaturesMax} signatures`)
  }
  const signatures: Array<NoteSignature> = []
  for (const line of lines) {
    const signature = parseSignature(line)
    if (signature === undefined) return malformed("the note has a malformed signature line")
    signatures.push(signature)
  }
  return Result.succeed({ text: whole.slice(0, gap + 1), signatures })
}

/**
 * Writes one signature line, with its newline.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatSignature = ({ bytes, keyId, name }: NoteSignature): string => {
  const id = Buffer.alloc(keyIdBytes)
  id.writeUInt32BE(keyId)
  return `— ${name} ${Buffer.concat([id, bytes]).toString("base64")}\n`
}

/**
 * Writes a signed note.
 *
 * @category encoding
 * @since 0.1.0
 */
export const format = (note: SignedNote): string =>
  `${note.text}\n${note.signatures.map(formatSignature).join("")}`

/**
 * Signs a text with a private key at hand. A signer elsewhere gives the 64 bytes itself.
 *
 * @param name the key's name, without spaces and `+`
 * @param key an Ed25519 private key
 * @category signing
 * @since 0.1.0
 */
export const sign = (text: string, name: string, key: KeyObject): NoteSignature => ({
  name,
  keyId: keyIdOf(name, publicKeyOf(key)),
  bytes: signBytes(null, Buffer.from(text, "utf8"), key),
})

/**
 * Says what a key makes of a note: `absent` where the note has no signature by it, `invalid`
 * where one of its signatures is not over this text. Other keys' signatures are ignored.
 *
 * @category signing
 * @since 0.1.0
 */
export const verify = (note: SignedNote, verifier: VerifierKey): "valid" | "invalid" | "absent" => {
  const own = note.signatures.filter(
    ({ keyId, name }) => keyId === verifier.keyId && name === verifier.name,
  )
  if (own.length === 0) return "absent"
  const text = Buffer.from(note.text, "utf8")
  return own.every(({ bytes }) => verifyBytes(null, text, verifier.key, bytes))
    ? "valid"
    : "invalid"
}
