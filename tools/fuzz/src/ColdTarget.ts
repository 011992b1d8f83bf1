import { crc32 } from "node:zlib"
import * as ColdBundle from "@countersign/core/trail/ColdBundle"
import { bundleBytesMax } from "@countersign/core/trail/EntryLayout"
import { insist, type Target } from "./Fuzzer.ts"

const checksumAt = 16
const headerBytes = 20
const trailerBytes = 8

const read = (input: Buffer): boolean => {
  const bytes = ColdBundle.decompress(input)
  if (!Buffer.isBuffer(bytes)) return false
  insist(bytes.length <= bundleBytesMax, "no more comes out than a bundle can hold")
  const again = ColdBundle.decompress(ColdBundle.compress(bytes))
  insist(Buffer.isBuffer(again) && again.equals(bytes), "compressing again changes nothing")
  return true
}

export const coldTarget: Target = {
  name: "cold",
  tokens: [],
  seeds: ["", "an entry", "many ".repeat(2000)].map((text) =>
    ColdBundle.compress(Buffer.from(text)),
  ),
  run: (input) => {
    const isRead = read(input)
    // With its checksum mended the damage reaches the inflater.
    if (!isRead && input.length >= headerBytes + trailerBytes) {
      const deflated = input.subarray(headerBytes, input.length - trailerBytes)
      input.writeUInt32LE(crc32(deflated), checksumAt)
      return read(input) ? "accepted" : "refused"
    }
    return isRead ? "accepted" : "refused"
  },
}
