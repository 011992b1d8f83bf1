import { assert, describe, it } from "@effect/vitest"
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
})
