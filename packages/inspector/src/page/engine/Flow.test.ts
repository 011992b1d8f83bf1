import type { Snapshot } from "@countersign/monitor/protocol/Snapshot"
import { idleActor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import type { ActorRow } from "./ActorRows.ts"
import { emptySnapshot } from "./EmptySnapshot.ts"
import { flowOf } from "./Flow.ts"

const stage = (id: string, depthItems = 0, perSecond = 0): ActorRow =>
  idleActor(id, {
    state: "running",
    perSecond,
    mailbox: { depthItems, capacityItems: 10, depthBytes: 0, capacityBytes: 100 },
  })

const snapshot: Snapshot = {
  ...emptySnapshot,
  engine: { ...emptySnapshot.engine, waiting: 3, samplingRate: 0.5, slabs: 2, slabsMax: 12 },
  flow: [
    { step: "accepted", total: 1000, perSecond: 50, behind: 0 },
    { step: "durable", total: 990, perSecond: 49, behind: 10 },
    { step: "published", total: 900, perSecond: 40, behind: 90 },
  ],
  actors: [stage("publish"), stage("later"), stage("log", 9, 2), stage("sample"), stage("pool", 5)],
  sinks: [
    {
      sink: "postgres",
      isRequired: true,
      cursor: 1,
      lag: 1200,
      lagBytes: 2048,
      oldestMillis: 12_000,
      perSecond: 9,
      catchUpMillis: null,
      circuit: "open",
      delivered: 7,
      deadLetters: 1,
      openLetters: 1,
    },
  ],
}

describe("the way of an event", () => {
  const { sinks, steps } = flowOf(snapshot)
  const step = (id: string) => steps.find((one) => one.id === id)

  it("goes from what is accepted through the stages in their order, and those unknown last", () => {
    assert.deepStrictEqual(
      steps.map(({ id }) => id),
      ["accepted", "sample", "pool", "log", "publish", "later"],
    )
  })

  it("says how full it is before each stage", () => {
    assert.deepInclude(step("pool")?.edge, { filled: 0.5, level: "high" })
    assert.deepInclude(step("log")?.edge, { filled: 0.9, level: "full" })
    assert.strictEqual(step("log")?.edge?.text, "9 of 10 wait, 0 B")
    assert.isUndefined(step("accepted")?.edge)
  })

  it("counts entries where batches would say little", () => {
    assert.strictEqual(step("log")?.perSecond, 49)
    assert.strictEqual(step("publish")?.perSecond, 40)
  })

  it("says who waits, what is sampled, and what memory is used", () => {
    assert.deepStrictEqual(step("accepted")?.details, [
      "1,000 in all",
      "3 callers waiting",
      "50 % of telemetry",
    ])
    assert.deepStrictEqual(step("pool")?.details, ["2 of 12 slabs"])
    assert.deepStrictEqual(step("publish")?.details, ["900 published", "90 not yet"])
  })

  it("ends at the sinks, judged by how long their oldest record waits", () => {
    assert.deepStrictEqual(sinks[0]?.edge, {
      filled: undefined,
      level: "full",
      text: "1,200 behind · 2 KiB",
    })
    assert.deepStrictEqual(sinks[0]?.details, [
      "7 delivered",
      "required",
      "circuit open",
      "1 open dead letter",
    ])
  })

  it("is there before anything is known", () => {
    assert.lengthOf(flowOf(emptySnapshot).steps, 1)
  })
})
