/**
 * The key of batch seals: 32 random bytes in a file of their own.
 *
 * It is secret, and it is symmetric: whoever can verify a seal can also make one. It therefore
 * proves nothing to a stranger, and it alarms only as long as it lies where those who could
 * alter the trail can't read it.
 *
 * @since 0.1.0
 */
import { createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import { Disk, type DiskError } from "../platform/Disk.ts"
import { SignerError } from "./Signer.ts"

const keyBytes = 32
const keyMode = 0o600
// The digits, a newline, and room to notice that there is more.
const fileBytesMax = 256

/**
 * @category models
 * @since 0.1.0
 */
export interface SealKey {
  readonly key: KeyObject
  /** Where the key is. */
  readonly file: string
  /** `true`: it was made just now. */
  readonly isNew: boolean
}

/**
 * Where the key of a trail's seals lies: beside its directory, not in it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const sealKeyFile = (directory: string): string => `${path.resolve(directory)}.seal-key`

const refuse = (file: string, detail: string): SignerError =>
  new SignerError({ key: file, isRetryable: false, detail })

/**
 * Reads a key that exists.
 *
 * - Errors: `SignerError` where there is none, where others may read it, or where the file holds
 *   anything but 64 hexadecimal digits; `DiskError`.
 *
 * @category running
 * @since 0.1.0
 */
export const readSealKey: (file: string) => Effect.Effect<SealKey, SignerError | DiskError, Disk> =
  Effect.fnUntraced(function* (file: string) {
    const disk = yield* Disk
    const status = yield* disk.status(file)
    if (status === undefined) {
      return yield* refuse(file, "there is no such file; without it no seal can be verified")
    }
    if ((status.mode & 0o077) !== 0) {
      const mode = status.mode.toString(8)
      return yield* refuse(file, `others may read it (mode ${mode}); run chmod 600 on it`)
    }
    const text = Buffer.from(yield* disk.readRange(file, 0, fileBytesMax)).toString("latin1")
    const digits = /^([0-9a-f]{64})\n?$/i.exec(text)?.[1]
    if (digits === undefined) {
      const detail = `is no key for seals: ${keyBytes * 2} hexadecimal digits are expected; put the right file back, or move it away to have a new one made`
      return yield* refuse(file, detail)
    }
    const key: SealKey = {
      key: createSecretKey(Buffer.from(digits, "hex")),
      file,
      isNew: false,
    }
    return key
  })

/**
 * Reads the key of a trail's seals, and makes one where none is (mode 0600, all or nothing).
 *
 * The caller holds the trail's lease: two that make a key at once would each keep their own.
 *
 * - Errors: as {@link readSealKey}.
 *
 * @param directory the trail's directory
 * @category constructors
 * @since 0.1.0
 */
export const openSealKey: (
  directory: string,
) => Effect.Effect<SealKey, SignerError | DiskError, Disk> = Effect.fnUntraced(function* (
  directory: string,
) {
  const disk = yield* Disk
  const file = sealKeyFile(directory)
  const isNew = (yield* disk.status(file)) === undefined
  if (isNew) {
    const text = `${randomBytes(keyBytes).toString("hex")}\n`
    yield* disk.replaceFile(file, [Buffer.from(text)], keyMode)
  }
  const key: SealKey = { ...(yield* readSealKey(file)), isNew }
  return key
})
