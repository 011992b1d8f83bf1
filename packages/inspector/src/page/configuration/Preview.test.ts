import { fromInput } from "@countersign/core/config/ConfigInput"
import { shownFields } from "@countersign/core/config/ConfigChange"
import { settle } from "@countersign/core/config/Configuration"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import type { Frame } from "@countersign/monitor/protocol/Update"
import { idleActor } from "@countersign/monitor/testing/ActorFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { emptySnapshot } from "../engine/EmptySnapshot.ts"
import { differences, plannedChanges, predictions, secretChanges, seenIn } from "./Preview.ts"

const configOf = (input: AuditConfigInput) =>
  Result.getOrThrow(settle([fromInput({ directory: "./trail" }), fromInput(input)]))
const inForce = shownFields(configOf({}))

/** A frame so many seconds after the first, with counts of telemetry and a mailbox. */
const frame = (second: number, accepted: number, recorded: number, depthItems = 0): Frame => ({
  sequence: second,
  atMillis: second * 1000,
  snapshot: {
    ...emptySnapshot,
    engine: { ...emptySnapshot.engine, slabs: 3, slabsMax: 12 },
    ledger: [
      {
        class: "telemetry",
        accepted,
        recorded,
        sampledOut: accepted - recorded,
        lost: 0,
        inFlight: 0,
        refused: 0,
        dropped: 0,
        missing: 0,
        perSecond: 0,
      },
    ],
    actors: [
      idleActor("sample", {
        mailbox: {
          depthItems,
          capacityItems: 65_536,
          depthBytes: depthItems * 200,
          capacityBytes: 8_388_608,
        },
      }),
    ],
  },
})
const frames = [frame(0, 1000, 1000), frame(30, 4000, 2500, 900), frame(60, 7000, 4000, 50)]

const predicted = (input: AuditConfigInput, seen = frames) => {
  const wanted = configOf(input)
  return predictions(seen, plannedChanges(inForce, wanted), wanted)
}

describe("Preview", () => {
  it("tells what the text changes from what the program had set otherwise before", () => {
    const given = { origin: "hospital.example/audit" }
    const now = shownFields(configOf({ ...given, pool: { slabsMax: 6 } }))
    const filed = configOf({ pool: { slabsMax: 6 } })
    const wanted = configOf({ pool: { slabsMax: 6 }, sampling: { rate: 0.5 } })
    const pathsOf = (before: typeof filed | undefined) => {
      const { changes, standing } = differences(now, before, wanted)
      return [changes.map(({ path }) => path), standing.map(({ path }) => path)]
    }
    assert.deepStrictEqual(pathsOf(filed), [["sampling.rate"], ["origin"]])
    assert.deepStrictEqual(pathsOf(undefined), [["origin", "sampling.rate"], []])
  })

  it("names what would change, and whether at once or with the next start", () => {
    const changes = plannedChanges(
      inForce,
      configOf({ sampling: { rate: 0.5 }, pool: { slabsMax: 4 } }),
    )
    assert.deepStrictEqual(
      changes.map(({ before, isLive, path, value }) => [path, before, value, isLive]),
      [
        ["pool.slabsMax", 12, 4, false],
        ["sampling.rate", 1, 0.5, true],
      ],
    )
  })

  it("says nothing of what is redacted: where the key lies can't be compared", () => {
    assert.isEmpty(plannedChanges(inForce, configOf({ signer: { path: "./elsewhere.key" } })))
  })

  it("does not pass over a change of what is redacted, between one text and another", () => {
    const before = configOf({ signer: { path: "./trail.key" } })
    const wanted = configOf({ signer: { path: "./elsewhere.key" }, heartbeatMillis: 60_000 })
    assert.deepStrictEqual(secretChanges(before, wanted), [
      { path: "signer.path", before: "(redacted)", value: "(redacted)", isLive: false },
    ])
    assert.isEmpty(secretChanges(before, before))
    assert.isEmpty(secretChanges(undefined, wanted))
  })

  it("predicts what a rate would keep of what came", () => {
    const [found] = predicted({ sampling: { rate: 0.25, adaptive: false } })
    assert.include(found?.says, "100 events/s came in the last 60 s and 50 % was kept")
    assert.include(found?.says, "25 % would be kept: 25 events/s")
    assert.include(found?.assumes, "As much telemetry comes as did")
  })

  it("predicts nothing of telemetry where none came", () => {
    const [found] = predicted({ sampling: { rate: 0.5 } }, [frame(0, 7, 7), frame(60, 7, 7)])
    assert.include(found?.says, "No telemetry came in the last 60 s")
  })

  it("gives the span of a rate that follows the cost", () => {
    const [found] = predicted({ sampling: { rate: 0.5, rateMin: 0.1 } })
    assert.include(found?.says, "begin at 50 % (50 events/s kept)")
    assert.include(found?.says, "between 10 % and 100 % (10 events/s to 100 events/s)")
  })

  it("predicts the headroom of smaller queues, and what would not have fitted", () => {
    const [count] = predicted({ intake: { countMax: 1000 } })
    assert.include(count?.says, "At most 900 events")
    assert.include(count?.says, "90 % of it at the fullest: 10 % headroom")
    assert.isFalse(count?.isComfortable)
    const [less] = predicted({ intake: { countMax: 100 } })
    assert.include(less?.says, "more than there would be room for")
    const [slabs] = predicted({ pool: { slabsMax: 6 } })
    assert.include(slabs?.says, "50 % of it")
    assert.isTrue(slabs?.isComfortable)
  })

  it("predicts nothing of what does not change, and nothing from too short a time", () => {
    assert.isEmpty(predicted({ heartbeatMillis: 60_000 }))
    assert.isEmpty(predicted({ sampling: { rate: 0.5 } }, frames.slice(0, 1)))
    assert.isUndefined(seenIn([]))
  })
})
