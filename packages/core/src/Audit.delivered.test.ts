import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Audit } from "./Audit.ts"
import { NotDelivered } from "./engine/AuditError.ts"
import { configured, type Sink } from "./engine/Sink.ts"
import { event, make } from "./testing/AuditFixture.ts"
import { FaultySink } from "./testing/FaultySink.ts"
import * as MemorySink from "./testing/MemorySink.ts"
import { temporaryDirectory } from "./testing/TemporaryDirectory.ts"

const until = "delivered"
const required = (sink: Sink) => configured(sink, { isRequired: true })

const setup = Effect.map(temporaryDirectory, (root) => make(path.join(root, "trail")))

const texts = ({ store }: MemorySink.MemorySink) =>
  store.records.map(({ bytes }) => Buffer.from(bytes).toString())

describe("an event that asks for delivered", () => {
  it.live("has a receipt only when every required sink has it, whatever the others do", () =>
    Effect.gen(function* () {
      const { withAudit } = yield* setup
      const table = MemorySink.make({ name: "table" })
      const dead = new FaultySink(MemorySink.make({ name: "dead" }))
      dead.hang()
      const receipt = yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const given = yield* audit.record(event, { until })
          assert.isTrue(texts(table).some((text) => text.includes(given.id)))
          dead.resume()
          return given
        }),
        {},
        { sinks: [required(table), dead] },
      )
      assert.strictEqual(receipt.level, "delivered")
      assert.isNumber(receipt.sequence)
    }),
  )

  it.live("waits for no more than the quorum", () =>
    Effect.gen(function* () {
      const { config, withAudit } = yield* setup
      const hanging = new FaultySink(MemorySink.make({ name: "one" }))
      hanging.hang()
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const receipt = yield* audit.record(event, { until })
          assert.strictEqual(receipt.level, "delivered")
          hanging.resume()
        }),
        { dispatch: { ...config.dispatch, required: "one,two", quorum: 1 } },
        { sinks: [hanging, MemorySink.make({ name: "two" })] },
      )
    }),
  )

  it.live("fails typed at its deadline, names who lacks it, and is in the trail", () =>
    Effect.gen(function* () {
      const { config, trail, withAudit } = yield* setup
      const hanging = new FaultySink(MemorySink.make({ name: "table" }))
      hanging.hang()
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const error = yield* Effect.flip(audit.record({ ...event, id: "late" }, { until }))
          assert.instanceOf(error, NotDelivered)
          assert.deepInclude(error, { reason: "deadline", recorded: "yes", sinks: ["table"] })
          // Nobody waits for anything any more.
          assert.strictEqual(audit.status().waiting, 0)
          hanging.resume()
        }),
        { deadlines: { ...config.deadlines, deliveredMillis: 60 } },
        { sinks: [required(hanging)] },
      )
      assert.include(
        (yield* trail).map(({ id }) => id),
        "late",
      )
    }),
  )

  it.live("fails at once when a required sink refuses it", () =>
    Effect.gen(function* () {
      const { withAudit } = yield* setup
      const inner = MemorySink.make({ name: "table" })
      const faulty = new FaultySink(inner)
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const first = yield* audit.record(event, { until })
          for (let ahead = 1; ahead < 10; ahead++) faulty.reject((first.sequence ?? 0) + ahead)
          const error = yield* Effect.flip(audit.record(event, { until }))
          assert.deepInclude(error, { reason: "refused", recorded: "yes", sinks: ["table"] })
        }),
        {},
        { sinks: [required(faulty)] },
      )
    }),
  )

  it.live("names at its deadline who refused it, with those that lack it", () =>
    Effect.gen(function* () {
      const { config, withAudit } = yield* setup
      const refusing = new FaultySink(MemorySink.make({ name: "one" }))
      const hanging = new FaultySink(MemorySink.make({ name: "two" }))
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const first = yield* audit.record(event, { until })
          for (let ahead = 1; ahead < 10; ahead++) refusing.reject((first.sequence ?? 0) + ahead)
          hanging.hang()
          const error = yield* Effect.flip(audit.record(event, { until }))
          assert.deepInclude(error, { reason: "deadline", sinks: ["one", "two"] })
          hanging.resume()
        }),
        {
          deadlines: { ...config.deadlines, deliveredMillis: 1000 },
          dispatch: { ...config.dispatch, required: "one,two,three", quorum: 2 },
        },
        { sinks: [refusing, hanging, MemorySink.make({ name: "three" })] },
      )
    }),
  )

  it.live("is refused before it is recorded where no sink is required", () =>
    Effect.gen(function* () {
      const { trail, withAudit } = yield* setup
      for (const sinks of [[], [MemorySink.make()]]) {
        yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            const error = yield* Effect.flip(audit.record({ ...event, id: "nowhere" }, { until }))
            assert.deepInclude(error, { reason: "no-required-sink", recorded: "no" })
          }),
          {},
          { sinks },
        )
      }
      assert.notInclude(
        (yield* trail).map(({ id }) => id),
        "nowhere",
      )
    }),
  )

  it.live(
    "is told when the engine closes before a sink has it",
    () =>
      Effect.gen(function* () {
        const { withAudit } = yield* setup
        const hanging = new FaultySink(MemorySink.make({ name: "table" }))
        hanging.hang()
        yield* withAudit(
          Effect.gen(function* () {
            const audit = yield* Audit
            const waiting = yield* Effect.forkChild(Effect.flip(audit.record(event, { until })))
            yield* Effect.sleep("100 millis")
            yield* audit.close
            assert.deepInclude(yield* Fiber.join(waiting), { reason: "closed", sinks: ["table"] })
          }),
          {},
          { sinks: [required(hanging)] },
        )
      }),
    20_000,
  )

  it.live("holds for an operation's attempt and its outcome", () =>
    Effect.gen(function* () {
      const { withAudit } = yield* setup
      const table = MemorySink.make({ name: "table" })
      yield* withAudit(
        Effect.gen(function* () {
          const audit = yield* Audit
          const seen = Effect.sync(() => texts(table).filter((text) => text.includes("operation")))
          const within = yield* seen.pipe(
            audit.around({ ...event, data: { of: "operation" } }, { until }),
          )
          assert.strictEqual(within.length, 1)
          assert.strictEqual((yield* seen).length, 2)
        }),
        {},
        { sinks: [required(table)] },
      )
    }),
  )
})

describe("required sinks by configuration", () => {
  it.live("have to be there, and to be enough for the quorum", () =>
    Effect.gen(function* () {
      const { config, withAudit } = yield* setup
      const refusal = (dispatch: Partial<typeof config.dispatch>) =>
        Effect.flip(
          withAudit(
            Effect.void,
            { dispatch: { ...config.dispatch, ...dispatch } },
            { sinks: [MemorySink.make({ name: "table" })] },
          ),
        )
      assert.include(
        (yield* refusal({ required: "table,tabel" })).message,
        'dispatch.required: names the sink "tabel"; expected some of table',
      )
      assert.include((yield* refusal({ quorum: 1 })).message, "dispatch.quorum: is 1")
    }),
  )
})
