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
import type { Disk, DiskError, DiskFile } from "../platform/Disk.ts"
import { type KeyPlace, type Signer, SignerError } from "./Signer.ts"

const keyMode = 0o600

/**
 * A signer over a private key at hand.
 *
 * @category constructors
 * @since 0.1.0
 */
export const signerOf = (privateKey: KeyObject, key: string, isNew: boolean): Signer["Service"] =>
  signerIn({ key: privateKey }, publicKeyOf(privateKey), key, isNew)

/** Holds a private key until it is destroyed. */
interface Cell {
  key: KeyObject | undefined
}

/** The raw key is the end of its DER form (RFC 8410, section 4). */
const publicKeyOf = (privateKey: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32))

const signerIn = (
  cell: Cell,
  publicKey: Uint8Array,
  key: string,
  isNew: boolean,
): Signer["Service"] => ({
  algorithm: "ed25519",
  publicKey,
  key,
  isNew,
  sign: (bytes) =>
    Effect.suspend(() => {
      const { key: privateKey } = cell
      return privateKey === undefined
        ? new SignerError({ key, isRetryable: false, detail: "was destroyed" })
        : Effect.try({
            try: () => new Uint8Array(sign(null, bytes, privateKey)),
            catch: (cause) =>
              new SignerError({ key, isRetryable: true, detail: `can't sign: ${String(cause)}` }),
          })
    }),
})

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

/**
 * Where the key that follows a key in a file lies.
 *
 * @category encoding
 * @since 0.1.0
 */
export const nextFile = (file: string): string => `${file}.next`

/** What a process holds in memory of the keys of one place. */
class HeldKeys {
  private readonly place: () => KeyPlace
  private readonly file: string
  private held: Array<{ readonly cell: Cell; readonly publicKey: Uint8Array; isNext: boolean }> = []

  constructor(file: string, place: () => KeyPlace) {
    this.file = file
    this.place = place
  }

  signer(privateKey: KeyObject, isNext: boolean, isNew: boolean): Signer["Service"] {
    const [cell, publicKey] = [{ key: privateKey }, publicKeyOf(privateKey)]
    this.held.push({ cell, publicKey, isNext })
    return { ...signerIn(cell, publicKey, this.file, isNew), place: this.place() }
  }

  /** Lets go of all keys but this one. */
  keepOnly(publicKey: Uint8Array): void {
    this.drop((held) => Buffer.compare(held.publicKey, publicKey) !== 0)
    for (const held of this.held) held.isNext = false
  }

  dropNext(): void {
    this.drop(({ isNext }) => isNext)
  }

  private drop(isDropped: (held: (typeof this.held)[number]) => boolean): void {
    for (const held of this.held) if (isDropped(held)) held.cell.key = undefined
    this.held = this.held.filter(({ cell }) => cell.key !== undefined)
  }
}

/** Runs with a file that is open, or with `undefined` where there is none. */
const withFile = <A, E>(
  disk: Disk["Service"],
  file: string,
  use: (open: DiskFile | undefined) => Effect.Effect<A, E>,
): Effect.Effect<A, E | DiskError> =>
  Effect.flatMap(disk.status(file), (status) =>
    status === undefined
      ? use(undefined)
      : Effect.acquireUseRelease(disk.open(file, "update"), use, (open) => open.close),
  )

/** Writes zeros over a file's bytes, as far as a file system lets anyone do that. */
const overwrite = (open: DiskFile): Effect.Effect<void, DiskError> =>
  Effect.suspend(() =>
    Effect.andThen(open.write([Buffer.alloc(open.statusUnsafe().sizeBytes)], 0), open.datasync),
  )

/**
 * The place of a key in a file.
 *
 * A key is destroyed by writing zeros over its file, which is synced before the name goes. On a
 * disk that writes elsewhere (SSD, copy on write, snapshots) the old bytes may stay. The process
 * lets go of it too, and its signer refuses from then on.
 *
 * @category constructors
 * @since 0.1.0
 */
export const placeOf = (disk: Disk["Service"], file: string): KeyPlace => placeIn(disk, file).place

const placeIn = (disk: Disk["Service"], file: string) => {
  const next = nextFile(file)
  const parent = path.dirname(path.resolve(file))
  const held: HeldKeys = new HeldKeys(file, () => place)
  /** What lies there, as far as it is a key. */
  const keyIn = Effect.fnUntraced(function* (from: string) {
    const pem = yield* readPem(disk, from)
    return pem === undefined ? Result.succeed(undefined) : yield* Effect.result(parse(pem, from))
  })
  const isKeyIn = Effect.fnUntraced(function* (from: string, publicKey: Uint8Array) {
    if ((yield* disk.status(from)) === undefined) return false
    const pem = Buffer.from(yield* disk.readFile(from)).toString("utf8")
    const lying = Result.try(() => publicKeyOf(createPrivateKey(pem)))
    return Result.isSuccess(lying) && Buffer.compare(lying.success, publicKey) === 0
  })
  const discard = Effect.gen(function* () {
    held.dropNext()
    if ((yield* disk.status(next)) === undefined) return
    yield* withFile(disk, next, (open) => (open === undefined ? Effect.void : overwrite(open)))
    yield* disk.remove(next)
    yield* disk.syncDirectory(parent)
  })
  const place: KeyPlace = {
    read: Effect.gen(function* () {
      const [current, following] = [yield* keyIn(file), yield* keyIn(next)]
      // Power that goes while one of them is destroyed leaves no key there, but the other one.
      const one = Result.getOrUndefined(current) ?? Result.getOrUndefined(following)
      if (one === undefined) {
        if (Result.isFailure(current)) return yield* current.failure
        if (Result.isFailure(following)) return yield* following.failure
      }
      const signerFor = (found: typeof current, isNext: boolean) => {
        const key = Result.getOrUndefined(found)
        return key === undefined ? undefined : held.signer(key, isNext, false)
      }
      return { current: signerFor(current, false), next: signerFor(following, true) }
    }),
    prepare: Effect.fnUntraced(function* (pem: string = generate()) {
      const key = yield* parse(pem, next)
      yield* discard
      yield* disk.replaceFile(next, [Buffer.from(pem)], keyMode)
      return held.signer(key, true, false)
    }),
    promote: Effect.fnUntraced(function* (inForce: Uint8Array) {
      held.keepOnly(inForce)
      yield* withFile(
        disk,
        file,
        Effect.fnUntraced(function* (open) {
          // Looked at when the file is open: what still lies beside it then is not that file, so
          // that nobody who promotes at the same time can have put the key in force under it.
          if (!(yield* isKeyIn(next, inForce))) return
          if (open !== undefined && !(yield* isKeyIn(file, inForce))) yield* overwrite(open)
          yield* Effect.catchIf(
            disk.rename(next, file),
            // The other one who promotes has done it.
            ({ errno }) => errno === "ENOENT",
            () => Effect.void,
          )
          yield* disk.syncDirectory(parent)
        }),
      )
    }),
    discard,
  }
  return { place, held }
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
  return placeIn(disk, file).held.signer(yield* parse(pem, file), false, true)
})
