/**
 * A thread that hashes files' bytes, so that decoding doesn't wait for it.
 *
 * @since 0.1.0
 */
import { createHash, type Hash } from "node:crypto"
import { parentPort } from "node:worker_threads"

/**
 * What is sent to the thread: the file's next bytes, at the beginning of a slot of shared memory,
 * and the places among them up to which a digest is asked for. Without a part the file is
 * forgotten.
 *
 * Waking a thread costs as much as hashing a part of a megabyte, so there is one message for all.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigestWork {
  readonly file: number
  readonly part?: {
    readonly slot: Uint8Array
    readonly length: number
    readonly marks: ReadonlyArray<number>
  }
}

/**
 * What it answers when a part is hashed: the digests of all bytes up to its marks, in hex.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigestAnswer {
  readonly file: number
  readonly digests: ReadonlyArray<string>
}

const hashes = new Map<number, Hash>()

const hashOf = (file: number): Hash => {
  const known = hashes.get(file)
  if (known !== undefined) return known
  const hash = createHash("sha256")
  hashes.set(file, hash)
  return hash
}

parentPort?.on("message", ({ file, part }: DigestWork) => {
  if (part === undefined) {
    hashes.delete(file)
    return
  }
  const hash = hashOf(file)
  let at = 0
  const digests = part.marks.map((mark) => {
    if (mark > at) hash.update(part.slot.subarray(at, mark))
    at = mark
    return hash.copy().digest("hex")
  })
  if (part.length > at) hash.update(part.slot.subarray(at, part.length))
  parentPort?.postMessage({ file, digests } satisfies DigestAnswer)
})
