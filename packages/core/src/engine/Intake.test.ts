import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scheduler from "effect/Scheduler"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import { contracts, laneOf } from "../event/EventClass.ts"
import { type AdmittedBatch, Intake, laneCount, systemLane } from "./Intake.ts"
import type { Waiter } from "./Lane.ts"

const { critical, compliance, standard, telemetry } = laneOf
const waiter: Waiter = {
  wantsPublished: true,
  durable: () => undefined,
  published: () => undefined,
  lost: () => undefined,
}
const intakeOf = (bytesMax = 10_000, countMax = 1000, paceMillis = 0): Intake =>
  new Intake({ bytesMax, countMax, paceMillis })
const event = (id: string, bytes: number = id.length) => ({
  json: id.padEnd(bytes, "."),
  bytes,
  isAscii: true,
  id,
})
const offer = (intake: Intake, lane: number, id: string, bytes?: number): boolean =>
  intake.offer(lane, event(id, bytes), undefined)
/** Fills a lane with events of a size, and says how many there are. */
const flood = (intake: Intake, lane: number, bytes = 10): number => {
  let count = 0
  while (offer(intake, lane, `${lane}-${count}`, bytes)) count += 1
  return count
}

/** What a batch holds, in the order in which the trail will hold it. */
const idsOf = (intake: Intake, batch: AdmittedBatch): ReadonlyArray<string> =>
  batch.runs.flatMap(({ from, lane, to }) =>
    Array.from({ length: to - from }, (_, index) => {
      const target = Buffer.alloc(1000)
      const written = intake.lanes[lane]?.copy(from + index, from + index + 1, target, 0)
      return target.toString("latin1", 2, written).replaceAll(".", "")
    }),
  )
const selected = (intake: Intake, countMax = 1000, bytesMax = 100_000): AdmittedBatch =>
  intake.select(countMax, bytesMax) ?? assert.fail("nothing was waiting")
const perLane = (batch: AdmittedBatch): ReadonlyArray<number> =>
  Array.from({ length: laneCount }, (_, lane) =>
    batch.runs.reduce((sum, run) => sum + (run.lane === lane ? run.to - run.from : 0), 0),
  )
const at = { countMax: 1000, bytesMax: 100_000, waitMax: 0 }
const fork = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.forkChild(effect, { startImmediately: true })

describe("Intake, its lanes", () => {
  it("takes nothing once it is closed, since nobody would ever take it out", () => {
    const intake = intakeOf()
    assert.isTrue(offer(intake, standard, "before"))
    intake.close()
    assert.isFalse(offer(intake, standard, "after"))
    assert.deepStrictEqual(idsOf(intake, selected(intake)), ["before"])
    assert.isUndefined(intake.select(10, 10_000))
  })

  it("divides its memory by the contracts' shares, and adds a lane for the engine's own records", () => {
    const intake = intakeOf(10_000, 1024)
    assert.deepStrictEqual(
      intake.lanes.slice(0, 4).map((lane) => lane.capacityBytes),
      contracts.map(({ share }) => 10_000 * share),
    )
    assert.strictEqual(intake.lanes.length, laneCount)
    assert.strictEqual(
      intake.capacityBytes,
      intake.lanes.reduce((sum, lane) => sum + lane.capacityBytes, 0),
    )
  })

  it("takes an event of each other class, and of the engine's own, while one is full", () => {
    for (const full of [critical, compliance, standard, telemetry]) {
      const intake = intakeOf()
      flood(intake, full)
      for (const other of [critical, compliance, standard, telemetry, systemLane]) {
        assert.strictEqual(offer(intake, other, "x", 10), other !== full, `${full} full, ${other}`)
      }
    }
  })

  it("counts what it holds until it is given back", () => {
    const intake = intakeOf()
    offer(intake, critical, "a", 10)
    offer(intake, standard, "b", 20)
    const depth = () => [intake.depthItems(), intake.depthBytes(), intake.inFlight(critical)]
    assert.deepStrictEqual(depth(), [2, 34, 1])
    const batch = selected(intake)
    assert.deepStrictEqual(depth(), [2, 34, 1])
    intake.free(batch)
    assert.deepStrictEqual(depth(), [0, 0, 0])
  })
})

describe("Intake, its batches", () => {
  it("has none where nothing waits", () => {
    const intake = intakeOf()
    assert.isUndefined(intake.select(10, 1000))
    offer(intake, critical, "a")
    selected(intake)
    assert.isUndefined(intake.select(10, 1000))
  })

  it("keeps the order of arrival across lanes, in the fewest runs", () => {
    const intake = intakeOf()
    const lanes = [standard, standard, critical, standard, critical, critical, systemLane, standard]
    for (const [index, lane] of lanes.entries()) offer(intake, lane, `e${index}`)
    const batch = selected(intake)
    assert.deepStrictEqual(
      idsOf(intake, batch),
      lanes.map((_, index) => `e${index}`),
    )
    assert.deepStrictEqual(
      batch.runs.map(({ from, lane, to }) => [lane, from, to]),
      [
        [standard, 0, 2],
        [critical, 0, 1],
        [standard, 2, 3],
        [critical, 1, 3],
        [systemLane, 0, 1],
        [standard, 3, 4],
      ],
    )
    assert.deepInclude(batch, { count: 8, skipped: 0 })
  })

  it.prop(
    "hands out each event once, in its lane's order and within the bounds",
    {
      arrivals: Schema.Array(
        Schema.Struct({
          lane: Schema.Literals([0, 1, 2, 3, 4]),
          bytes: Schema.Int.check(Schema.isBetween({ minimum: 8, maximum: 60 })),
        }),
      ).check(Schema.isMaxLength(80)),
      countMax: Schema.Literals([1, 2, 7, 1000]),
      bytesMax: Schema.Literals([62, 100, 500, 10_000]),
      freesLate: Schema.Boolean,
    },
    ({ arrivals, bytesMax, countMax, freesLate }) => {
      const intake = intakeOf()
      const expected = Array.from({ length: laneCount }, (): Array<string> => [])
      const seen = Array.from({ length: laneCount }, (): Array<string> => [])
      const unfreed: Array<AdmittedBatch> = []
      let next = 0
      while (next < arrivals.length || intake.depthItems() > 0) {
        for (const { bytes, lane } of arrivals.slice(next, next + 9)) {
          if (offer(intake, lane, `${next}`, bytes)) expected[lane]?.push(`${next}`)
          next += 1
        }
        const batch = intake.select(countMax, bytesMax)
        if (batch === undefined) {
          for (const each of unfreed.splice(0)) intake.free(each)
          continue
        }
        assert.isAtLeast(batch.count, 1)
        assert.isAtMost(batch.count, countMax)
        assert.isAtMost(batch.bytes, bytesMax)
        const sizes = batch.runs.flatMap(({ from, lane, to }) =>
          Array.from(
            { length: to - from },
            (_, index) => intake.lanes[lane]?.sizeOf(from + index) ?? 0,
          ),
        )
        assert.strictEqual(
          batch.bytes,
          sizes.reduce((sum, size) => sum + size, 0),
        )
        assert.strictEqual(batch.count, sizes.length)
        const ids = idsOf(intake, batch)
        assert.deepStrictEqual(
          ids,
          ids.toSorted((left, right) => Number(left) - Number(right)),
        )
        let from = 0
        for (const run of batch.runs) {
          seen[run.lane]?.push(...ids.slice(from, from + run.to - run.from))
          from += run.to - run.from
        }
        unfreed.push(batch)
        if (!freesLate) for (const each of unfreed.splice(0)) intake.free(each)
      }
      assert.deepStrictEqual(seen, expected)
    },
    { arbitrary: { runs: 200 } },
  )

  it("gives each lane its share of a batch while all are full", () => {
    const intake = intakeOf(100_000, 10_000)
    for (const lane of [critical, compliance, standard, telemetry]) flood(intake, lane)
    assert.deepStrictEqual(perLane(selected(intake, 100, 100_000)), [25, 25, 40, 10, 0])
    assert.deepStrictEqual(perLane(selected(intake, 100_000, 1200)), [25, 25, 40, 10, 0])
  })

  it("gives what a lane leaves of its share to the others, critical first", () => {
    const intake = intakeOf(100_000, 10_000)
    offer(intake, compliance, "one")
    for (const lane of [critical, standard]) flood(intake, lane)
    const [ofCritical, ofCompliance, ofStandard] = perLane(selected(intake, 100, 100_000))
    assert.strictEqual(ofCompliance, 1)
    assert.strictEqual(ofStandard, 40)
    assert.strictEqual(ofCritical, 59)
  })

  it("starves no class while another floods", () => {
    for (const flooding of [critical, compliance, standard, telemetry]) {
      const intake = intakeOf(100_000, 1000)
      for (const other of [critical, compliance, standard, telemetry, systemLane]) {
        if (other === flooding) continue
        flood(intake, flooding)
        const id = `other-${other}`
        assert.isTrue(offer(intake, other, id))
        const batch = selected(intake, 20, 2000)
        assert.include(idsOf(intake, batch), id, `${other} behind a flood of ${flooding}`)
        intake.free(batch)
      }
    }
  })

  it("starves no class whose events are larger than its share of a batch", () => {
    for (const other of [critical, compliance, standard, telemetry]) {
      const intake = intakeOf(100_000, 1000)
      assert.isTrue(offer(intake, other, "large", 900))
      let isOut = false
      for (let batches = 0; batches < 4 && !isOut; batches += 1) {
        for (const lane of [critical, compliance, standard, telemetry]) {
          if (lane !== other) flood(intake, lane)
        }
        const batch = selected(intake, 100, 1000)
        assert.isAtMost(batch.bytes, 1000)
        isOut = idsOf(intake, batch).includes("large")
        intake.free(batch)
      }
      assert.isTrue(isOut, `class ${other}`)
    }
  })

  it("serves all classes in turn, however small the batches are", () => {
    const intake = intakeOf(100_000, 1000)
    const seen = new Set<number>()
    for (let batches = 0; batches < 4; batches += 1) {
      for (const lane of [critical, compliance, standard, telemetry]) flood(intake, lane)
      const batch = selected(intake, 1, 1000)
      for (const run of batch.runs) seen.add(run.lane)
      intake.free(batch)
    }
    assert.strictEqual(seen.size, 4)
  })

  it("makes an event that is larger than a batch a batch of its own", () => {
    const intake = intakeOf()
    offer(intake, critical, "large", 500)
    offer(intake, critical, "next", 10)
    assert.deepStrictEqual(idsOf(intake, selected(intake, 10, 100)), ["large"])
    assert.deepStrictEqual(idsOf(intake, selected(intake, 10, 100)), ["next"])
  })

  it("hands out everything in batches without a bound on the count", () => {
    const intake = intakeOf(100_000, 1000)
    const count = flood(intake, critical) + flood(intake, telemetry)
    let seen = 0
    for (let batch = intake.select(Infinity, 500); batch; batch = intake.select(Infinity, 500)) {
      assert.isAtMost(batch.bytes, 500)
      seen += batch.count
    }
    assert.strictEqual(seen, count)
    assert.strictEqual(intake.lanes[critical]?.taken, intake.lanes[critical]?.tail)
  })

  it("takes the engine's own records first when not all fits", () => {
    const intake = intakeOf()
    flood(intake, critical)
    offer(intake, systemLane, "own")
    assert.include(idsOf(intake, selected(intake, 1, 100)), "own")
  })
})

describe("Intake, room", () => {
  it.live("wakes those who wait for a lane when slots of it are given back, and no others", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      flood(intake, standard)
      flood(intake, critical)
      const one = yield* fork(intake.room(standard))
      const two = yield* fork(intake.room(standard))
      const other = yield* fork(intake.room(critical))
      const first = selected(intake, 1, 100)
      assert.deepStrictEqual(perLane(first), [1, 0, 0, 0, 0])
      intake.free(first)
      yield* Fiber.join(other)
      assert.isUndefined(one.pollUnsafe())
      intake.free(selected(intake))
      yield* Fiber.join(one)
      yield* Fiber.join(two)
      assert.isTrue(offer(intake, standard, "x"))
    }),
  )

  it.live("forgets who stopped waiting", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      flood(intake, standard)
      const gone = yield* fork(intake.room(standard))
      const stays = yield* fork(intake.room(standard))
      yield* Fiber.interrupt(gone)
      intake.free(selected(intake))
      yield* Fiber.join(stays)
    }),
  )

  it.live("has room at once in an empty lane: nobody would ever give a slot of it back", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      yield* intake.room(standard)
      flood(intake, critical)
      yield* intake.room(standard)
    }),
  )
})

describe("Intake, its reader", () => {
  it.effect("waits for the first event", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      const taking = yield* fork(intake.take(at))
      yield* TestClock.adjust("1 hour")
      assert.isUndefined(taking.pollUnsafe())
      offer(intake, telemetry, "a")
      const [batch] = yield* Fiber.join(taking)
      assert.deepStrictEqual(batch === undefined ? [] : idsOf(intake, batch), ["a"])
    }),
  )

  it.effect("does not work in the turn of the caller who brings an event", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      const taking = yield* fork(intake.take(at))
      intake.offer(critical, event("a"), waiter)
      assert.isUndefined(taking.pollUnsafe())
      assert.strictEqual((yield* Fiber.join(taking)).length, 1)
    }),
  )

  it.effect("gathers what nobody waits for, until it is time or the batch is full", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      const policy = { countMax: 1000, bytesMax: 1000, waitMax: "10 millis" } as const
      // What was taken before fills no batch.
      for (let index = 0; index < 20; index += 1) {
        offer(intake, standard, "before", 98)
        intake.free(selected(intake))
      }
      offer(intake, standard, "a")
      const taking = yield* fork(intake.take(policy))
      yield* TestClock.adjust("9 millis")
      assert.isUndefined(taking.pollUnsafe())
      offer(intake, standard, "b")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(taking))[0]?.count, 2)
      for (let index = 0; index < 10; index += 1) offer(intake, standard, "after", 98)
      assert.strictEqual((yield* intake.take(policy))[0]?.count, 10)
    }),
  )

  it.effect("after a close gets what waits, then `Done`", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      offer(intake, critical, "a")
      offer(intake, critical, "b")
      intake.close()
      const [batch] = yield* intake.take({ ...at, countMax: 1 })
      assert.strictEqual(batch?.count, 1)
      assert.strictEqual((yield* intake.take(at))[0]?.count, 1)
      assert.deepStrictEqual(yield* Effect.exit(intake.take(at)), Exit.fail(Cause.Done()))
      assert.deepStrictEqual(yield* Effect.exit(intake.take(at)), Exit.fail(Cause.Done()))
    }),
  )

  it.effect("is told of a close while it waits", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      const taking = yield* fork(Effect.exit(intake.take(at)))
      intake.close()
      assert.deepStrictEqual(yield* Fiber.join(taking), Exit.fail(Cause.Done()))
    }),
  )

  it.effect("when it is stopped, leaves everything to the next one", () =>
    Effect.gen(function* () {
      const intake = intakeOf()
      const stopped = yield* fork(intake.take(at))
      offer(intake, critical, "a")
      yield* Fiber.interrupt(stopped)
      offer(intake, critical, "b")
      const [batch] = yield* intake.take(at)
      assert.deepStrictEqual(batch === undefined ? [] : idsOf(intake, batch), ["a", "b"])
      const waiting = yield* fork(intake.take(at))
      yield* Fiber.interrupt(waiting)
      offer(intake, critical, "c")
      assert.strictEqual((yield* intake.take(at))[0]?.count, 1)
    }),
  )

  // A fiber yields after so many steps, wherever it is: also between looking and waiting.
  it.live("sees an event that comes at any step of its own", () =>
    Effect.gen(function* () {
      for (let steps = 5; steps <= 40; steps += 1) {
        for (const waitMax of [0, 1]) {
          const intake = intakeOf()
          const taking = yield* fork(
            intake
              .take({ ...at, waitMax })
              .pipe(Effect.provideService(Scheduler.MaxOpsBeforeYield, steps)),
          )
          offer(intake, standard, "a")
          const batches = yield* Fiber.join(taking).pipe(Effect.timeoutOption("1 second"))
          assert.strictEqual(batches._tag, "Some", `a yield after ${steps} steps`)
        }
      }
    }),
  )

  it.live("sees a close that comes at any step of its own", () =>
    Effect.gen(function* () {
      for (let steps = 5; steps <= 40; steps += 1) {
        const intake = intakeOf()
        const taking = yield* fork(
          Effect.exit(intake.take(at)).pipe(
            Effect.provideService(Scheduler.MaxOpsBeforeYield, steps),
          ),
        )
        intake.close()
        const exit = yield* Fiber.join(taking).pipe(Effect.timeoutOption("1 second"))
        assert.strictEqual(exit._tag, "Some", `a yield after ${steps} steps`)
      }
    }),
  )
})
