import { assert, describe, it } from "@effect/vitest"
import { readingsOf as detectionReadings } from "../detect/Detection.ts"
import { instruments } from "./Instruments.ts"
import { readingsOf, samplesOf } from "./Sample.ts"

describe("readings as samples", () => {
  it("are those that they came from", () => {
    const readings = [
      { name: "countersign_overhead_ratio", labels: { bound: "estimate" }, value: 0.1 },
      { name: "countersign_baseline_ratio", labels: { metric: "sync" }, value: 1.5 },
    ]
    const samples = samplesOf(readings)
    assert.deepStrictEqual(samples.flatMap(readingsOf), readings)
    assert.strictEqual(samples[0]?.instrument, instruments.get("countersign_overhead_ratio"))
  })

  it("are not, where the table does not have the name or it is part of a summary", () => {
    const names = ["mine", "countersign_log_sync_seconds", "countersign_log_sync_seconds_count"]
    assert.deepStrictEqual(samplesOf(names.map((name) => ({ name, labels: {}, value: 1 }))), [])
  })

  it("hold all that detection says, with the labels of the table", () => {
    const counts = { judged: 1, unreadable: 2, keys: 3, forgotten: 4, waiting: 5 }
    const rest = { recorded: 0, refused: 0, rebuilt: 0, findings: 0 }
    const said = detectionReadings({ ...rest, ...counts }, new Map([["credential-stuffing", 6]]))
    const samples = samplesOf(said)
    assert.deepStrictEqual(samples.flatMap(readingsOf), said)
    for (const { instrument, labels } of samples) {
      assert.deepStrictEqual(Object.keys(labels), [...instrument.labels])
    }
  })
})
