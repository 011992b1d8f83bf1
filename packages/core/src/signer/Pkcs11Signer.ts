/**
 * A signer whose key lies in a PKCS#11 token and never leaves it.
 *
 * @since 0.1.0
 */
import { createPublicKey, randomBytes, verify } from "node:crypto"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Semaphore from "effect/Semaphore"
import { Disk, type DiskError } from "../platform/Disk.ts"
import * as Cryptoki from "./Cryptoki.ts"
import { PinRefused, type Pkcs11Error, TokenKeyUnfit } from "./Pkcs11Error.ts"
import { Signer, SignerError } from "./Signer.ts"
import { TokenCaller } from "./TokenCaller.ts"
import * as TokenSession from "./TokenSession.ts"

/**
 * Where a key is. The configuration's section `pkcs11` has this shape.
 *
 * @category models
 * @since 0.1.0
 */
export interface Pkcs11Options {
  /** The shared library that came with the token. Whatever lies there is run. */
  readonly module: string
  /** The token's label. */
  readonly token: string
  /** The key's label. */
  readonly key: string
  /** The file with the PIN, mode 0600; empty: the variable has it. */
  readonly pinFile: string
  /** The variable with the PIN. */
  readonly pinVariable: string
}

// No token takes a longer one.
const pinBytesMax = 255

const readPinFile = Effect.fnUntraced(function* (file: string, token: string) {
  const disk = yield* Disk
  const refuse = (detail: string) =>
    new PinRefused({ token, detail: `its PIN file ${file} ${detail}` })
  const status = yield* disk.status(file)
  if (status === undefined) return yield* refuse("is not there")
  if ((status.mode & 0o077) !== 0) {
    const mode = status.mode.toString(8)
    return yield* refuse(`may be read by others (mode ${mode}); run chmod 600 on it`)
  }
  const bytes = Buffer.from(yield* disk.readRange(file, 0, pinBytesMax + 3))
  const pin = bytes.toString("utf8").replace(/\r?\n$/, "")
  bytes.fill(0)
  if (pin === "" || Buffer.byteLength(pin) > pinBytesMax) {
    return yield* refuse(`must hold one PIN of 1 to ${pinBytesMax} bytes`)
  }
  return Redacted.make(pin)
})

const readPin = (
  { pinFile, pinVariable, token }: Pkcs11Options,
  env: Readonly<Record<string, string | undefined>>,
): Effect.Effect<Redacted.Redacted, PinRefused | DiskError, Disk> => {
  if (pinFile !== "") return readPinFile(pinFile, token)
  const pin = env[pinVariable]
  return pin === undefined || pin === ""
    ? Effect.fail(
        new PinRefused({
          token,
          detail: `no PIN: set $${pinVariable}, or name a file that has it with pkcs11.pinFile`,
        }),
      )
    : Effect.succeed(Redacted.make(pin))
}

const isSignedBy = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean =>
  verify(
    null,
    bytes,
    createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(publicKey).toString("base64url") },
      format: "jwk",
    }),
    signature,
  )

/**
 * One session, opened again where it was lost. A key that is not the one from the beginning,
 * and a PIN that was refused, end it for good.
 */
const make = Effect.fnUntraced(function* (
  { key, module: file, token }: Pkcs11Options,
  pin: Redacted.Redacted,
) {
  const module = yield* Effect.flatMap(Cryptoki.load(file), Cryptoki.use)
  const caller = new TokenCaller(module, token)
  const turn = yield* Semaphore.make(1)
  let session: TokenSession.TokenSession | undefined
  let publicKey: Uint8Array | undefined
  let refusal: PinRefused | TokenKeyUnfit | undefined

  const drop = Effect.suspend(() => {
    const dropped = session
    session = undefined
    return dropped?.close ?? Effect.void
  })
  const opened = Effect.gen(function* () {
    if (session !== undefined) return session
    if (refusal !== undefined) return yield* refusal
    const next = yield* TokenSession.open(caller, key, pin)
    session = next
    // Whoever can't make a signature that fits the public key has another private key under its label.
    const challenge = randomBytes(32)
    const isFit = isSignedBy(next.publicKey, challenge, yield* next.sign(challenge))
    const isSame = publicKey === undefined || Buffer.compare(publicKey, next.publicKey) === 0
    if (!isFit || !isSame) {
      const detail = isFit
        ? "it is another key than before; put the token back that the trail was opened with"
        : "its signatures do not fit the public key beside it"
      return yield* new TokenKeyUnfit({ token, key, detail })
    }
    publicKey = next.publicKey
    return next
  }).pipe(
    Effect.tapError((error) =>
      Effect.suspend(() => {
        if (error._tag === "PinRefused" || error._tag === "TokenKeyUnfit") refusal = error
        return drop
      }),
    ),
  )
  const signOnce = (bytes: Uint8Array) =>
    Effect.gen(function* () {
      const live = yield* opened
      const signature = yield* live.sign(bytes)
      // A checkpoint with a wrong one would be signed by nobody, and some faults give the key away.
      if (isSignedBy(live.publicKey, bytes, signature)) return signature
      return yield* caller.lost("C_Sign", "its signature does not fit the public key")
    }).pipe(Effect.onError(() => drop))

  yield* Effect.addFinalizer(() => turn.withPermit(drop))
  const first = yield* opened
  const name = `pkcs11:token=${token};object=${key}`
  const sign = (bytes: Uint8Array): Effect.Effect<Uint8Array, SignerError> =>
    signOnce(bytes).pipe(
      // Once: what was lost between two signatures is back in the same moment, or it is not.
      Effect.catchTag("TokenSessionLost", () => signOnce(bytes)),
      (signing) => turn.withPermit(signing),
      Effect.mapError(
        ({ isRetryable, message }) => new SignerError({ key: name, isRetryable, detail: message }),
      ),
    )
  const { publicKey: raw } = first
  return Signer.of({ algorithm: "ed25519", publicKey: raw, key: name, isNew: false, sign })
})

/**
 * Signs with an Ed25519 key in a PKCS#11 token (`CKM_EDDSA`).
 *
 * A session that was lost, because the token was taken out or the module failed, is opened again
 * with the next signature. A PIN that was refused is never tried a second time, and none is tried
 * on a token that would lock itself.
 *
 * - Needs the package koffi, and 64-bit Linux or macOS.
 * - Errors: `Pkcs11ModuleUnusable`, `TokenNotFound`, `PinRefused`, `TokenKeyUnfit`,
 *   `TokenSessionLost`, `DiskError`.
 *
 * @param env where the PIN's variable is looked up. Default: the process's.
 * @category layers
 * @since 0.1.0
 */
export const layer = (
  options: Pkcs11Options,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Layer.Layer<Signer, Pkcs11Error | DiskError, Disk> =>
  Layer.effect(
    Signer,
    Effect.flatMap(readPin(options, env), (pin) => make(options, pin)),
  )
