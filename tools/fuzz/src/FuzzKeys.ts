import { createPrivateKey, type KeyObject } from "node:crypto"

/** RFC 8410, section 7: a fixed Ed25519 key, so that a seed replays to the byte. */
export const fuzzKey = (byte: number): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([
      Buffer.from("302e020100300506032b657004220420", "hex"),
      Buffer.alloc(32, byte),
    ]),
    format: "der",
    type: "pkcs8",
  })
