/**
 * Encryption of a file piece by piece, so that its size does not matter and nothing of it is used
 * that was not shown to be whole.
 *
 * A file is 8 bytes that say what it is, a salt of 16, and then pieces of 64 KiB, each with its tag
 * of 16 bytes. The key of the file is made of the given one and the salt (HKDF-SHA256), the nonce of
 * a piece is its number and whether it is the last: pieces can't be left out, put elsewhere, or cut
 * off at the end. This is the STREAM construction.
 *
 * - Source: NIST SP 800-38D (AES-GCM), RFC 5869 (HKDF); Hoang, Reyhanitabar, Rogaway and Vizár,
 *   "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance", 2015.
 *
 * @since 0.1.0
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

/**
 * Bytes that the key does not open: of another key, changed, or not whole.
 *
 * @category errors
 * @since 0.1.0
 */
export class SealBroken extends Schema.TaggedError<SealBroken>("@countersign/sinks/SealBroken")(
  "SealBroken",
  {
    code: Schema.tag("AUD-4503"),
    isRetryable: Schema.tag(false),
    detail: Schema.String,
  },
) {
  override get message(): string {
    return `${this.code}: the encrypted bytes can't be opened: ${this.detail}`
  }
}

/**
 * Units: bytes.
 *
 * @category constants
 * @since 0.1.0
 */
export const keyBytes = 32

const algorithm = "aes-256-gcm"
const magic = Buffer.from("CSSEAL01", "latin1")
const saltBytes = 16
const tagBytes = 16
const pieceBytes = 64 * 1024
const sealedBytes = pieceBytes + tagBytes

/** Under one salt no number comes twice: 2^48 pieces would be 16 EiB. */
const nonceOf = (number: number, isLast: boolean): Buffer => {
  const nonce = Buffer.alloc(12)
  nonce.writeUIntBE(number, 5, 6)
  nonce.writeUInt8(isLast ? 1 : 0, 11)
  return nonce
}

const fileKey = (key: Uint8Array, salt: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", key, salt, "countersign sealed file v1", keyBytes))

/**
 * Reads a key: 64 hexadecimal digits, as `openssl rand -hex 32` gives them.
 *
 * @returns `undefined` where the text is none
 * @category decoding
 * @since 0.1.0
 */
export const parseKey = (text: string): Uint8Array | undefined => {
  const digits = text.trim()
  return /^[0-9a-f]{64}$/i.test(digits) ? Buffer.from(digits, "hex") : undefined
}

/**
 * Encrypts what is added, in order.
 *
 * @category models
 * @since 0.1.0
 */
export class Sealer {
  private readonly key: Uint8Array
  private readonly take: (bytes: Uint8Array) => void
  private readonly held = Buffer.alloc(pieceBytes)
  private length = 0
  private number = 0

  /**
   * @param key 32 bytes
   * @param take gets the encrypted bytes, which it may keep
   */
  constructor(key: Uint8Array, take: (bytes: Uint8Array) => void) {
    const salt = randomBytes(saltBytes)
    this.key = fileKey(key, salt)
    this.take = take
    take(Buffer.concat([magic, salt]))
  }

  add(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.byteLength;) {
      // A full piece waits for the byte behind it: only then it is not the last.
      if (this.length === pieceBytes) this.seal(false)
      const part = bytes.subarray(from, from + pieceBytes - this.length)
      this.held.set(part, this.length)
      this.length += part.byteLength
      from += part.byteLength
    }
  }

  /** Nothing can be added afterwards. */
  end(): void {
    this.seal(true)
  }

  private seal(isLast: boolean): void {
    const cipher = createCipheriv(algorithm, this.key, nonceOf(this.number, isLast))
    const sealed = cipher.update(this.held.subarray(0, this.length))
    cipher.final()
    this.take(sealed)
    this.take(cipher.getAuthTag())
    this.number += 1
    this.length = 0
  }
}

/**
 * Decrypts what is added, in order, and gives only pieces whose tags are right.
 *
 * @category models
 * @since 0.1.0
 */
export class Unsealer {
  private readonly given: Uint8Array
  private key: Uint8Array | undefined
  private held: Buffer = Buffer.alloc(0)
  private number = 0

  constructor(key: Uint8Array) {
    this.given = key
  }

  add(bytes: Uint8Array): Result.Result<ReadonlyArray<Uint8Array>, SealBroken> {
    this.held = Buffer.concat([this.held, bytes])
    if (this.key === undefined) {
      if (this.held.length < magic.length + saltBytes) return Result.succeed([])
      if (!this.held.subarray(0, magic.length).equals(magic))
        return this.broken("it is not encrypted")
      const salt = this.held.subarray(magic.length, magic.length + saltBytes)
      this.key = fileKey(this.given, salt)
      this.held = this.held.subarray(magic.length + saltBytes)
    }
    const opened: Array<Uint8Array> = []
    while (this.held.length > sealedBytes) {
      const piece = this.open(this.key, this.held.subarray(0, sealedBytes), false)
      if (piece === undefined) return this.refused()
      opened.push(piece)
      this.held = this.held.subarray(sealedBytes)
    }
    return Result.succeed(opened)
  }

  end(): Result.Result<ReadonlyArray<Uint8Array>, SealBroken> {
    if (this.key === undefined || this.held.length < tagBytes) return this.broken("it has no end")
    const last = this.open(this.key, this.held, true)
    return last === undefined ? this.refused() : Result.succeed([last])
  }

  private open(key: Uint8Array, sealed: Buffer, isLast: boolean): Uint8Array | undefined {
    const decipher = createDecipheriv(algorithm, key, nonceOf(this.number, isLast), {
      authTagLength: tagBytes,
    })
    decipher.setAuthTag(sealed.subarray(-tagBytes))
    const piece = decipher.update(sealed.subarray(0, -tagBytes))
    try {
      decipher.final()
    } catch {
      return undefined
    }
    this.number += 1
    return piece
  }

  private refused() {
    const place =
      this.number === 0 ? "" : `, from byte ${this.number * pieceBytes} of the content on`
    return this.broken(`the key is another one, or the bytes were changed or cut off${place}`)
  }

  private broken(detail: string) {
    return Result.fail(new SealBroken({ detail }))
  }
}
