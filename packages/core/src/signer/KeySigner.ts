/**
 * Signers whose key lies in a file or in the environment.
 *
 * @since 0.1.0
 */
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { Signer, SignerError } from "./Signer.ts"

const keyMode = 0o600

const signerOf = (privateKey: KeyObject, key: string, isNew: boolean): Signer["Service"] => {
  const spki = createPublicKey(privateKey).export({ format: "der", type: "spki" })
  return {
    algorithm: "ed25519",
    // The raw key is the end of its DER form (RFC 8410, section 4).
    publicKey: new Uint8Array(spki.subarray(-32)),
    key,
    isNew,
    sign: (bytes) =>
      Effect.try({
        try: () => new Uint8Array(sign(null, bytes, privateKey)),
        catch: (cause) =>
          new SignerError({ key, isRetryable: true, detail: `can't sign: ${String(cause)}` }),
      }),
  }
}

const parse = (pem: string, key: string): Effect.Effect<KeyObject, SignerError> =>
  Effect.try({
    try: () => createPrivateKey(pem),
    catch: () =>
      new SignerError({
        key,
        isRetryable: false,
        detail:
          "is no private key in PKCS #8 PEM form; make one with `openssl genpkey -algorithm ed25519`",
      }),
  }).pipe(
    Effect.filterOrFail(
      (privateKey) => privateKey.asymmetricKeyType === "ed25519",
      (privateKey) =>
        new SignerError({
          key,
          isRetryable: false,
          detail: `is a ${privateKey.asymmetricKeyType ?? "symmetric"} key; an Ed25519 key is needed`,
        }),
    ),
  )

const generate = (): string =>
  generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })

/**
 * Signs with the key in a file (PKCS #8 PEM, mode 0600), and makes one where none is.
 *
 * A key that others may read is refused: whoever reads it can sign another history.
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
      const status = yield* disk.status(file)
      if (status === undefined) {
        const pem = generate()
        yield* disk.makeDirectory(path.dirname(path.resolve(file)))
        yield* disk
          .writeFile(file, [Buffer.from(pem)], { sync: true, mode: keyMode, exclusive: true })
          .pipe(
            // Half a key would be refused for ever; one that another process made is not ours to delete.
            Effect.tapError((error) =>
              error.errno === "EEXIST" ? Effect.void : Effect.ignore(disk.remove(file)),
            ),
          )
        // A trail is of no use to a writer who lost its key in a power failure.
        yield* disk.syncDirectory(path.dirname(path.resolve(file)))
        return signerOf(yield* parse(pem, file), file, true)
      }
      if ((status.mode & 0o077) !== 0) {
        return yield* new SignerError({
          key: file,
          isRetryable: false,
          detail: `others may read it (mode ${status.mode.toString(8)}); run chmod 600 on it`,
        })
      }
      const pem = Buffer.from(yield* disk.readFile(file)).toString("utf8")
      return signerOf(yield* parse(pem, file), file, false)
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
    Effect.map(parse(pem, name), (key) => signerOf(key, name, false)),
  )

/**
 * Signs with a key that exists in this process alone. For tests.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerEphemeral: Layer.Layer<Signer> = Layer.sync(Signer, () =>
  signerOf(generateKeyPairSync("ed25519").privateKey, "ephemeral", true),
)
