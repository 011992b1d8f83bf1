/**
 * The key of small trails for tests, and notes that it signs, without a module of the trail's own.
 *
 * @since 0.1.0
 */
import { createPublicKey, generateKeyPairSync, hash, type KeyObject, sign } from "node:crypto"

/**
 * The name of the trails, and of the key that signs them.
 *
 * @category constants
 * @since 0.1.0
 */
export const origin = "example.org/audit/test"

/**
 * Signs the trails. Made anew in each process.
 *
 * @category constants
 * @since 0.1.0
 */
export const privateKey: KeyObject = generateKeyPairSync("ed25519").privateKey

const keyBytes = 32

const keyIdAndKey = (key: KeyObject, name: string): Buffer => {
  const raw = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-keyBytes)
  return Buffer.concat([
    hash("sha256", Buffer.concat([Buffer.from(`${name}\n\u0001`), raw]), "buffer").subarray(0, 4),
    raw,
  ])
}

/**
 * The text of the verifier key that belongs to a private key.
 *
 * @category encoding
 * @since 0.1.0
 */
export const verifierKeyText = (key: KeyObject = privateKey, name: string = origin): string => {
  const bytes = keyIdAndKey(key, name)
  const raw = Buffer.concat([Buffer.from([1]), bytes.subarray(4)])
  return `${name}+${bytes.subarray(0, 4).toString("hex")}+${raw.toString("base64")}`
}

/**
 * A text with a signature, as a signed note.
 *
 * @category encoding
 * @since 0.1.0
 */
export const noteOf = (
  text: string,
  key: KeyObject = privateKey,
  name: string = origin,
): string => {
  const id = keyIdAndKey(key, name).subarray(0, 4)
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)])
  return `${text}\n— ${name} ${signature.toString("base64")}\n`
}
