import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { laneOf } from "../event/EventClass.ts"
import { BufferPool } from "./BufferPool.ts"
import { type AdmittedBatch, Intake, systemLane } from "./Intake.ts"
import { encode } from "./Pooling.ts"
import { Sampler } from "./Sampler.ts"
import { sample } from "./Sampling.ts"

const { critical, standard, telemetry } = laneOf

/** Keeps the ids of a list, and writes down what it was asked. */
class ListSampler extends Sampler {
  readonly asked: Array<string> = []
  private readonly list: ReadonlySet<string>

  constructor(list: Iterable<string>) {
    super({ rate: 1, rateMin: 0, rateMax: 1, adaptive: false, targetOverhead: 0, windowMillis: 1 })
    this.list = new Set(list)
  }

  override keeps(id: string): boolean {
    this.asked.push(id)
    return this.list.has(id)
  }
}

const setup = (lanes: ReadonlyArray<number>) => {
  const intake = new Intake({ bytesMax: 100_000, countMax: 1000, paceMillis: 0 })
  for (const [index, lane] of lanes.entries()) {
    const json = `event ${index}`
    const encoded = { json, bytes: json.length, isAscii: true, id: `${index}` }
    assert.isTrue(intake.offer(lane, encoded, undefined))
  }
  const batch = intake.select(1000, 100_000) ?? assert.fail("nothing was waiting")
  return { intake, batch }
}
const runsOf = (batch: AdmittedBatch) => batch.runs.map(({ from, lane, to }) => [lane, from, to])

describe("sample", () => {
  it("keeps every event of the other classes, without asking", () => {
    const { batch, intake } = setup([critical, standard, systemLane, 1])
    const sampler = new ListSampler([])
    assert.strictEqual(sample(batch, intake, sampler), batch)
    assert.isEmpty(sampler.asked)
  })

  it("keeps what somebody waits for, without asking", () => {
    const intake = new Intake({ bytesMax: 100_000, countMax: 1000, paceMillis: 0 })
    const waiter = {
      wantsPublished: false,
      durable: () => undefined,
      published: () => undefined,
      lost: () => undefined,
    }
    const encoded = { json: "event", bytes: 5, isAscii: true, id: "0" }
    assert.isTrue(intake.offer(telemetry, encoded, waiter))
    const batch = intake.select(1000, 100_000) ?? assert.fail("nothing was waiting")
    const sampler = new ListSampler([])
    assert.deepInclude(sample(batch, intake, sampler), { count: 1, skipped: 0 })
    assert.isEmpty(sampler.asked)
  })

  it("counts a batch once that threw and is sampled again", () => {
    const { batch, intake } = setup([telemetry, telemetry, telemetry])
    const options = { rate: 0, rateMin: 0, rateMax: 1, targetOverhead: 0, windowMillis: 1 }
    const sampler = new Sampler({ ...options, adaptive: false })
    const lane = intake.lanes[telemetry] ?? assert.fail("no lane")
    const idOf = lane.idOf.bind(lane)
    lane.idOf = (slot) => (slot === 1 ? assert.fail("scripted") : idOf(slot))
    assert.throws(() => sample(batch, intake, sampler), "scripted")
    lane.idOf = idOf
    sample(batch, intake, sampler)
    assert.deepInclude(sampler.closeWindow(1), { kept: 0, skipped: 3 })
  })

  it("asks once for each telemetry event, in order", () => {
    const { batch, intake } = setup([telemetry, critical, telemetry, telemetry])
    const sampler = new ListSampler(["0", "2", "3"])
    const kept = sample(batch, intake, sampler)
    assert.deepStrictEqual(sampler.asked, ["0", "2", "3"])
    assert.deepInclude(kept, { count: 4, bytes: batch.bytes, skipped: 0 })
    assert.deepStrictEqual(runsOf(kept), runsOf(batch))
  })

  it.each<readonly [string, ReadonlyArray<string>, ReadonlyArray<readonly [number, number]>]>([
    ["none", [], []],
    ["the first", ["0"], [[0, 1]]],
    ["the last", ["4"], [[4, 5]]],
    ["one within", ["2"], [[2, 3]]],
    [
      "all but one within",
      ["0", "1", "3", "4"],
      [
        [0, 2],
        [3, 5],
      ],
    ],
    [
      "every other",
      ["0", "2", "4"],
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    ["all", ["0", "1", "2", "3", "4"], [[0, 5]]],
  ])("splits a run where events are skipped: %s kept", (_name, list, expected) => {
    const { batch, intake } = setup(Array.from({ length: 5 }, () => telemetry))
    const kept = sample(batch, intake, new ListSampler(list))
    assert.deepStrictEqual(
      runsOf(kept),
      expected.map(([from, to]) => [telemetry, from, to]),
    )
    assert.deepInclude(kept, { count: list.length, skipped: 5 - list.length })
    assert.strictEqual(kept.bytes, list.length * 9)
  })

  it("gives the skipped events' room back with the batch", () => {
    const { batch, intake } = setup([telemetry, telemetry, critical])
    const kept = sample(batch, intake, new ListSampler([]))
    assert.deepStrictEqual(kept.ends, batch.ends)
    intake.free(kept)
    assert.strictEqual(intake.depthItems(), 0)
    assert.strictEqual(intake.depthBytes(), 0)
  })

  it.prop(
    "leaves exactly the kept events in the slab, in the order in which they came",
    {
      events: Schema.Array(
        Schema.Struct({ lane: Schema.Literals([0, 1, 2, 3, 4]), isKept: Schema.Boolean }),
      ).check(Schema.isMaxLength(60)),
    },
    ({ events }) => {
      if (events.length === 0) return
      const { batch, intake } = setup(events.map(({ lane }) => lane))
      const list = events.flatMap(({ isKept }, index) => (isKept ? [`${index}`] : []))
      const kept = sample(batch, intake, new ListSampler(list))
      const expected = events.flatMap(({ isKept, lane }, index) =>
        isKept || lane !== telemetry ? [`event ${index}`] : [],
      )
      assert.strictEqual(kept.count, expected.length)
      assert.strictEqual(kept.skipped, events.length - expected.length)
      const pool = new BufferPool({ slabBytes: 1000, slabsMax: 1, poison: true })
      const slab = pool.tryLease() ?? assert.fail("no slab")
      const encoded = encode(kept, intake, slab)
      assert.strictEqual(encoded.bytes, kept.bytes)
      assert.strictEqual(encoded.count, kept.count)
      const bytes = Buffer.concat(
        expected.map((text) => Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)])),
      )
      assert.isTrue(slab.bytes.subarray(0, encoded.bytes).equals(bytes))
    },
    { arbitrary: { runs: 200 } },
  )
})
