/**
 * Signers whose key lies in a file or in the environment.
 *
 * @since 0.1.0
 */
import { generateKeyPairSync } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk, type DiskError } from "../platform/Disk.ts"
import * as KeyFile from "./KeyFile.ts"
import { Signer, type SignerError } from "./Signer.ts"

/**
 * Signs with the key in a file (PKCS #8 PEM, mode 0600), and makes one where none is.
 *
 * A key that others may read is refused: whoever reads it can sign another history. Where a key
 * was destroyed for the one that follows it, and the power went before that took its place, the
 * follower signs.
 *
 * - Errors: `SignerError` for a key that is unfit, `DiskError` for a disk that is.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerFile = (file: string): Layer.Layer<Signer, SignerError | DiskError, Disk> =>
  Layer.effect(
    Signer,
    Effect.gen(function* () {
      const disk = yield* Disk
      const { current, next } = yield* KeyFile.placeOf(disk, file).read
      return current ?? next ?? (yield* KeyFile.make(disk, file))
    }),
  )

/**
 * Signs with a key given as PKCS #8 PEM text, such as the value of an environment variable.
 *
 * @param pem the private key
 * @param name what to call the key in messages, such as the variable's name
 * @category layers
 * @since 0.1.0
 */
export const layerPem = (pem: string, name: string): Layer.Layer<Signer, SignerError> =>
  Layer.effect(
    Signer,
    Effect.map(KeyFile.parse(pem, name), (key) => KeyFile.signerOf(key, name, false)),
  )

/**
 * Signs with a key that exists in this process alone. For tests.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerEphemeral: Layer.Layer<Signer> = Layer.sync(Signer, () =>
  KeyFile.signerOf(generateKeyPairSync("ed25519").privateKey, "ephemeral", true),
)
