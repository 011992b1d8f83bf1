/**
 * The keys that a witness takes for a log: those that it was given, and those that they led to.
 *
 * A log may change its key by a checkpoint that both keys sign. A witness that cosigns such a
 * checkpoint follows: from there on it takes the key after, and never again the key before.
 *
 * - Source: docs/decisions/0006-key-rotation.md. C2SP tlog-witness knows no changes of keys.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { SignedCheckpoint } from "../trail/Checkpoint.ts"
import { isSameKey, parse as parseRotation, signatureProblem } from "../trail/Rotation.ts"
import {
  format,
  formatVerifierKey,
  parseVerifierKey,
  type VerifierKey,
} from "../trail/SignedNote.ts"

/**
 * What a witness remembers of a log's keys.
 *
 * @category models
 * @since 0.1.0
 */
export interface FollowedKeys {
  /** The key that the newest change led to. */
  readonly current: VerifierKey
  /** Keys that the witness was given, and that a change has put out of force. */
  readonly retired: ReadonlyArray<VerifierKey>
}

const isAmong = (key: VerifierKey, keys: ReadonlyArray<VerifierKey>): boolean =>
  keys.some((each) => isSameKey(each, key))

/**
 * The keys whose signature counts.
 *
 * @param given the keys that the witness was started with
 * @category running
 * @since 0.1.0
 */
export const acceptedKeys = (
  given: ReadonlyArray<VerifierKey>,
  followed: FollowedKeys | undefined,
): ReadonlyArray<VerifierKey> =>
  followed === undefined
    ? given
    : [
        followed.current,
        ...given.filter((key) => !isAmong(key, [followed.current, ...followed.retired])),
      ]

/**
 * The keys after a checkpoint that was found good: others only if it changes the key, signed by
 * one that counts and by the one that follows.
 *
 * @category running
 * @since 0.1.0
 */
export const follow = (
  { note }: SignedCheckpoint,
  given: ReadonlyArray<VerifierKey>,
  followed: FollowedKeys | undefined,
): FollowedKeys | undefined => {
  const rotation = parseRotation(Buffer.from(format(note)))
  if (Result.isFailure(rotation) || signatureProblem(rotation.success) !== undefined) {
    return followed
  }
  const { after, before } = rotation.success
  const retired = followed?.retired ?? []
  if (!isAmong(before, acceptedKeys(given, followed)) || isAmong(after, retired)) return followed
  return { current: after, retired: isAmong(before, given) ? [...retired, before] : retired }
}

const textOf = ({ name, publicKey }: VerifierKey): string => formatVerifierKey(name, publicKey)

const word = "countersign/keys "

/**
 * The line that is kept before the checkpoint; nothing where nothing was followed.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatFollowed = (followed: FollowedKeys | undefined): string =>
  followed === undefined
    ? ""
    : `${word}${[followed.current, ...followed.retired].map(textOf).join(" ")}\n`

/**
 * Takes such a line from the beginning of a file. `undefined`: there is one, and it is damaged.
 *
 * @category decoding
 * @since 0.1.0
 */
export const splitFollowed = (
  bytes: Buffer,
): { readonly followed?: FollowedKeys; readonly rest: Buffer } | undefined => {
  // No key's name holds a space, so no checkpoint of a log that is served begins like this.
  if (bytes.subarray(0, word.length).toString("latin1") !== word) return { rest: bytes }
  const end = bytes.indexOf("\n")
  const texts = bytes.subarray(word.length, Math.max(end, 0)).toString("utf8").split(" ")
  const keys = texts.flatMap((text) => {
    const key = parseVerifierKey(text)
    return Result.isSuccess(key) ? [key.success] : []
  })
  const [current, ...retired] = keys
  return current === undefined || keys.length !== texts.length
    ? undefined
    : { followed: { current, retired }, rest: bytes.subarray(end + 1) }
}

/**
 * What a refusal for want of a key says of the keys that count: a hint where to begin, no more.
 *
 * @category encoding
 * @since 0.1.0
 */
export const formatAccepted = (keys: ReadonlyArray<VerifierKey>): string =>
  keys.map((key) => `\nkey ${textOf(key)}`).join("")

/**
 * The keys in such a refusal.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parseAccepted = (body: string): ReadonlyArray<VerifierKey> =>
  body.split("\n").flatMap((line) => {
    const key = parseVerifierKey(line.startsWith("key ") ? line.slice(4) : "")
    return Result.isSuccess(key) ? [key.success] : []
  })
