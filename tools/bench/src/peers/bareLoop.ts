/**
 * The least that a trail of this kind costs: the text of each event, the hash of its leaf and of
 * one node above (RFC 6962 has as many nodes as leaves, less one), and a write with a sync for
 * each 4,096. No schema, no ids, no order of keys, no frames, no tiles, no signature.
 */
import { hash } from "node:crypto"
import * as fs from "node:fs"

const eventsPerWrite = 4096
const eventBytesMax = 4096

// As the engine's own: with a length, Node skips a look at the name on each call.
const latin1Digest = { outputEncoding: "latin1", outputLength: 32 } as const

interface Latin1Target {
  readonly latin1Write: (text: string, offset: number, lengthBytes: number) => number
}

export interface BareLoop {
  readonly add: (event: object) => void
  readonly close: () => void
}

export const openBareLoop = (file: string): BareLoop => {
  const descriptor = fs.openSync(file, "w")
  const buffer = Buffer.alloc(eventsPerWrite * eventBytesMax)
  // As the engine's own: without the checks of `write`, which Buffer's published types don't have.
  const node = Buffer.alloc(65, 1) as Buffer & Latin1Target
  let bytes = 0
  let count = 0
  const flush = (): void => {
    for (let at = 0; at < bytes;) at += fs.writeSync(descriptor, buffer, at, bytes - at)
    fs.fdatasyncSync(descriptor)
    bytes = 0
    count = 0
  }
  return {
    add: (event) => {
      const text = JSON.stringify(event)
      // Digests as text of one byte a character: half the cost of a Buffer each.
      node.latin1Write(hash("sha256", text, latin1Digest), 1, 32)
      node.latin1Write(hash("sha256", node, latin1Digest), 33, 32)
      bytes += buffer.write(`${text}\n`, bytes)
      count += 1
      if (count === eventsPerWrite) flush()
    },
    close: () => {
      if (count > 0) flush()
      fs.closeSync(descriptor)
    },
  }
}
