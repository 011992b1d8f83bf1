import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Audit } from "@countersign/core/Audit"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as AuditCollector from "./AuditCollector.ts"
import { type CollectedRecord, originOf } from "./CollectedEvent.ts"

const trail = "example.org/producer"

const eventsIn = (directory: string) =>
  entries(directory).pipe(
    Stream.map(({ bytes }) => ({
      origin: originOf(bytes),
      // Only ever the canonical bytes of an event.
      event: JSON.parse(Buffer.from(bytes).toString()) as AuditEventInput & { observed?: string },
    })),
    Stream.runCollect,
    Effect.provide(NodeDisk.layer),
  )

const recording = <A, E>(
  directory: string,
  run: (audit: Audit["Service"], receiver: AuditCollector.AuditReceiver) => Effect.Effect<A, E>,
) =>
  Effect.flatMap(Audit, (audit) => run(audit, AuditCollector.make(audit, directory))).pipe(
    Effect.provide(Audit.layer({ directory, signals: false }, { env: {} })),
  )

/** What a producer's trail holds after these events. */
const recordsOf = Effect.fnUntraced(function* (events: ReadonlyArray<AuditEventInput>) {
  const directory = path.join(yield* temporaryDirectory, "producer")
  yield* recording(directory, (audit) =>
    Effect.forEach(events, (event) => audit.record(event, { until: "durable" })),
  )
  const found = yield* Effect.provide(Stream.runCollect(entries(directory)), NodeDisk.layer)
  return found.map(({ bytes, sequence }): CollectedRecord => ({
    trail,
    sequence,
    bytes: Buffer.from(bytes),
    isRepeated: false,
  }))
})

const read: AuditEventInput = {
  id: "read-1",
  time: "2026-11-21T09:00:00.000Z",
  type: "patient.record.read",
  class: "critical",
  actor: { id: "u-1", roles: ["nurse"] },
  target: [{ id: "p-1", type: "Patient" }],
  outcome: "success",
  data: { ward: 3 },
}

describe("AuditCollector", () => {
  it.live("records what other engines recorded, and where it comes from", () =>
    Effect.gen(function* () {
      const records = yield* recordsOf([
        read,
        { ...read, id: "seen-1", class: "telemetry", data: undefined },
      ])
      const directory = path.join(yield* temporaryDirectory, "collector")
      const received = yield* recording(directory, (_, receiver) => receiver.record(records))
      assert.deepStrictEqual(received.refused, [])
      const found = (yield* eventsIn(directory)).filter(({ origin }) => origin !== undefined)
      assert.deepStrictEqual(
        found.map(({ origin }) => origin),
        records.map(({ sequence }) => ({ trail, sequence })),
      )
      assert.isAtLeast(received.mark, found.length)
      assert.strictEqual(found[0]?.event.type, "collected.audit.opened")
      const [one, other] = ["read-1", "seen-1"].map((id) =>
        found.find(({ event }) => event.id === id),
      )
      assert.isDefined(one)
      const { data, observed, ...kept } = one.event
      const { actor, data: _, ...given } = read
      assert.deepStrictEqual(kept, {
        ...given,
        actor: { ...actor, type: "user" },
        classification: "INTERNAL",
      })
      assert.isString(observed)
      assert.deepInclude(data, { value: { ward: 3 } })
      // It was sampled where it was recorded, and is not again.
      assert.strictEqual(other?.event.class, "standard")
      assert.deepNestedInclude(other?.event, { "data.collected.class": "telemetry" })
    }),
  )

  it.live("cuts off what comes again, also in another life", () =>
    Effect.gen(function* () {
      const records = yield* recordsOf([read, { ...read, id: "read-2" }])
      const directory = path.join(yield* temporaryDirectory, "collector")
      yield* recording(directory, (_, receiver) =>
        Effect.gen(function* () {
          yield* receiver.record([...records, ...records.slice(0, 2)])
          yield* receiver.record(records)
          assert.strictEqual(receiver.cut(), records.length + 2)
        }),
      )
      yield* recording(directory, (_, receiver) =>
        Effect.gen(function* () {
          yield* receiver.resume(undefined)
          yield* receiver.record(records.map((record) => ({ ...record, isRepeated: true })))
          assert.strictEqual(receiver.cut(), records.length)
        }),
      )
      const found = (yield* eventsIn(directory)).filter(({ origin }) => origin !== undefined)
      assert.strictEqual(found.length, records.length)
    }),
  )

  it.live("looks back as far as the mark says, and no further", () =>
    Effect.gen(function* () {
      const records = yield* recordsOf([read])
      const directory = path.join(yield* temporaryDirectory, "collector")
      const mark = yield* recording(directory, (_, receiver) =>
        Effect.map(receiver.record(records.slice(0, 1)), (received) => received.mark),
      )
      yield* recording(directory, (_, receiver) =>
        Effect.gen(function* () {
          yield* receiver.resume(mark)
          yield* receiver.record(records.slice(0, 1))
          assert.strictEqual(receiver.cut(), 0)
        }),
      )
    }),
  )

  it.live("refuses what is no event or grows too large, and records that it did", () =>
    Effect.gen(function* () {
      const [, large] = yield* recordsOf([{ ...read, data: "x".repeat(48_850) }])
      assert.isDefined(large)
      const records: ReadonlyArray<CollectedRecord> = [
        { trail, sequence: 7, bytes: Buffer.from("no JSON"), isRepeated: false },
        { trail, sequence: 8, bytes: Buffer.from("[]"), isRepeated: false },
        { trail, sequence: 9, bytes: Buffer.from('{"type":"x.y"}'), isRepeated: false },
        { ...large, sequence: 10 },
      ]
      const directory = path.join(yield* temporaryDirectory, "collector")
      const { refused } = yield* recording(directory, (_, receiver) => receiver.record(records))
      assert.deepStrictEqual(refused, records)
      const found = (yield* eventsIn(directory)).filter(({ origin }) => origin !== undefined)
      assert.deepStrictEqual(
        found.map(({ event: { type }, origin }) => `${type} ${origin?.sequence}`),
        [7, 8, 9, 10].map((sequence) => `collected.record.refused ${sequence}`),
      )
      assert.match(String(found[2]?.event.reason), /actor/)
    }),
  )
})
