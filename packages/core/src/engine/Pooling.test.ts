import { assert, describe, it } from "@effect/vitest"
import { laneOf } from "../event/EventClass.ts"
import { SlabLease } from "./BufferPool.ts"
import { Intake, systemLane } from "./Intake.ts"
import type { Waiter } from "./Lane.ts"
import { encode } from "./Pooling.ts"

const { critical, compliance, standard, telemetry } = laneOf
const slabOf = (bytes: number): SlabLease =>
  new SlabLease(Buffer.alloc(bytes, 0xee), () => undefined)
const waiterOf = (): Waiter => ({
  wantsPublished: true,
  durable: () => undefined,
  published: () => undefined,
  lost: () => undefined,
})

const setup = () => {
  const intake = new Intake({ bytesMax: 10_000, countMax: 1000, paceMillis: 0 })
  const offer = (lane: number, json: string, waiter?: Waiter): void => {
    const bytes = Buffer.byteLength(json)
    const encoded = { json, bytes, isAscii: bytes === json.length, id: json }
    assert.isTrue(intake.offer(lane, encoded, waiter))
  }
  const select = () => intake.select(1000, 10_000) ?? assert.fail("nothing was waiting")
  return { intake, offer, select }
}

describe("encode", () => {
  it("lays a batch out as it lies in an entry bundle, and leaves the rest of the slab alone", () => {
    const { intake, offer, select } = setup()
    offer(standard, "one")
    offer(critical, "zwölf")
    offer(standard, "")
    const slab = slabOf(20)
    const batch = encode(select(), intake, slab)
    assert.strictEqual(
      slab.bytes.toString("hex"),
      Buffer.concat([Buffer.from("\0\x03one\0\x06zwölf\0\0"), Buffer.alloc(5, 0xee)]).toString(
        "hex",
      ),
    )
    assert.deepInclude(batch, { bytes: 15, count: 3, isLogged: false })
    assert.strictEqual(batch.slab, slab)
  })

  it("counts the entries of each lane", () => {
    const { intake, offer, select } = setup()
    const lanes = [critical, standard, standard, telemetry, systemLane, standard, compliance]
    for (const lane of lanes) offer(lane, "x")
    assert.deepStrictEqual(encode(select(), intake, slabOf(100)).perLane, [1, 1, 3, 1, 1])
  })

  it("names who waits for which entry, counted over the whole batch", () => {
    const { intake, offer, select } = setup()
    const [first, second, third] = [waiterOf(), waiterOf(), waiterOf()]
    offer(standard, "a")
    offer(critical, "b", first)
    offer(critical, "c")
    offer(standard, "d", second)
    offer(systemLane, "e", third)
    assert.deepStrictEqual(encode(select(), intake, slabOf(100)).waiting, [
      { index: 1, waiter: first },
      { index: 3, waiter: second },
      { index: 4, waiter: third },
    ])
  })

  it("names nobody of a batch that lies behind the one that they wait in", () => {
    const { intake, offer, select } = setup()
    offer(critical, "a", waiterOf())
    select()
    offer(critical, "b")
    assert.isEmpty(encode(select(), intake, slabOf(100)).waiting)
  })

  it("leaves the lanes as they were, so that a crash can run it again", () => {
    const { intake, offer, select } = setup()
    offer(critical, "a", waiterOf())
    offer(standard, "b")
    const batch = select()
    const once = encode(batch, intake, slabOf(10))
    const twice = encode(batch, intake, slabOf(10))
    assert.deepStrictEqual(twice.slab.bytes, once.slab.bytes)
    assert.deepStrictEqual(twice.waiting, once.waiting)
    assert.strictEqual(intake.depthItems(), 2)
  })

  it("makes an empty batch of one from which everything was left out", () => {
    const { intake } = setup()
    const nothing = { runs: [], count: 0, bytes: 0, skipped: 3, ends: [0, 0, 0, 3, 0] }
    assert.deepInclude(encode(nothing, intake, slabOf(1)), { bytes: 0, count: 0, waiting: [] })
  })
})
