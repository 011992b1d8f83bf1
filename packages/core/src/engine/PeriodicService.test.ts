import { assert, describe, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { periodicService } from "./PeriodicService.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as Supervisor from "./Supervisor.ts"

class DiskFull extends Data.TaggedError("DiskFull") {}

const restart = RestartPolicy.make({ from: 100 })
const everyMillis = () => 1000

describe("periodicService", () => {
  it.effect("says whether it waits for its turn or works, and how often it has", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const service = yield* supervisor.start(
        periodicService("prune", restart, everyMillis, Effect.sleep(500)),
      )
      const states: Array<string> = [service.snapshot().state]
      for (const millis of [1000, 500, 1000]) {
        yield* TestClock.adjust(millis)
        states.push(service.snapshot().state)
      }
      assert.deepStrictEqual(states, ["idle", "running", "idle", "running"])
      assert.strictEqual(service.snapshot().batches, 1)
    }).pipe(Effect.scoped),
  )

  it.effect("is idle again, and not backing off, once a fault of the world has passed", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      let isFull = true
      const step = Effect.suspend(() => (isFull ? Effect.fail(new DiskFull()) : Effect.void))
      const service = yield* supervisor.start(
        periodicService("archive", restart, everyMillis, step),
      )
      yield* TestClock.adjust(1000)
      assert.strictEqual(service.snapshot().state, "backing-off")
      isFull = false
      yield* TestClock.adjust(500)
      assert.strictEqual(service.snapshot().state, "idle")
      assert.strictEqual(service.snapshot().faults, 1)
    }).pipe(Effect.scoped),
  )
})
