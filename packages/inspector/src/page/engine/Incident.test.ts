import type { Frame } from "@countersign/monitor/protocol/Update"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { emptySnapshot } from "./EmptySnapshot.ts"
import { decodeIncident, encodeIncident, incidentName } from "./Incident.ts"

const frame = (sequence: number, durableSize: number): Frame => ({
  sequence,
  atMillis: sequence * 250,
  snapshot: {
    ...emptySnapshot,
    engine: { ...emptySnapshot.engine, durableSize },
    flow: [{ step: "durable", total: durableSize, perSecond: 1, behind: 0 }],
    readings: [{ series: "still", value: 1 }],
  },
})
const frames = [frame(1, 10), frame(2, 10), frame(5, 12)]

const refusal = (text: string): string => {
  const read = decodeIncident(text)
  assert.isTrue(Result.isFailure(read))
  return Result.isFailure(read) ? read.failure : ""
}

describe("an incident's file", () => {
  it("gives the frames that went into it", () => {
    const read = decodeIncident(encodeIncident("example.org/log", frames))
    assert.deepStrictEqual(read, Result.succeed({ origin: "example.org/log", frames }))
  })

  it("holds what did not change once, and so does the page that reads it", () => {
    const text = encodeIncident("", frames)
    assert.lengthOf(text.split('"still"'), 2)
    const read = Result.getOrThrow(decodeIncident(text))
    assert.strictEqual(read.frames[0]?.snapshot.readings, read.frames[2]?.snapshot.readings)
  })

  it("is refused in words where it is not one", () => {
    assert.strictEqual(refusal("{"), "it is not JSON, or not all of it")
    assert.match(refusal("[]"), /^it is no incident of this version/)
    assert.match(refusal(encodeIncident("", [])), /^it is no incident/)
  })

  it("is refused where a field is not what the protocol says", () => {
    const text = encodeIncident("", frames).replace('"durableSize":10', '"durableSize":"10"')
    assert.match(refusal(text), /^it is no incident/)
  })

  it("is refused where frames are missing, or time goes back", () => {
    const file = JSON.parse(encodeIncident("", frames))
    const without = { ...file, updates: [file.updates[0], file.updates[2]] }
    assert.strictEqual(
      refusal(JSON.stringify(without)),
      "its frame 5 does not follow the one before",
    )
    const back = { ...file, updates: [file.updates[0], { ...file.updates[1], atMillis: 250 }] }
    assert.strictEqual(refusal(JSON.stringify(back)), "its frame 2 does not follow the one before")
  })

  it("is refused where it has more frames than a monitor keeps", () => {
    const file = JSON.parse(encodeIncident("", frames))
    const updates = Array.from({ length: 2401 }, () => file.updates[0])
    assert.match(refusal(JSON.stringify({ ...file, updates })), /^it is no incident/)
  })

  it("is named after its last moment", () => {
    assert.strictEqual(incidentName(0), "incident-1970-01-01T00-00-00.json")
  })
})
