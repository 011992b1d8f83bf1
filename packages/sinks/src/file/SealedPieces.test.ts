import { createDecipheriv, hkdfSync, randomBytes } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { Sealer, Unsealer, parseKey } from "./SealedPieces.ts"

const key = randomBytes(32)
const pieceBytes = 65_536

const sealed = (content: Uint8Array, step = 10_007): Buffer => {
  const pieces: Array<Uint8Array> = []
  const sealer = new Sealer(key, (piece) => pieces.push(Buffer.from(piece)))
  for (let from = 0; from < content.byteLength; from += step) {
    sealer.add(content.subarray(from, from + step))
  }
  sealer.end()
  return Buffer.concat(pieces)
}

/** What comes out before an error does, and the error. */
const opened = (bytes: Uint8Array, withKey: Uint8Array = key, step = 4099) => {
  const unsealer = new Unsealer(withKey)
  const pieces: Array<Uint8Array> = []
  const results = [
    ...Array.from(
      { length: Math.ceil(bytes.byteLength / step) },
      (_, index) => () => unsealer.add(bytes.subarray(index * step, (index + 1) * step)),
    ),
    () => unsealer.end(),
  ]
  for (const result of results) {
    const next = result()
    if (Result.isFailure(next)) return { content: Buffer.concat(pieces), error: next.failure }
    pieces.push(...next.success)
  }
  return { content: Buffer.concat(pieces), error: undefined }
}

const whole = (bytes: Uint8Array): Buffer => {
  const { content, error } = opened(bytes)
  assert.isUndefined(error)
  return content
}

describe("SealedPieces", () => {
  for (const size of [0, 1, pieceBytes - 1, pieceBytes, pieceBytes + 1, 3 * pieceBytes + 5]) {
    it(`gives ${size} bytes back as they were`, () => {
      const content = randomBytes(size)
      assert.isTrue(whole(sealed(content)).equals(content))
    })
  }

  it("is AES-256-GCM under a key of the file, as other programs can read it", () => {
    const bytes = sealed(Buffer.from("who did what"))
    assert.strictEqual(bytes.subarray(0, 8).toString("latin1"), "CSSEAL01")
    const of = hkdfSync("sha256", key, bytes.subarray(8, 24), "countersign sealed file v1", 32)
    const nonce = Buffer.from("000000000000000000000001", "hex")
    const decipher = createDecipheriv("aes-256-gcm", new Uint8Array(of), nonce)
    decipher.setAuthTag(bytes.subarray(-16))
    const text = Buffer.concat([decipher.update(bytes.subarray(24, -16)), decipher.final()])
    assert.strictEqual(text.toString(), "who did what")
  })

  it("never gives the same bytes twice, nor any of the content", () => {
    const content = Buffer.alloc(1000, "secret")
    assert.isFalse(sealed(content).equals(sealed(content)))
    assert.notInclude(sealed(content).toString("latin1"), "secret")
  })

  it("opens with no other key", () => {
    const { content, error } = opened(sealed(Buffer.from("x")), randomBytes(32))
    assert.strictEqual(content.length, 0)
    assert.match(error?.message ?? "", /AUD-4503.*the key is another one/)
  })

  it("gives nothing from a changed byte on, wherever it is", () => {
    const content = randomBytes(2 * pieceBytes + 100)
    const bytes = sealed(content)
    const places = [9, 24, 24 + pieceBytes, 24 + pieceBytes + 16, bytes.length - 1]
    for (const place of places) {
      const changed = Buffer.from(bytes)
      changed[place] = (changed[place] ?? 0) ^ 1
      const { content: rest, error } = opened(changed)
      assert.strictEqual(error?._tag, "SealBroken", `byte ${place}`)
      assert.isTrue(rest.equals(content.subarray(0, rest.length)))
      assert.isBelow(rest.length, content.length)
    }
  })

  it("finds pieces that were cut off, left out, or put elsewhere", () => {
    const bytes = sealed(randomBytes(3 * pieceBytes))
    const head = bytes.subarray(0, 24)
    const [first, second, third] = [0, 1, 2].map((index) =>
      bytes.subarray(24 + index * (pieceBytes + 16), 24 + (index + 1) * (pieceBytes + 16)),
    ) as [Buffer, Buffer, Buffer] // there are three
    const wrong = [
      [head, first, second],
      [head, first, second, third.subarray(0, 100)],
      [head, first, third],
      [head, second, first, third],
      [head, first, second, third, third],
      [head],
      [head.subarray(0, 10)],
    ]
    for (const pieces of wrong) {
      assert.strictEqual(opened(Buffer.concat(pieces)).error?._tag, "SealBroken")
    }
  })

  it("says of a file that is not encrypted that it is not", () => {
    const { error } = opened(Buffer.from(`{"sequence":0,"event":{}}`))
    assert.match(error?.message ?? "", /it is not encrypted/)
  })

  it("takes a key of 64 hexadecimal digits and nothing else", () => {
    assert.deepStrictEqual(parseKey(`${key.toString("hex")}\n`), Buffer.from(key))
    for (const text of ["", "ab", key.toString("base64"), `${key.toString("hex")}0`]) {
      assert.isUndefined(parseKey(text))
    }
  })
})
