import { planFile } from "@countersign/copybook/file/FilePlan"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makeRoundTrip } from "./RoundTrip.ts"

const plan = Result.getOrThrow(
  planFile("       01 R.\n           05 A PIC X(2).\n           05 B PIC 9(2).\n"),
)
const batch = {
  bytes: Buffer.from("c1c2f0f7", "hex"),
  starts: Int32Array.of(0),
  lengths: Int32Array.of(4),
  count: 1,
  firstRecord: 5,
  fileOffset: 20,
}

describe("a round trip", () => {
  it("finds the first byte that differs, and a value that has no bytes", () => {
    const trip = Result.getOrThrow(makeRoundTrip(plan, 10, false))
    trip.add(batch, 0, {
      record: 5,
      fileOffset: 20,
      length: 4,
      value: { A: "AB", B: 7 },
      faults: [],
    })
    assert.deepStrictEqual([trip.records, trip.differing], [1, 0])
    trip.add(batch, 0, {
      record: 5,
      fileOffset: 20,
      length: 4,
      value: { A: "AB", B: 8 },
      faults: [],
    })
    assert.deepStrictEqual(trip.first, [
      { record: 5, fileOffset: 20, offset: 3, detail: "X'f8' in place of X'f7'" },
    ])
    trip.add(batch, 0, {
      record: 5,
      fileOffset: 20,
      length: 4,
      value: { A: "AB", B: 800 },
      faults: [],
    })
    assert.include(trip.first[1]?.detail, "CPY-5002")
    assert.strictEqual(trip.differing, 2)
  })

  it("shows no bytes where they are masked, and no more than it may", () => {
    const trip = Result.getOrThrow(makeRoundTrip(plan, 1, true))
    for (const B of [8, 9])
      trip.add(batch, 0, {
        record: 5,
        fileOffset: 20,
        length: 4,
        value: { A: "AB", B },
        faults: [],
      })
    assert.strictEqual(trip.differing, 2)
    assert.deepStrictEqual(
      trip.first.map(({ detail }) => detail),
      ["bytes differ"],
    )
  })
})
