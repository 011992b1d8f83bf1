import { createSecretKey } from "node:crypto"
import { crc32 } from "node:zlib"
import * as BatchSeal from "@countersign/core/trail/BatchSeal"
import { insist, type Target } from "./Fuzzer.ts"

const key = createSecretKey(Buffer.alloc(32, 7))
const batch = Buffer.from("the batch")
const seal = (firstSequence: number, count: number): Buffer => {
  const record = Buffer.alloc(BatchSeal.sealBytes)
  BatchSeal.encodeSeal(key, { firstSequence, count }, batch, record)
  return record
}
const seeds = [seal(0, 1), seal(123_456, 256), seal(2 ** 52, 2 ** 32 - 1)]
const crcAt = 60

const read = (input: Buffer): boolean => {
  const found = BatchSeal.decodeSeal(input)
  if (typeof found === "string") return false
  insist(Number.isSafeInteger(found.firstSequence + found.count), "a seal counts exactly")
  const check = new BatchSeal.SealCheck(key, found)
  check.update(batch)
  insist(check.fits() === seeds.some((each) => each.equals(input)), "only a seal by the key fits")
  return true
}

export const sealTarget: Target = {
  name: "seal",
  tokens: [],
  seeds,
  run: (input) => {
    const name = BatchSeal.parseSealName(input.toString("latin1"))
    insist(name === undefined || Number.isSafeInteger(name), "a seal's name counts exactly")
    const isRead = read(input)
    // With its checksum mended the damage reaches the fields.
    if (!isRead && input.length === BatchSeal.sealBytes) {
      input.writeUInt32BE(crc32(input.subarray(0, crcAt)), crcAt)
      return read(input) ? "accepted" : "refused"
    }
    return isRead ? "accepted" : "refused"
  },
}
