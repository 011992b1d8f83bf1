/**
 * A thread that hashes a file's bytes, so that decoding doesn't wait for it.
 *
 * @since 0.1.0
 */
import { createHash } from "node:crypto"
import { parentPort } from "node:worker_threads"

const hash = createHash("sha256")

// Bytes are a part of the file; a number asks for the digest of all so far.
parentPort?.on("message", (message: Uint8Array | number) => {
  if (typeof message !== "number") {
    hash.update(message)
    parentPort?.postMessage(message.byteLength)
    return
  }
  parentPort?.postMessage(hash.copy().digest("hex"))
})
