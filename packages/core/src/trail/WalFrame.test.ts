import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import {
  decodeFrame,
  encodeFrameHeader,
  type FrameHeader,
  frameHeaderBytes,
  framePayloadBytesMax,
  wasSynced,
} from "./WalFrame.ts"

const natural = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }))
const count = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff_ffff }))
const byte = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))

const frame = (payload: Uint8Array, header: Partial<FrameHeader> = {}): Buffer =>
  Buffer.concat([
    encodeFrameHeader(
      {
        firstSequence: 7,
        count: 1,
        payloadBytes: payload.byteLength,
        fence: 3,
        writtenMillis: 1_700_000_000_000,
        groupOffset: 0,
        ...header,
      },
      payload,
    ),
    payload,
  ])

describe("WalFrame", () => {
  it.prop(
    "gives back what was written, wherever it lies in the segment",
    {
      payload: Schema.Array(byte),
      before: Schema.Array(byte),
      after: Schema.Array(byte),
      count,
      firstSequence: natural,
      fence: natural,
      writtenMillis: natural,
      groupOffset: natural,
    },
    ({ after, before, payload, ...numbers }) => {
      const header = { ...numbers, payloadBytes: payload.length }
      const segment = Buffer.concat([
        Buffer.from(before),
        frame(Buffer.from(payload), header),
        Buffer.from(after),
      ])
      assert.deepStrictEqual(decodeFrame(segment, before.length), {
        ...header,
        offset: before.length,
        payload: Buffer.from(payload),
      })
    },
  )

  it("notices each flipped bit", () => {
    const whole = frame(Buffer.from("an entry or two"))
    for (let at = 0; at < whole.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const altered = Buffer.from(whole)
        altered[at] = (altered[at] ?? 0) ^ (1 << bit)
        assert.strictEqual(decodeFrame(altered, 0), "damaged", `bit ${bit} of byte ${at}`)
      }
    }
  })

  it("tells the segment's end from a frame that is cut at any byte", () => {
    const whole = frame(Buffer.from("an entry"))
    assert.strictEqual(decodeFrame(Buffer.alloc(0), 0), "end")
    assert.strictEqual(decodeFrame(whole, whole.length), "end")
    for (let length = 1; length < whole.length; length += 1) {
      assert.strictEqual(decodeFrame(whole.subarray(0, length), 0), "damaged", `${length} bytes`)
    }
  })

  it("takes zeros, as a disk leaves them behind a grown file, for damage", () => {
    assert.strictEqual(decodeFrame(Buffer.alloc(3 * frameHeaderBytes), 0), "damaged")
  })

  it("does not believe a length beyond the bound", () => {
    const header = encodeFrameHeader(
      {
        firstSequence: 0,
        count: 1,
        payloadBytes: framePayloadBytesMax + 1,
        fence: 1,
        writtenMillis: 0,
        groupOffset: 0,
      },
      Buffer.alloc(0),
    )
    assert.strictEqual(decodeFrame(header, 0), "damaged")
  })

  describe("wasSynced", () => {
    const first = frame(Buffer.from("first"), { groupOffset: 0 })
    const broken = (bytes: Buffer): Buffer => {
      const copy = Buffer.from(bytes)
      copy[frameHeaderBytes] = (copy[frameHeaderBytes] ?? 0) ^ 1
      return copy
    }

    it("is false where only frames of the damaged frame's own group follow", () => {
      const second = frame(Buffer.from("second"), { groupOffset: 0 })
      assert.isFalse(wasSynced(Buffer.concat([broken(first), second]), 0))
    })

    it("is true where a whole frame of a later group follows, with torn ones between", () => {
      const second = frame(Buffer.from("second"), { groupOffset: first.length })
      const third = frame(Buffer.from("third"), { groupOffset: first.length })
      assert.isTrue(wasSynced(Buffer.concat([broken(first), second]), 0))
      assert.isTrue(wasSynced(Buffer.concat([broken(first), broken(second), third]), 0))
      assert.isFalse(wasSynced(Buffer.concat([broken(first), broken(second)]), 0))
    })

    it("is false where the damaged frame lies within its group", () => {
      const inner = frame(Buffer.from("inner"), { groupOffset: 0 })
      const after = frame(Buffer.from("after"), { groupOffset: 0 })
      const segment = Buffer.concat([first, broken(inner), after])
      assert.isFalse(wasSynced(segment, first.length))
    })
  })
})
