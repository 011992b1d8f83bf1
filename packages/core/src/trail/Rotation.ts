/**
 * The note that ends the range of one key and begins that of the next.
 *
 * It is a checkpoint that both keys have signed, with a line that names them. A later checkpoint
 * says in a line of its own at which size its key began.
 *
 * - Source: docs/decisions/0006-key-rotation.md.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type Checkpoint, parseSigned } from "./Checkpoint.ts"
import * as SignedNote from "./SignedNote.ts"

/**
 * Where a trail keeps these notes, each under the size that it speaks of.
 *
 * @category constants
 * @since 0.1.0
 */
export const rotationsDirectory = "rotations"

/**
 * The type of the entries that speak of it.
 *
 * @category constants
 * @since 0.1.0
 */
export const keyRotatedType = "audit.key.rotated"

/**
 * A note that is no rotation.
 *
 * @category errors
 * @since 0.1.0
 */
export class RotationMalformed extends Schema.TaggedError<RotationMalformed>(
  "@countersign/core/RotationMalformed",
)("RotationMalformed", {
  code: Schema.tag("AUD-3701"),
  isRetryable: Schema.tag(false),
  detail: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: the note is no rotation of a key: ${this.detail}`
  }
}

const malformed = (detail: string) => Result.fail(new RotationMalformed({ detail }))

/**
 * What a rotation announces.
 *
 * @category models
 * @since 0.1.0
 */
export interface Succession {
  /** Counted from 1, over the rotations of the trail. */
  readonly number: number
  /** The entry of the trail that announces it. */
  readonly sequence: number
  /** When the key after was made. Milliseconds since 1970. */
  readonly atMillis: number
  readonly before: SignedNote.VerifierKey
  readonly after: SignedNote.VerifierKey
}

/**
 * A rotation as it was found. It must not be believed before both signatures are verified.
 *
 * @category models
 * @since 0.1.0
 */
export interface Rotation extends Succession {
  readonly checkpoint: Checkpoint
  readonly note: SignedNote.SignedNote
}

const rotationWord = "countersign/key-rotation"
const sinceWord = "countersign/key-since"

const textOf = ({ name, publicKey }: SignedNote.VerifierKey): string =>
  SignedNote.formatVerifierKey(name, publicKey)

/**
 * The checkpoint's line that makes it a rotation.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatSuccession = ({
  after,
  atMillis,
  before,
  number,
  sequence,
}: Succession): string =>
  `${rotationWord} ${number} ${sequence} ${atMillis} ${textOf(before)} ${textOf(after)}`

/**
 * The line of every later checkpoint: at which size its key began.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatSince = (size: number): string => `${sinceWord} ${size}`

const naturalOf = (text: string): number | undefined => {
  const value = Number(text)
  return /^(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(value) ? value : undefined
}

/**
 * The size at which a checkpoint says that its key began; `undefined` where it does not say.
 *
 * @category decoding
 * @since 0.1.0
 */
export const sinceOf = ({ extensions }: Checkpoint): number | undefined => {
  const line = extensions.find((extension) => extension.startsWith(`${sinceWord} `))
  return line === undefined ? undefined : naturalOf(line.slice(sinceWord.length + 1))
}

/**
 * Whether a checkpoint is a rotation.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isRotation = ({ extensions }: Checkpoint): boolean =>
  extensions.some((extension) => extension.startsWith(`${rotationWord} `))

/**
 * The size that a file under `rotations/` speaks of, or `undefined` for another file.
 *
 * @category decoding
 * @since 0.1.0
 */
export const sizeOfName = (name: string): number | undefined => {
  const size = naturalOf(name)
  return size === undefined || size === 0 ? undefined : size
}

/**
 * Whether two keys are one.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSameKey = (
  left: Pick<SignedNote.VerifierKey, "name" | "publicKey">,
  right: Pick<SignedNote.VerifierKey, "name" | "publicKey">,
): boolean => left.name === right.name && Buffer.compare(left.publicKey, right.publicKey) === 0

/**
 * A text that is the same for two keys where they are one.
 *
 * @category encoding
 * @since 0.1.0
 */
export const identityOf = ({
  name,
  publicKey,
}: Pick<SignedNote.VerifierKey, "name" | "publicKey">): string =>
  `${name}+${Buffer.from(publicKey).toString("hex")}`

/**
 * A key's name for people: the origin and eight hexadecimal digits.
 *
 * @category encoding
 * @since 0.1.0
 */
export const nameOfKey = ({ keyId, name }: SignedNote.VerifierKey): string =>
  `${name}+${keyId.toString(16).padStart(8, "0")}`

/**
 * Reads a rotation note, and refuses one that contradicts itself.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (bytes: Uint8Array): Result.Result<Rotation, RotationMalformed> => {
  const signed = parseSigned(bytes)
  if (Result.isFailure(signed)) return malformed(signed.failure.message)
  const { checkpoint, note } = signed.success
  const [line, ...others] = checkpoint.extensions
  if (line === undefined || others.length > 0) return malformed("it has not exactly one extension")
  const [word, numberText = "", sequenceText = "", atText = "", beforeText, afterText, ...rest] =
    line.split(" ")
  const number = naturalOf(numberText)
  const sequence = naturalOf(sequenceText)
  const atMillis = naturalOf(atText)
  if (word !== rotationWord || rest.length > 0) return malformed("its extension is another one")
  if (number === undefined || number === 0) return malformed("its number is none")
  if (atMillis === undefined) return malformed("its time is none")
  if (sequence === undefined || sequence >= checkpoint.size) {
    return malformed("the entry that announces it is not under it")
  }
  const before = SignedNote.parseVerifierKey(beforeText ?? "")
  const after = SignedNote.parseVerifierKey(afterText ?? "")
  if (Result.isFailure(before)) return malformed(`the key before: ${before.failure.detail}`)
  if (Result.isFailure(after)) return malformed(`the key after: ${after.failure.detail}`)
  const keys = { before: before.success, after: after.success }
  for (const { name } of [keys.before, keys.after]) {
    if (name !== checkpoint.origin) {
      return malformed(`a key of ${name} can't sign the trail ${checkpoint.origin}`)
    }
  }
  if (isSameKey(keys.before, keys.after)) return malformed("both keys are one")
  return Result.succeed({ number, sequence, atMillis, ...keys, checkpoint, note })
}

/**
 * What is wrong with a rotation's signatures; `undefined` where both keys have signed it.
 *
 * @category predicates
 * @since 0.1.0
 */
export const signatureProblem = ({ after, before, note }: Rotation): string | undefined => {
  for (const [which, key] of [
    ["before", before],
    ["after", after],
  ] as const) {
    const judged = SignedNote.verify(note, key)
    if (judged === "valid") continue
    return judged === "absent"
      ? `the key ${which}, ${nameOfKey(key)}, has not signed it`
      : `the signature of the key ${which}, ${nameOfKey(key)}, is not over this text`
  }
  return undefined
}
