/**
 * A private key in a file, with room beside it for the key that follows.
 *
 * `<file>` is the key in force, `<file>.next` the one that was made to follow it. What is in
 * force the trail says; this is only where keys lie, and how one is destroyed.
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
import * as Result from "effect/Result"
import type { Disk, DiskError } from "../platform/Disk.ts"
import { type KeyPlace, type Signer, SignerError } from "./Signer.ts"

const keyMode = 0o600

/**
 * A signer over a private key at hand.
 *
 * @category constructors
 * @since 0.1.0
 */
export const signerOf = (
  privateKey: KeyObject,
  key: string,
  isNew: boolean,
  place?: KeyPlace,
): Signer["Service"] => {
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
    ...(place === undefined ? {} : { place }),
  }
}

/**
 * Reads PKCS #8 PEM text.
 *
 * - Errors: `SignerError` for anything but an Ed25519 key; it never shows the text.
 *
 * @param key what to call it
 * @category decoding
 * @since 0.1.0
 */
export const parse = (pem: string, key: string): Effect.Effect<KeyObject, SignerError> =>
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

/** What is in a key's file; `undefined` where there is none. */
const readPem = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  const status = yield* disk.status(file)
  if (status === undefined) return undefined
  if ((status.mode & 0o077) !== 0) {
    return yield* new SignerError({
      key: file,
      isRetryable: false,
      detail: `others may read it (mode ${status.mode.toString(8)}); run chmod 600 on it`,
    })
  }
  return Buffer.from(yield* disk.readFile(file)).toString("utf8")
})

/** Writes zeros over a file's bytes, as far as a file system lets anyone do that. */
const overwrite = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  const status = yield* disk.status(file)
  if (status === undefined) return
  const open = yield* disk.open(file, "update")
  yield* open
    .write([Buffer.alloc(status.sizeBytes)], 0)
    .pipe(Effect.andThen(open.datasync), Effect.ensuring(open.close))
})

/**
 * Where the key that follows a key in a file lies.
 *
 * @category encoding
 * @since 0.1.0
 */
export const nextFile = (file: string): string => `${file}.next`

/**
 * The place of a key in a file.
 *
 * A key is destroyed by writing zeros over its file, which is synced before the name goes. On a
 * disk that writes elsewhere (SSD, copy on write, snapshots) the old bytes may stay.
 *
 * @category constructors
 * @since 0.1.0
 */
export const placeOf = (disk: Disk["Service"], file: string): KeyPlace => {
  const next = nextFile(file)
  const parent = path.dirname(path.resolve(file))
  const discard = Effect.gen(function* () {
    if ((yield* disk.status(next)) === undefined) return
    yield* overwrite(disk, next)
    yield* disk.remove(next)
    yield* disk.syncDirectory(parent)
  })
  const place: KeyPlace = {
    read: Effect.gen(function* () {
      const signerIn = Effect.fnUntraced(function* (from: string) {
        const pem = yield* readPem(disk, from)
        if (pem === undefined) return Result.succeed(undefined)
        const parsed = yield* Effect.result(parse(pem, from))
        return Result.map(parsed, (key) => signerOf(key, file, false, place))
      })
      const [current, following] = [yield* signerIn(file), yield* signerIn(next)]
      // Power that goes while one of them is destroyed leaves no key there, but the other one.
      const one = Result.getOrUndefined(current) ?? Result.getOrUndefined(following)
      if (one === undefined) {
        if (Result.isFailure(current)) return yield* current.failure
        if (Result.isFailure(following)) return yield* following.failure
      }
      return {
        current: Result.getOrUndefined(current),
        next: Result.getOrUndefined(following),
      }
    }),
    prepare: Effect.fnUntraced(function* (pem: string = generate()) {
      const key = yield* parse(pem, next)
      yield* discard
      yield* disk.replaceFile(next, [Buffer.from(pem)], keyMode)
      return signerOf(key, file, false, place)
    }),
    promote: Effect.gen(function* () {
      if ((yield* disk.status(next)) === undefined) return
      yield* overwrite(disk, file)
      yield* disk.rename(next, file)
      yield* disk.syncDirectory(parent)
    }),
    discard,
  }
  return place
}

/**
 * Makes a key in a file where none is, mode 0600.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (disk: Disk["Service"], file: string) {
  const pem = generate()
  const parent = path.dirname(path.resolve(file))
  yield* disk.makeDirectory(parent)
  yield* disk
    .writeFile(file, [Buffer.from(pem)], { sync: true, mode: keyMode, exclusive: true })
    .pipe(
      // Half a key would be refused for ever; one that another process made is not ours to delete.
      Effect.tapError((error: DiskError) =>
        error.errno === "EEXIST" ? Effect.void : Effect.ignore(disk.remove(file)),
      ),
    )
  // A trail is of no use to a writer who lost its key in a power failure.
  yield* disk.syncDirectory(parent)
  return signerOf(yield* parse(pem, file), file, true, placeOf(disk, file))
})
