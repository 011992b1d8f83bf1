import type { DeliveredBatch } from "@countersign/core/engine/Sink"
import type { Receipt, RecordError, RecordInput } from "@countersign/core/Receipt"
import { AuditUnavailable } from "@countersign/core/engine/AuditError"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { eventAt, second } from "../testing/DetectionEvents.ts"
import type { DetectionRule } from "./DetectionRule.ts"
import * as DetectionSink from "./DetectionSink.ts"
import * as ReputationCache from "./ReputationCache.ts"

const burst: DetectionRule = {
  kind: "count",
  name: "burst",
  summary: "Many of one",
  severity: "error",
  confidence: 0.7,
  when: "type=a.b",
  by: "actor.id",
  atLeast: 3,
  within: "5m",
}

const batchOf = (firstSequence: number, ...events: ReadonlyArray<unknown>): DeliveredBatch => {
  const entries = events.map((event) => Buffer.from(JSON.stringify(event)))
  const bytes = entries.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return { trail: "example.org/a", firstSequence, entries, bytes }
}

/** Takes events as an engine does; refuses the first so many, as one that closes does. */
const receiver = (refusals = 0) => {
  const taken: Array<RecordInput> = []
  let left = refusals
  return {
    taken,
    record: (event: RecordInput): Effect.Effect<Receipt, RecordError> =>
      Effect.suspend(() => {
        left -= 1
        if (left >= 0)
          return Effect.fail(
            new AuditUnavailable({ state: "closing", recorded: "no", detail: "soon" }),
          )
        taken.push(event)
        return Effect.succeed({ id: "x", trail: "t", level: "durable", sequence: 1 })
      }),
  }
}

const one = (index: number, actor = "u-1") => eventAt(index * second, "a.b", actor)

describe("DetectionSink", () => {
  it.effect("counts a batch that comes again once", () =>
    Effect.gen(function* () {
      const detection = DetectionSink.make({ rules: [burst] })
      const batch = batchOf(0, one(0), one(1))
      yield* detection.sink.deliver(batch)
      yield* detection.sink.deliver(batch)
      assert.deepInclude(detection.counts(), { judged: 2, findings: 0 })
      yield* detection.sink.deliver(batchOf(1, one(1), one(2)))
      assert.deepInclude(detection.counts(), { judged: 3, findings: 1 })
    }),
  )

  it.effect("keeps findings until there is an engine, and then records each once", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const detection = DetectionSink.make({
        rules: [burst],
        observe: ({ subject }) => told.push(subject),
      })
      yield* detection.sink.deliver(batchOf(0, one(0), one(1), one(2)))
      assert.deepStrictEqual(told, ["u-1"])
      assert.deepInclude(detection.counts(), { waiting: 1, recorded: 0 })
      const audit = receiver()
      detection.attach(audit)
      yield* detection.sink.deliver(batchOf(3, one(3)))
      yield* detection.sink.deliver(batchOf(4, one(4)))
      assert.deepInclude(detection.counts(), { waiting: 0, recorded: 1 })
      assert.deepStrictEqual(
        audit.taken.map(({ class: name, severity, target, type }) => [
          type,
          name,
          severity,
          target,
        ]),
        [["countersign.finding.burst", "compliance", "high", [{ id: "u-1", type: "Subject" }]]],
      )
    }),
  )

  it.effect("waits rather than lose findings that nobody takes", () =>
    Effect.gen(function* () {
      const every: DetectionRule = { ...burst, atLeast: 1 }
      const detection = DetectionSink.make({ rules: [every] })
      const many = Array.from({ length: 600 }, (_, index) => one(index, `u-${index}`))
      const error = yield* Effect.flip(detection.sink.deliver(batchOf(0, ...many)))
      assert.strictEqual(error.reason, "unavailable")
      const audit = receiver()
      detection.attach(audit)
      yield* detection.sink.deliver(batchOf(0, ...many))
      assert.strictEqual(audit.taken.length, 600)
      assert.deepInclude(detection.counts(), { judged: 600, recorded: 600 })
    }),
  )

  it.effect("records when it can what it could not", () =>
    Effect.gen(function* () {
      const detection = DetectionSink.make({ rules: [burst] })
      const audit = receiver(1)
      detection.attach(audit)
      const batch = batchOf(0, one(0), one(1), one(2))
      assert.strictEqual((yield* Effect.flip(detection.sink.deliver(batch))).reason, "unavailable")
      yield* detection.sink.deliver(batch)
      assert.strictEqual(audit.taken.length, 1)
      assert.strictEqual(detection.counts().judged, 3)
    }),
  )

  it.effect("asks about names before it judges", () =>
    Effect.gen(function* () {
      const rule: DetectionRule = { ...burst, kind: "reputation", name: "name", by: "source.ip" }
      const reputation = yield* ReputationCache.make(() => Effect.succeed("bad"))
      const detection = DetectionSink.make({ rules: [rule], reputation })
      const event = eventAt(0, "a.b", "u-1", { source: { ip: "192.0.2.1" } })
      yield* detection.sink.deliver(batchOf(0, event))
      assert.strictEqual(detection.recent()[0]?.subject, "192.0.2.1")
    }),
  )

  it.effect("takes nothing after it was closed", () =>
    Effect.gen(function* () {
      const { sink } = DetectionSink.make({ rules: [burst] })
      yield* sink.close
      assert.strictEqual((yield* Effect.flip(sink.deliver(batchOf(0)))).reason, "unavailable")
    }),
  )

  it.effect("lowers trust in whoever is found", () =>
    Effect.gen(function* () {
      const detection = DetectionSink.make({ rules: [burst] })
      yield* detection.sink.deliver(batchOf(0, one(0), one(1), one(2)))
      assert.isBelow(detection.trustOf("u-1"), 0.7)
      assert.strictEqual(detection.trustOf("u-2"), 1)
    }),
  )
})
