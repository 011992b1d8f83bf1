import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Lane, type Waiter } from "./Lane.ts"

const waiter = (): Waiter => ({
  wantsPublished: true,
  durable: () => undefined,
  published: () => undefined,
  lost: () => undefined,
})
const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length
const offer = (lane: Lane, text: string, id = "", ticket = 0, waiting?: Waiter): boolean =>
  lane.offer(text, Buffer.byteLength(text), isAscii(text), id, ticket, waiting)

const entryOf = (text: string): Buffer => {
  const entry = Buffer.alloc(2 + Buffer.byteLength(text))
  entry.writeUInt16BE(Buffer.byteLength(text))
  entry.write(text, 2)
  return entry
}
const copyOf = (lane: Lane, from: number, to: number): Buffer => {
  const target = Buffer.alloc(10_000, 0xee)
  const written = lane.copy(from, to, target, 3)
  assert.strictEqual(target[3 + written], 0xee)
  return target.subarray(3, 3 + written)
}
const bytesOf = (texts: ReadonlyArray<string>): number =>
  texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 0)

interface Kept {
  readonly text: string
  readonly id: string
  readonly ticket: number
  readonly waiter: Waiter | undefined
}

const step = Schema.Union([
  Schema.Struct({
    do: Schema.Literal("offer"),
    length: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 40 })),
    isAscii: Schema.Boolean,
    waits: Schema.Boolean,
  }),
  Schema.Struct({
    do: Schema.Literals(["take", "free"]),
    count: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 5 })),
  }),
])

describe("Lane", () => {
  // A plain array beside the ring: what the ring holds must be what the array holds.
  it.prop(
    "is a queue, wherever its bytes wrap around",
    {
      steps: Schema.Array(step).check(Schema.isMaxLength(60)),
      capacityBytes: Schema.Literals([64, 100, 129]),
      capacityItems: Schema.Literals([2, 4, 8]),
    },
    ({ capacityBytes, capacityItems, steps }) => {
      const lane = new Lane(capacityBytes, capacityItems, true)
      let held: Array<Kept> = []
      let offered = 0
      for (const each of steps) {
        if (each.do === "offer") {
          const text = (each.isAscii ? "x" : "é").repeat(each.length)
          const kept = {
            text,
            id: `id${offered}`,
            ticket: offered * 3,
            waiter: each.waits ? waiter() : undefined,
          }
          offered += 1
          if (offer(lane, kept.text, kept.id, kept.ticket, kept.waiter)) held.push(kept)
          else assert.isTrue(held.length > 0 || bytesOf([text]) > capacityBytes)
        } else if (each.do === "take") {
          const end = Math.min(lane.tail, lane.taken + each.count)
          const taken = held.slice(lane.taken - lane.head, end - lane.head)
          lane.take(end, bytesOf(taken.map(({ text }) => text)))
        } else {
          const end = Math.min(lane.taken, lane.head + each.count)
          held = held.slice(end - lane.head)
          lane.free(end)
        }
        const texts = held.map(({ text }) => text)
        assert.strictEqual(lane.tail - lane.head, held.length)
        assert.isAtMost(held.length, capacityItems)
        assert.strictEqual(lane.heldBytes, bytesOf(texts))
        assert.isAtMost(lane.heldBytes, capacityBytes)
        assert.strictEqual(lane.waitingBytes, bytesOf(texts.slice(lane.taken - lane.head)))
        assert.strictEqual(lane.waiters, held.filter((kept) => kept.waiter !== undefined).length)
        assert.isTrue(copyOf(lane, lane.head, lane.tail).equals(Buffer.concat(texts.map(entryOf))))
        for (const [index, kept] of held.entries()) {
          const slot = lane.head + index
          assert.strictEqual(lane.sizeOf(slot), bytesOf([kept.text]))
          assert.strictEqual(lane.idOf(slot), kept.id)
          assert.strictEqual(lane.ticketOf(slot), kept.ticket)
          assert.strictEqual(lane.waiterOf(slot), kept.waiter)
        }
      }
    },
    { arbitrary: { runs: 400 } },
  )

  it("refuses by count when all slots are held", () => {
    const lane = new Lane(10_000, 3, false)
    assert.strictEqual(lane.capacityItems, 4)
    for (let index = 0; index < 4; index += 1) assert.isTrue(offer(lane, "a"))
    assert.isFalse(offer(lane, "a"))
    lane.take(1, 3)
    assert.isFalse(offer(lane, "a"), "taken is not free yet")
    lane.free(1)
    assert.isTrue(offer(lane, "a"))
  })

  it("refuses by bytes, and uses the last of them", () => {
    const lane = new Lane(12, 8, false)
    assert.isFalse(offer(lane, "12345678901"))
    assert.isTrue(offer(lane, "1234"))
    assert.isTrue(offer(lane, "5678"))
    assert.isFalse(offer(lane, ""))
    lane.take(1, 6)
    lane.free(1)
    assert.isTrue(offer(lane, "90ab"))
    assert.strictEqual(copyOf(lane, 1, 3).toString("latin1"), "\0\u00045678\0\u000490ab")
  })

  it("never writes over the oldest entry once it has wrapped around", () => {
    const lane = new Lane(18, 8, false)
    for (const text of ["aaaa", "bbbb", "cccc"]) assert.isTrue(offer(lane, text))
    lane.take(2, 12)
    lane.free(2)
    assert.isTrue(offer(lane, "dddd"))
    assert.isFalse(offer(lane, "eeeee"))
    assert.isTrue(offer(lane, "eeee"))
    assert.strictEqual(
      copyOf(lane, 2, 5).toString("latin1"),
      "\0\u0004cccc\0\u0004dddd\0\u0004eeee",
    )
  })

  it("takes an entry of the most bytes that a length can say", () => {
    const lane = new Lane(70_000, 2, false)
    const text = "x".repeat(65_535)
    assert.isTrue(offer(lane, text))
    const target = Buffer.alloc(65_537)
    assert.strictEqual(lane.copy(0, 1, target, 0), 65_537)
    assert.strictEqual(target.readUInt16BE(0), 65_535)
  })

  it("forgets a waiter with its slot, so that the next event there has none", () => {
    const lane = new Lane(100, 2, false)
    offer(lane, "a", "", 0, waiter())
    offer(lane, "b")
    lane.take(2, 6)
    lane.free(2)
    offer(lane, "c")
    assert.isUndefined(lane.waiterOf(2))
    assert.strictEqual(lane.waiters, 0)
  })

  it("keeps no ids unless asked to", () => {
    const lane = new Lane(100, 2, false)
    offer(lane, "a", "an id")
    assert.strictEqual(lane.idOf(0), "")
  })
})
