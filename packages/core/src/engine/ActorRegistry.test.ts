import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import { ActorRegistry } from "./ActorRegistry.ts"
import { causeText, causeTextBytesMax } from "./CauseText.ts"
import * as Mailbox from "./Mailbox.ts"

const registryOf = Clock.clockWith((clock) => Effect.sync(() => new ActorRegistry(clock)))

describe("ActorRegistry", () => {
  it.effect("shows each actor with its state since, its mailbox and what it waits on", () =>
    Effect.gen(function* () {
      const registry = yield* registryOf
      const mailbox = Mailbox.bounded<number>({
        capacityItems: 8,
        capacityBytes: 64,
        sizeOf: () => 3,
      })
      const entry = registry.register({ name: "pool", kind: "stage", parent: "engine", mailbox })
      yield* TestClock.adjust(1234)
      entry.enter("blocked", "sign")
      yield* mailbox.offer([1, 2])
      assert.deepStrictEqual(registry.snapshot(), [
        {
          id: "pool",
          parent: "engine",
          kind: "stage",
          state: "blocked",
          sinceMillis: 1234,
          restarts: 0,
          faults: 0,
          lastCause: undefined,
          waitsOn: "sign",
          batches: 0,
          items: 0,
          mailbox: { depthItems: 2, capacityItems: 8, depthBytes: 6, capacityBytes: 64 },
        },
      ])
      entry.enter("running")
      assert.isUndefined(registry.snapshot()[0]?.waitsOn)
    }),
  )

  it.effect("streams the rows now and after each change, and stays silent in between", () =>
    Effect.gen(function* () {
      const registry = yield* registryOf
      const mailbox = Mailbox.bounded<number>({
        capacityItems: 8,
        capacityBytes: 64,
        sizeOf: () => 3,
      })
      const entry = registry.register({ name: "pool", kind: "stage", mailbox })
      const seen: Array<string> = []
      const watching = yield* registry.changes("100 millis").pipe(
        Stream.runForEach(([row]) =>
          Effect.sync(() => seen.push(`${row?.state} ${row?.mailbox?.depthItems}`)),
        ),
        Effect.forkChild({ startImmediately: true }),
      )
      yield* TestClock.adjust("1 second")
      entry.enter("idle")
      yield* TestClock.adjust("1 second")
      yield* mailbox.offer([1])
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(watching)
      assert.deepStrictEqual(seen, ["starting 0", "idle 0", "idle 1"])
    }),
  )

  it.effect("forgets an actor that is unregistered, and gives its name again", () =>
    Effect.gen(function* () {
      const registry = yield* registryOf
      registry.register({ name: "worker", kind: "service" })
      registry.unregister("worker")
      assert.isEmpty(registry.snapshot())
      assert.strictEqual(registry.register({ name: "worker", kind: "service" }).id, "worker")
      assert.strictEqual(registry.register({ name: "worker", kind: "service" }).id, "worker-2")
    }),
  )
})

describe("causeText", () => {
  it("keeps at most 4 KiB, whole characters only", () => {
    for (const filler of ["x", "é", "漢", "🙂"]) {
      for (const lead of ["", "a", "ab", "abc"]) {
        const text = causeText(Cause.fail(new Error(lead + filler.repeat(5000))))
        assert.isAtMost(Buffer.byteLength(text), causeTextBytesMax)
        assert.isAbove(Buffer.byteLength(text), causeTextBytesMax - 8)
        assert.notInclude(text, "\ufffd")
        assert.isTrue(text.endsWith("…"))
      }
    }
  })

  it("survives an error that throws from its own message", () => {
    const hostile = new Error("x")
    Object.defineProperty(hostile, "message", {
      get: () => {
        throw new Error("no message")
      },
    })
    assert.isString(causeText(Cause.fail(hostile)))
  })
})
