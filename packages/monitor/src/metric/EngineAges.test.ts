import type { ActorSnapshot, ActorState } from "@countersign/core/engine/ActorRegistry"
import type { Account } from "@countersign/core/engine/Ledger"
import { assert, describe, it } from "@effect/vitest"
import { EngineAges } from "./EngineAges.ts"
import { readingsOf } from "./Sample.ts"

const account = (accepted: number, inFlight: number): Account => ({
  class: "standard",
  accepted,
  recorded: accepted - inFlight,
  sampledOut: 0,
  lost: 0,
  inFlight,
  refused: 0,
  dropped: 0,
  missing: 0,
})

const stage = (
  id: string,
  items: number,
  depthItems: number,
  state: ActorState,
): ActorSnapshot => ({
  id,
  parent: undefined,
  kind: "stage",
  state,
  sinceMillis: 0,
  restarts: 0,
  faults: 0,
  lastCause: undefined,
  waitsOn: undefined,
  batches: items,
  items,
  mailbox: { depthItems, capacityItems: 8, depthBytes: 0, capacityBytes: 1 },
})

const valuesOf = (
  ages: EngineAges,
  nowMillis: number,
  accounts: ReadonlyArray<Account>,
  actors: ReadonlyArray<ActorSnapshot>,
) =>
  ages
    .samples(nowMillis, { accounts }, actors)
    .flatMap(readingsOf)
    .map(({ labels, name, value }) => [name, labels["class"] ?? labels["actor"], value])

describe("the ages of what waits in an engine", () => {
  it("are those of the oldest event of a class and of the oldest batch of a stage", () => {
    const ages = new EngineAges()
    const stuck = [stage("log", 4, 2, "blocked"), stage("tree", 4, 0, "idle")]
    ages.look(1000, { accounts: [account(9, 3)] }, stuck)
    ages.look(2000, { accounts: [account(50, 44)] }, stuck)
    assert.deepStrictEqual(valuesOf(ages, 5000, [account(60, 54)], stuck), [
      ["countersign_events_oldest_seconds", "standard", 4],
      ["countersign_queue_oldest_seconds", "log", 4],
      ["countersign_queue_oldest_seconds", "tree", 0],
    ])
    const later = [stage("log", 7, 0, "running")]
    assert.deepStrictEqual(valuesOf(ages, 6000, [account(60, 50)], later), [
      ["countersign_events_oldest_seconds", "standard", 4],
      ["countersign_queue_oldest_seconds", "log", 0],
    ])
  })

  it("count what a stage has in its hand, whether or not it was seen to wait", () => {
    for (const before of [stage("log", 0, 1, "idle"), stage("log", 0, 0, "running")]) {
      const ages = new EngineAges()
      ages.look(1000, { accounts: [] }, [before])
      const inHand = [stage("log", 0, 0, "running")]
      ages.look(2000, { accounts: [] }, inHand)
      assert.deepStrictEqual(valuesOf(ages, 9000, [], inHand), [
        ["countersign_queue_oldest_seconds", "log", 8],
      ])
    }
  })

  it("are 0 for a stage that has nothing, whatever was taken from it at the end", () => {
    for (const state of ["idle", "stopped"] as const) {
      const ages = new EngineAges()
      ages.look(1000, { accounts: [] }, [stage("log", 0, 5, "running")])
      const emptied = [stage("log", 0, 0, state)]
      assert.deepStrictEqual(valuesOf(ages, 9000, [], emptied), [
        ["countersign_queue_oldest_seconds", "log", 0],
      ])
    }
  })

  it("leave out the stage that takes events and counts batches, and what is no stage", () => {
    const sink: ActorSnapshot = { ...stage("sink:a", 1, 1, "idle"), kind: "sink" }
    assert.deepStrictEqual(
      valuesOf(new EngineAges(), 0, [], [stage("sample", 1, 9, "idle"), sink]),
      [],
    )
  })
})
