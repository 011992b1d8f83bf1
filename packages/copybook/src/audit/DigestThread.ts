/**
 * A thread that hashes files' bytes, so that decoding doesn't wait for it.
 *
 * @since 0.1.0
 */
import { createHash, type Hash } from "node:crypto"
import { parentPort } from "node:worker_threads"

/**
 * What is sent to the thread: the file's next bytes at the beginning of a slot of shared memory;
 * `soFar` asks for the digest of all so far, `end` forgets the file.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigestWork {
  readonly file: number
  readonly work: { readonly slot: Uint8Array; readonly length: number } | "soFar" | "end"
}

/**
 * What it answers: how many bytes were hashed, or a digest in hex.
 *
 * @category models
 * @since 0.1.0
 */
export interface DigestAnswer {
  readonly file: number
  readonly answer: number | string
}

const hashes = new Map<number, Hash>()

const hashOf = (file: number): Hash => {
  const known = hashes.get(file)
  if (known !== undefined) return known
  const hash = createHash("sha256")
  hashes.set(file, hash)
  return hash
}

parentPort?.on("message", ({ file, work }: DigestWork) => {
  if (work === "end") {
    hashes.delete(file)
    return
  }
  const hash = hashOf(file)
  const answer = (value: DigestAnswer["answer"]) => parentPort?.postMessage({ file, answer: value })
  if (work === "soFar") answer(hash.copy().digest("hex"))
  else {
    hash.update(work.slot.subarray(0, work.length))
    answer(work.length)
  }
})
