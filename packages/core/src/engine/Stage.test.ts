import { assert, describe, it } from "@effect/vitest"
import type * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as TestClock from "effect/testing/TestClock"
import * as Mailbox from "./Mailbox.ts"
import * as RestartPolicy from "./RestartPolicy.ts"
import * as Stage from "./Stage.ts"
import * as Supervisor from "./Supervisor.ts"

class DiskFull extends Data.TaggedError("DiskFull") {}
class Odd extends Data.TaggedError("Odd") {}

const mailboxOf = (capacityItems = 100) =>
  Mailbox.bounded<number>({ capacityItems, capacityBytes: 10_000, sizeOf: () => 1 })

interface Setup {
  readonly handle: (batch: ReadonlyArray<number>) => Effect.Effect<ReadonlyArray<number>, unknown>
  readonly emit?: (out: ReadonlyArray<number>) => Effect.Effect<void>
  readonly restart?: RestartPolicy.RestartOptions
}

const setup = Effect.fnUntraced(function* (options: Setup) {
  const mailbox = mailboxOf()
  const emitted: Array<number> = []
  const poisoned: Array<number> = []
  const causes: Array<Cause.Cause<unknown>> = []
  const stage = Stage.make({
    name: "double",
    mailbox,
    batch: { countMax: 16, bytesMax: 1000, waitMax: 0 },
    restart: RestartPolicy.make({ restartsMax: 100, ...options.restart }),
    handle: options.handle,
    emit: options.emit ?? ((out) => Effect.sync(() => void emitted.push(...out))),
    next: "after",
    isFault: (error) => error instanceof DiskFull,
    poison: (item, cause) =>
      Effect.sync(() => {
        poisoned.push(item)
        causes.push(cause)
      }),
  })
  const supervisor = yield* Supervisor.make("engine")
  const actor = yield* supervisor.start(stage)
  return { mailbox, emitted, poisoned, causes, stage, supervisor, actor }
})

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe("Stage", () => {
  it.effect("handles batches in order and ends once its mailbox is closed and empty", () =>
    Effect.gen(function* () {
      const sizes: Array<number> = []
      const { actor, emitted, mailbox } = yield* setup({
        handle: (batch) =>
          Effect.sync(() => {
            sizes.push(batch.length)
            return batch.map((n) => n * 2)
          }),
      })
      yield* mailbox.offer(range(40))
      yield* mailbox.close
      yield* actor.ended
      assert.deepStrictEqual(
        emitted,
        range(40).map((n) => n * 2),
      )
      assert.deepStrictEqual(sizes, [16, 16, 8])
      const row = actor.snapshot()
      assert.strictEqual(row.state, "stopped")
      assert.strictEqual(row.batches, 3)
      assert.strictEqual(row.items, 40)
    }),
  )

  for (const [what, crash] of [
    ["a defect", Effect.die("boom")],
    ["a typed failure", Effect.fail(new Odd())],
    ["an interruption from within", Effect.interrupt],
  ] as const) {
    it.effect(`runs the batch again after ${what}, and hands nothing on twice`, () =>
      Effect.gen(function* () {
        let calls = 0
        const { actor, emitted, mailbox, stage } = yield* setup({
          handle: (batch) => Effect.suspend(() => (++calls === 2 ? crash : Effect.succeed(batch))),
        })
        yield* mailbox.offer(range(48))
        yield* mailbox.close
        yield* TestClock.adjust("1 second")
        yield* actor.ended
        assert.deepStrictEqual(emitted, range(48))
        assert.strictEqual(calls, 4)
        assert.strictEqual(actor.snapshot().restarts, 1)
        assert.isEmpty(stage.inHand())
      }),
    )
  }

  it.effect("does not handle again what only its handing on crashed for", () =>
    Effect.gen(function* () {
      let handled = 0
      let emits = 0
      const out: Array<number> = []
      const { actor, mailbox } = yield* setup({
        handle: (batch) => Effect.sync(() => ((handled += 1), batch)),
        emit: (batch) =>
          Effect.suspend(() =>
            ++emits === 1 ? Effect.die("full") : Effect.sync(() => void out.push(...batch)),
          ),
      })
      yield* mailbox.offer([1, 2])
      yield* mailbox.close
      yield* TestClock.adjust("1 second")
      yield* actor.ended
      assert.deepStrictEqual(out, [1, 2])
      assert.strictEqual(handled, 1)
    }),
  )

  it.effect(
    "sets the poison item aside after the third crash, and keeps the order of the rest",
    () =>
      Effect.gen(function* () {
        const whole: Array<number> = []
        const { actor, causes, emitted, mailbox, poisoned } = yield* setup({
          handle: (batch) =>
            Effect.suspend(() => {
              if (batch.length === 16) whole.push(batch.length)
              return batch.includes(11) ? Effect.die(new Error("eleven")) : Effect.succeed(batch)
            }),
        })
        yield* mailbox.offer(range(16))
        yield* mailbox.close
        yield* TestClock.adjust("1 minute")
        yield* actor.ended
        assert.deepStrictEqual(poisoned, [11])
        assert.include(String(causes[0]), "eleven")
        assert.deepStrictEqual(
          emitted,
          range(16).filter((n) => n !== 11),
        )
        assert.strictEqual(whole.length, 3)
      }),
  )

  it.effect("counts an item given up, not the steps of bisecting, towards the limit", () =>
    Effect.gen(function* () {
      // Three crashes of the batch and one of the item are four; bisecting 16 adds three more.
      const { actor, mailbox, poisoned, supervisor } = yield* setup({
        handle: (batch) =>
          Effect.suspend(() => (batch.includes(3) ? Effect.die("three") : Effect.succeed(batch))),
        restart: { restartsMax: 4 },
      })
      yield* mailbox.offer(range(16))
      yield* mailbox.close
      yield* TestClock.adjust("10 seconds")
      yield* actor.ended
      assert.deepStrictEqual(poisoned, [3])
      assert.isUndefined(supervisor.registry.snapshot().find((row) => row.state === "failed"))
    }),
  )

  it.effect("a handler that is broken for every item goes up before it empties the trail", () =>
    Effect.gen(function* () {
      const { mailbox, poisoned, stage, supervisor } = yield* setup({
        handle: () => Effect.die("broken"),
        restart: { restartsMax: 6 },
      })
      yield* mailbox.offer(range(16))
      yield* TestClock.adjust("30 seconds")
      const error = yield* Effect.flip(supervisor.failed)
      assert.strictEqual(error.code, "AUD-5101")
      assert.strictEqual(error.actor, "double")
      assert.isAtMost(poisoned.length, 3)
      assert.deepStrictEqual([...poisoned, ...stage.inHand()], range(16))
    }),
  )

  it.effect("retries a fault of the world for as long as it takes, and blames no item", () =>
    Effect.gen(function* () {
      let isFull = true
      const { actor, emitted, mailbox, poisoned } = yield* setup({
        handle: (batch) =>
          Effect.suspend(() => (isFull ? Effect.fail(new DiskFull()) : Effect.succeed(batch))),
        restart: { restartsMax: 3 },
      })
      yield* mailbox.offer(range(4))
      yield* mailbox.close
      yield* TestClock.adjust("1 hour")
      const row = actor.snapshot()
      assert.strictEqual(row.state, "backing-off")
      assert.isAbove(row.faults, 100)
      assert.strictEqual(row.restarts, 0)
      assert.include(row.lastCause ?? "", "DiskFull")
      isFull = false
      yield* TestClock.adjust("10 seconds")
      yield* actor.ended
      assert.deepStrictEqual(emitted, range(4))
      assert.isEmpty(poisoned)
    }),
  )

  it.effect("a policy may count faults: then they go up as well", () =>
    Effect.gen(function* () {
      const { mailbox, stage, supervisor } = yield* setup({
        handle: () => Effect.fail(new DiskFull()),
        restart: { restartsMax: 3, faultsCount: true },
      })
      yield* mailbox.offer([7])
      yield* TestClock.adjust("1 minute")
      assert.strictEqual((yield* Effect.flip(supervisor.failed)).restarts, 4)
      assert.deepStrictEqual(stage.inHand(), [7])
    }),
  )

  it.effect("says what it waits on while the next stage is full", () =>
    Effect.gen(function* () {
      const next = mailboxOf(2)
      const { actor, mailbox } = yield* setup({ handle: Effect.succeed, emit: next.offer })
      assert.strictEqual(actor.snapshot().state, "idle")
      yield* mailbox.offer([1, 2])
      yield* TestClock.adjust(0)
      yield* mailbox.offer([3])
      yield* TestClock.adjust(0)
      const row = actor.snapshot()
      assert.strictEqual(row.state, "blocked")
      assert.strictEqual(row.waitsOn, "after")
      assert.strictEqual(row.mailbox?.capacityItems, 100)
    }),
  )

  it.effect(
    "leaves the batch in hand readable when interrupted in the handler or while blocked",
    () =>
      Effect.gen(function* () {
        const stuck = yield* setup({ handle: () => Effect.never })
        yield* stuck.mailbox.offer([1, 2])
        yield* TestClock.adjust(0)
        yield* stuck.actor.stop
        assert.deepStrictEqual(stuck.stage.inHand(), [1, 2])
        assert.strictEqual(stuck.actor.snapshot().state, "stopped")

        const gate = yield* Deferred.make<void>()
        const blocked = yield* setup({ handle: Effect.succeed, emit: () => Deferred.await(gate) })
        yield* blocked.mailbox.offer([3])
        yield* TestClock.adjust(0)
        yield* blocked.actor.stop
        assert.deepStrictEqual(blocked.stage.inHand(), [3])
      }),
  )

  const item = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 60 }))

  it.effect.prop(
    "whatever crashes when: each item is handed on once, in order, or is poison",
    {
      count: item,
      poison: Schema.Array(item).check(Schema.isMaxLength(4)),
      faultsAt: Schema.Array(item),
    },
    ({ count, faultsAt, poison }) =>
      Effect.gen(function* () {
        let call = 0
        const { actor, emitted, mailbox, poisoned } = yield* setup({
          handle: (batch) =>
            Effect.suspend((): Effect.Effect<ReadonlyArray<number>, DiskFull> => {
              call += 1
              if (faultsAt.includes(call)) return Effect.fail(new DiskFull())
              if (batch.some((n) => poison.includes(n))) return Effect.die("poison")
              return Effect.succeed(batch)
            }),
        })
        yield* mailbox.offer(range(count))
        yield* mailbox.close
        yield* TestClock.adjust("1 hour")
        yield* actor.ended
        assert.deepStrictEqual(
          emitted,
          range(count).filter((n) => !poison.includes(n)),
        )
        assert.deepStrictEqual(
          poisoned,
          range(count).filter((n) => poison.includes(n)),
        )
      }),
  )
})
