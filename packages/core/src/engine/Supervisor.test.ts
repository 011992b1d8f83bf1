import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as Supervisor from "./Supervisor.ts"

const exact = (options: RestartPolicy.RestartOptions = {}): RestartPolicy.RestartPolicy => ({
  ...RestartPolicy.make(options),
  // Without the jitter, so that a test can name the moment of a restart.
  backoff: Schedule.min([Schedule.exponential("10 millis", 2), Schedule.spaced("80 millis")]),
})

const actorOf = (run: Effect.Effect<void, unknown>, restart = exact()): Supervisor.Actor => ({
  name: "actor",
  kind: "service",
  restart,
  run: () => run,
})

/** Counts its lives; each crashes after `life` of virtual time. */
const mortal = (lifeMillis: number) => {
  const lives: Array<number> = []
  const run = Effect.gen(function* () {
    lives.push(lives.length + 1)
    yield* Effect.sleep(lifeMillis)
    return yield* Effect.die("end of life")
  })
  return { lives, run }
}

describe("Supervisor", () => {
  it.effect("restarts a crashed actor after waits that double", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const { lives, run } = mortal(0)
      const actor = yield* supervisor.start(actorOf(run))
      const seen: Array<number> = []
      for (const wait of [0, 9, 1, 19, 1, 39, 1, 79, 1, 79, 1]) {
        yield* TestClock.adjust(wait)
        seen.push(lives.length)
      }
      assert.deepStrictEqual(seen, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6])
      const row = actor.snapshot()
      assert.strictEqual(row.state, "backing-off")
      assert.strictEqual(row.restarts, 6)
      assert.include(row.lastCause ?? "", "end of life")
    }),
  )

  it.effect("begins with the shortest wait again after a healthy life", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      let lifeMillis = 0
      let lives = 0
      const run = Effect.suspend(() => {
        lives += 1
        return Effect.andThen(Effect.sleep(lifeMillis), Effect.die("again"))
      })
      yield* supervisor.start(actorOf(run, exact({ healthyAfter: "1 second" })))
      yield* TestClock.adjust(10 + 20 + 40)
      assert.strictEqual(lives, 4)
      lifeMillis = 1000
      yield* TestClock.adjust(80)
      assert.strictEqual(lives, 5)
      yield* TestClock.adjust(1000 + 9)
      assert.strictEqual(lives, 5)
      yield* TestClock.adjust(1)
      assert.strictEqual(lives, 6)
    }),
  )

  it.effect("one crash restarts one actor: its neighbours live on", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const crashing = mortal(0)
      const steady = mortal(3_600_000)
      yield* supervisor.start(actorOf(crashing.run))
      const neighbour = yield* supervisor.start(actorOf(steady.run))
      yield* TestClock.adjust("500 millis")
      assert.isAbove(crashing.lives.length, 3)
      assert.strictEqual(steady.lives.length, 1)
      assert.strictEqual(neighbour.id, "actor-2")
    }),
  )

  it.effect("sends the failure up with its cause at the crash beyond the limit", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const { lives, run } = mortal(0)
      const actor = yield* supervisor.start(actorOf(run, exact({ restartsMax: 2 })))
      const up = yield* Effect.forkChild(Effect.flip(supervisor.failed))
      yield* TestClock.adjust("1 second")
      const error = yield* Fiber.join(up)
      assert.strictEqual(lives.length, 3)
      assert.strictEqual(error._tag, "StageFailed")
      assert.strictEqual(error.restarts, 3)
      assert.include(error.message, "AUD-5101: actor was given up after 3 restarts")
      assert.include(error.lastCause, "end of life")
      assert.strictEqual((yield* Effect.flip(actor.ended)).actor, "actor")
      const states = supervisor.registry.snapshot().map(({ id, state }) => `${id} ${state}`)
      assert.deepStrictEqual(states, ["engine failed", "actor failed"])
    }),
  )

  it.effect("forgets crashes that are older than the window", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const { lives, run } = mortal(1000)
      yield* supervisor.start(actorOf(run, exact({ restartsMax: 2, window: "1500 millis" })))
      yield* TestClock.adjust("1 minute")
      assert.isAbove(lives.length, 50)
      assert.strictEqual(supervisor.registry.snapshot()[0]?.state, "running")
    }),
  )

  it.effect("an actor that does not escalate fails alone", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const { run } = mortal(0)
      const actor = yield* supervisor.start({
        ...actorOf(run, exact({ restartsMax: 1 })),
        escalates: false,
      })
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Effect.flip(actor.ended)).actor, "actor")
      assert.strictEqual(supervisor.registry.snapshot()[0]?.state, "running")
    }),
  )

  it.effect("gives an actor up when its backoff schedule ends", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const { lives, run } = mortal(0)
      const actor = yield* supervisor.start(
        actorOf(run, { ...exact(), backoff: Schedule.recurs(2) }),
      )
      yield* Effect.flip(actor.ended)
      assert.strictEqual(lives.length, 3)
    }),
  )

  it.effect("stops every actor when its scope closes, without calling it a failure", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make()
      const supervisor = yield* Scope.provide(Supervisor.make("engine"), scope)
      const actor = yield* supervisor.start(actorOf(Effect.never))
      yield* Scope.close(scope, Exit.void)
      yield* actor.ended
      const states = supervisor.registry.snapshot().map(({ id, state }) => `${id} ${state}`)
      assert.deepStrictEqual(states, ["engine stopped", "actor stopped"])
    }),
  )

  it.effect("survives an actor whose verdict throws", () =>
    Effect.gen(function* () {
      const supervisor = yield* Supervisor.make("engine")
      const { lives, run } = mortal(0)
      yield* supervisor.start({
        ...actorOf(run),
        verdict: () => {
          throw new Error("no verdict")
        },
      })
      yield* TestClock.adjust("10 millis")
      assert.strictEqual(lives.length, 2)
    }),
  )
})
