import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { watchWriter } from "./beside.ts"
import { harmless, ids, mutationsOf } from "./mutations.ts"
import { scoreKeys } from "./keys.ts"
import { scoreRows } from "./rows.ts"
import { makeSample } from "./sample.ts"
import { genuine, score, summed } from "./score.ts"
import { isAsPromised, scoreWitnessed } from "./witnessed.ts"

const sample = await makeSample(600)

describe("the tamper list", () => {
  it("is caught in every part", async () => {
    const rows = summed([...(await score(mutationsOf(sample, 1500))), ...(await scoreKeys(120))])
    assert.deepStrictEqual(
      rows.map(({ id }) => id),
      ids,
    )
    for (const { caught, id, missed, tried } of rows) {
      assert.deepStrictEqual(missed, [], id)
      assert.strictEqual(caught, tried, id)
    }
  })

  it("is caught in the rows of a database, and repaired (T6)", { timeout: 60_000 }, async () => {
    const { caught, missed, tried } = await scoreRows(20)
    assert.deepStrictEqual(missed, [])
    assert.strictEqual(caught, tried)
    assert.isAbove(tried, 20)
  })

  it("sees what a verifier misses", async () => {
    const yes = (directory: string) =>
      Effect.map(genuine(directory), (report) => ({ ...report, verdict: "verified" as const }))
    const rows = [...(await score(mutationsOf(sample, 5000), yes)), ...(await scoreKeys(300, yes))]
    for (const { caught, missed, tried } of rows) {
      assert.strictEqual(caught, 0)
      assert.strictEqual(missed.length, tried)
    }
  })

  it("does not call a change tampering that takes nothing away", async () => {
    const [row] = await score(harmless(sample))
    assert.strictEqual(row?.caught, 0)
    assert.isAbove(row?.tried ?? 0, 0)
  })

  it("finds with witnesses what is right in itself: a rollback, and another history", async () => {
    const witnessed = await scoreWitnessed(sample, 150)
    assert.isTrue(isAsPromised(witnessed), JSON.stringify(witnessed))
    const caught = Object.fromEntries(witnessed.policy.map((row) => [row.id, row.caught > 0]))
    assert.deepStrictEqual(caught, { W1: false, W2: true, W3: true, W4: false })
  })

  it("cries no wolf while an engine writes", async () => {
    const { alarms, verified } = await watchWriter(1000)
    assert.deepStrictEqual(alarms, [])
    assert.isAbove(verified, 0)
  })
})
