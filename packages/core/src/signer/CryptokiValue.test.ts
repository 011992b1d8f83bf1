import { assert, describe, it } from "@effect/vitest"
import * as CryptokiValue from "./CryptokiValue.ts"

const edwards = CryptokiValue.ulong(0x40n)
const montgomery = CryptokiValue.ulong(0x41n)
const raw = Buffer.alloc(32, 7)

const tokenInfo = (label: string, flags: bigint): Buffer => {
  const bytes = Buffer.alloc(CryptokiValue.tokenInfoBytes, " ")
  bytes.write(label, 0)
  bytes.write("0042", 80)
  bytes.writeBigUInt64LE(flags, 96)
  return bytes
}

describe("CryptokiValue", () => {
  it("reads the point of an Ed25519 key, bare or in a DER octet string", () => {
    assert.deepStrictEqual(CryptokiValue.ed25519PointOf(edwards, raw), raw)
    const wrapped = Buffer.concat([Buffer.of(0x04, 0x20), raw])
    assert.deepStrictEqual(
      Buffer.from(CryptokiValue.ed25519PointOf(edwards, wrapped)),
      Buffer.from(raw),
    )
  })

  it("refuses points of other keys", () => {
    const refused: ReadonlyArray<readonly [Uint8Array, Uint8Array]> = [
      [montgomery, raw],
      [edwards, Buffer.alloc(57)],
      [edwards, Buffer.alloc(0)],
      [edwards, Buffer.concat([Buffer.of(0x03, 0x20), raw])],
      [edwards, Buffer.concat([Buffer.of(0x04, 0x21), raw])],
      [Buffer.alloc(4), raw],
    ]
    for (const [keyType, point] of refused) {
      assert.typeOf(CryptokiValue.ed25519PointOf(keyType, point), "string")
    }
  })

  it("reads a token's label, padded or ended, and what its PIN can still take", () => {
    const initialized = 0x400n
    assert.deepStrictEqual(CryptokiValue.parseTokenInfo(tokenInfo("audit", initialized)), {
      label: "audit",
      serial: "0042",
      isInitialized: true,
      pinTrouble: undefined,
    })
    assert.strictEqual(CryptokiValue.parseTokenInfo(tokenInfo("audit\0", 0n)).label, "audit")
    assert.isFalse(CryptokiValue.parseTokenInfo(tokenInfo("audit", 0n)).isInitialized)
    const finalTry = CryptokiValue.parseTokenInfo(tokenInfo("audit", initialized | 0x20000n))
    assert.include(finalTry.pinTrouble, "one more wrong PIN")
    const locked = CryptokiValue.parseTokenInfo(tokenInfo("audit", initialized | 0x60000n))
    assert.include(locked.pinTrouble, "is locked")
  })

  it("lays attributes out as C does, each with its address and length", () => {
    const first = Buffer.alloc(3)
    const second = Buffer.alloc(8)
    const { bytes, pointsTo } = CryptokiValue.attributes(
      [
        { type: 0x3n, value: first },
        { type: 0x100n, value: second },
      ],
      (memory) => (memory === first ? 0x1111n : 0x2222n),
    )
    const words = Array.from({ length: 6 }, (_, index) => bytes.readBigUInt64LE(index * 8))
    assert.deepStrictEqual(words, [0x3n, 0x1111n, 3n, 0x100n, 0x2222n, 8n])
    assert.deepStrictEqual(pointsTo, [first, second])
  })

  it("takes an attribute that the token does not give for none", () => {
    const template = CryptokiValue.attributes(
      [{ type: 0x181n, value: new Uint8Array(16) }],
      () => 1n,
    )
    template.bytes.writeBigUInt64LE(16n, 16)
    assert.strictEqual(CryptokiValue.writtenLength(template), 16)
    template.bytes.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, 16)
    assert.isUndefined(CryptokiValue.writtenLength(template))
  })

  it("names what functions return", () => {
    assert.strictEqual(CryptokiValue.returnName(0xb3), "CKR_SESSION_HANDLE_INVALID")
    assert.strictEqual(CryptokiValue.returnName(0x8000_0001), "CKR 0x80000001")
  })
})
