/**
 * Small trails whose key has changed, and what thieves of their keys could make of them.
 *
 * As `TrailFixture`, it shares no code with the trail's own modules.
 *
 * @since 0.1.0
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { checkpointText, noteOf, publish, put, verifierKeyText } from "./TrailFixture.ts"

/**
 * A fresh private key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const makeKey = (): KeyObject => generateKeyPairSync("ed25519").privateKey

/**
 * One note with a signature of each key.
 *
 * @category encoding
 * @since 0.1.0
 */
export const noteByAll = (text: string, keys: ReadonlyArray<KeyObject>): string =>
  `${text}\n${keys.map((key) => noteOf(text, key).slice(text.length + 1)).join("")}`

/**
 * @category models
 * @since 0.1.0
 */
export interface RotatedTrail {
  readonly entries: ReadonlyArray<string>
  /** The keys, in order. */
  readonly keys: ReadonlyArray<KeyObject>
  /** The sizes at which each but the first begins; the entry before each announces it. */
  readonly sizes: ReadonlyArray<number>
}

/**
 * As many entries, with those that announce changes of the key.
 *
 * @category constructors
 * @since 0.1.0
 */
export const rotatedTrail = (
  count: number,
  keys: ReadonlyArray<KeyObject>,
  sizes: ReadonlyArray<number>,
): RotatedTrail => ({
  keys,
  sizes,
  entries: Array.from({ length: count }, (_, index) => {
    const at = sizes.indexOf(index + 1)
    return at < 0
      ? `{"id":"e${index}","n":${index}}`
      : JSON.stringify({
          data: {
            after: verifierKeyText(keys[at + 1]),
            before: verifierKeyText(keys[at]),
            number: at + 1,
          },
          outcome: "attempt",
          type: "audit.key.rotated",
        })
  }),
})

/**
 * The note of a change of the key.
 *
 * @param number counted from 1
 * @param signers who signs; default: both keys
 * @category encoding
 * @since 0.1.0
 */
export const rotationNote = (
  { entries, keys, sizes }: RotatedTrail,
  number: number,
  signers: ReadonlyArray<KeyObject> = keys.slice(number - 1, number + 1),
): string => {
  const size = sizes[number - 1] ?? 0
  const line = `countersign/key-rotation ${number} ${size - 1} 0 ${verifierKeyText(keys[number - 1])} ${verifierKeyText(keys[number])}`
  return noteByAll(`${checkpointText(entries.slice(0, size))}${line}\n`, signers)
}

/**
 * The newest checkpoint, as the key in force signs it.
 *
 * @param key who signs; default: the last key
 * @category encoding
 * @since 0.1.0
 */
export const newestNote = (
  { entries, keys, sizes }: RotatedTrail,
  key: KeyObject | undefined = keys.at(-1),
): string => {
  const since = sizes.at(-1)
  const line = since === undefined ? "" : `countersign/key-since ${since}\n`
  return noteOf(`${checkpointText(entries)}${line}`, key)
}

/**
 * Writes the whole trail with its rotations, in place of what is there.
 *
 * @category running
 * @since 0.1.0
 */
export const publishRotated = (directory: string, trail: RotatedTrail): void => {
  fs.rmSync(directory, { recursive: true, force: true })
  publish(directory, trail.entries)
  for (const [index, size] of trail.sizes.entries()) {
    put(directory, path.join("rotations", String(size)), rotationNote(trail, index + 1))
  }
  put(directory, "checkpoint", newestNote(trail))
}
