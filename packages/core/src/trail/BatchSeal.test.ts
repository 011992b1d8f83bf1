import { createHmac, createSecretKey } from "node:crypto"
import { crc32 } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { bundleOf } from "../testing/TrailFixture.ts"
import {
  decodeSeal,
  encodeSeal,
  formatSealName,
  parseSealName,
  SealCheck,
  type SealedBatch,
  sealBytes,
} from "./BatchSeal.ts"

const rawKey = Buffer.from(
  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
  "hex",
)
const key = createSecretKey(rawKey)
const entries = ["one", "two", "three"]
const batch: SealedBatch = { firstSequence: 2 ** 40 + 5, count: entries.length }

const recordOf = (sealed: SealedBatch = batch, bytes: Uint8Array = bundleOf(entries)): Buffer => {
  const record = Buffer.alloc(sealBytes, 0xdb)
  encodeSeal(key, sealed, bytes, record)
  return record
}

const sealOf = (record: Buffer) => {
  const seal = decodeSeal(record)
  if (typeof seal === "string") throw new Error(`a seal is expected, and this is ${seal}`)
  return seal
}

const fits = (record: Buffer, ...parts: ReadonlyArray<Uint8Array>): boolean => {
  const check = new SealCheck(key, sealOf(record))
  for (const part of parts) check.update(part)
  return check.fits()
}

/** A record with some bytes replaced and its CRC made right again: what a forger would write. */
const rewritten = (at: number, ...bytes: ReadonlyArray<number>): Buffer => {
  const record = recordOf()
  record.set(bytes, at)
  record.writeUInt32BE(crc32(record.subarray(0, 60)), 60)
  return record
}

describe("BatchSeal", () => {
  it("is the HMAC-SHA256 of context, place and bytes, as its page says", () => {
    // Spelled out without the module, and as `openssl dgst -sha256 -mac HMAC` gives it.
    const data = Buffer.concat([
      Buffer.from("countersign-seal/v1"),
      Buffer.from([0]),
      Buffer.from("0000010000000005", "hex"),
      Buffer.from("00000003", "hex"),
      Buffer.from("\u0000\u0003one\u0000\u0003two\u0000\u0005three"),
    ])
    const mac = createHmac("sha256", rawKey).update(data).digest("hex")
    assert.strictEqual(mac, "171eaa55c17d64ff7ac83347439a0e7554d882bd91d1120f74aa1ccc6daa5fc7")
    assert.strictEqual(Buffer.from(sealOf(recordOf()).mac).toString("hex"), mac)
  })

  it.prop(
    "gives back what was written, at any place of a buffer",
    {
      firstSequence: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 2 ** 52 })),
      count: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 0xffff_ffff })),
      before: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 200 })),
    },
    ({ before, count, firstSequence }) => {
      const buffer = Buffer.alloc(before + sealBytes + 9, 0xdb)
      encodeSeal(key, { firstSequence, count }, bundleOf(entries), buffer, before)
      const seal = decodeSeal(buffer.subarray(before, before + sealBytes))
      assert.deepInclude(seal, { firstSequence, count })
      assert.isTrue(buffer.subarray(0, before).every((byte) => byte === 0xdb))
      assert.isTrue(buffer.subarray(before + sealBytes).every((byte) => byte === 0xdb))
    },
  )

  it("fits exactly the entries that it was made over, in any pieces", () => {
    const bytes = bundleOf(entries)
    assert.isTrue(fits(recordOf(), bytes))
    assert.isTrue(fits(recordOf(), bundleOf(["one"]), bundleOf(["two", "three"])))
    assert.isFalse(fits(recordOf(), bundleOf(["one", "two", "tree"])))
    assert.isFalse(fits(recordOf(), bundleOf(["two", "one", "three"])))
    assert.isFalse(fits(recordOf(), bundleOf(["onetwo", "", "three"])))
    assert.isFalse(fits(recordOf()))
  })

  it("fits at its own place and for its own count alone", () => {
    assert.isFalse(fits(rewritten(15, 6), bundleOf(entries)))
    assert.isFalse(fits(rewritten(19, 2), bundleOf(entries)))
  })

  it("fits under its own key alone", () => {
    const check = new SealCheck(createSecretKey(Buffer.alloc(32, 1)), sealOf(recordOf()))
    check.update(bundleOf(entries))
    assert.isFalse(check.fits())
  })

  it("notices every bit that decays, and every length but its own", () => {
    const record = recordOf()
    for (let bit = 0; bit < sealBytes * 8; bit += 1) {
      const altered = Buffer.from(record)
      altered[bit >>> 3] = (altered[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
      assert.strictEqual(decodeSeal(altered), "damaged", `bit ${bit}`)
    }
    for (let length = 0; length < sealBytes; length += 1) {
      assert.strictEqual(decodeSeal(record.subarray(0, length)), "damaged")
    }
    assert.strictEqual(decodeSeal(Buffer.concat([record, record])), "damaged")
  })

  it("refuses what no sealer writes, though its CRC is right", () => {
    assert.strictEqual(decodeSeal(rewritten(0, 0x58)), "damaged")
    assert.strictEqual(decodeSeal(rewritten(16, 0, 0, 0, 0)), "damaged")
    assert.strictEqual(decodeSeal(rewritten(8, 0x7f)), "damaged")
    assert.strictEqual(decodeSeal(rewritten(27, 1)), "damaged")
  })

  it("knows what a disk leaves where nothing was written", () => {
    assert.strictEqual(decodeSeal(Buffer.alloc(sealBytes)), "blank")
  })

  it("names files so that they sort by sequence number", () => {
    assert.strictEqual(formatSealName(42), "0000000000000042.seal")
    for (const sequence of [0, 42, Number.MAX_SAFE_INTEGER]) {
      assert.strictEqual(parseSealName(formatSealName(sequence)), sequence)
    }
    for (const name of ["42.seal", "0000000000000042.seal.tmp", "0000000000000042.wal", ""]) {
      assert.isUndefined(parseSealName(name))
    }
  })
})
