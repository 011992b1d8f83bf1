import type { Entries } from "@countersign/monitor/protocol/FoundEvents"
import { assert, describe, it } from "@effect/vitest"
import { EventRows } from "./EventRows.ts"

const from = (first: number, count: number): ReadonlyArray<number> =>
  Array.from({ length: count }, (_, index) => first + index)

const answer = (sequences: ReadonlyArray<number>): Entries => ({
  events: sequences.map((sequence) => ({ sequence, json: `{"n":${sequence}}` })),
  damage: [],
  next: null,
})

/** Answers when the test says so. */
const slow = () => {
  const asked: Array<{ sequences: ReadonlyArray<number>; answer: (entries: Entries) => void }> = []
  const rows = new EventRows(
    (sequences) => new Promise((resolve) => asked.push({ sequences, answer: resolve })),
    () => undefined,
  )
  return { asked, rows }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

describe("EventRows", () => {
  it("asks for the final target of a drag alone, and never for two things at once", async () => {
    const { asked, rows } = slow()
    rows.want(from(0, 10))
    for (let at = 1000; at <= 9000; at += 1000) rows.want(from(at, 10))
    assert.strictEqual(asked.length, 1)
    asked[0]?.answer(answer(from(0, 10)))
    await settled()
    assert.deepStrictEqual(
      asked.map(({ sequences }) => sequences[0]),
      [0, 9000],
    )
  })

  it("asks for no row twice while it is kept", async () => {
    const { asked, rows } = slow()
    rows.want(from(0, 10))
    asked[0]?.answer(answer(from(0, 10)))
    await settled()
    rows.want(from(5, 10))
    assert.deepStrictEqual(asked[1]?.sequences, from(10, 5))
    assert.deepStrictEqual(rows.get(3)?.event, { n: 3 })
  })

  it("forgets the rows that were seen longest ago", async () => {
    const rows = new EventRows(
      (sequences) => Promise.resolve(answer(sequences)),
      () => undefined,
    )
    for (let at = 0; at < 100; at += 1) {
      rows.want([7, ...from(1000 + at * 200, 199)])
      await settled()
      await settled()
    }
    assert.isDefined(rows.get(7))
    assert.isUndefined(rows.get(1001))
    assert.isDefined(rows.get(1000 + 99 * 200))
  })

  it("asks on after an answer that found damage alone", async () => {
    const { asked, rows } = slow()
    rows.want([1, 300])
    asked[0]?.answer({ events: [], damage: [{ from: 1, to: 2, detail: "is gone" }], next: 300 })
    await settled()
    assert.deepStrictEqual(asked[1]?.sequences, [300])
    assert.strictEqual(rows.get(1)?.damage, "is gone")
  })

  it("asks again for what there was no room for, and says what is damaged", async () => {
    const { asked, rows } = slow()
    rows.want([1, 2, 300])
    asked[0]?.answer({ events: [{ sequence: 1, json: "no JSON" }], damage: [], next: 2 })
    await settled()
    assert.deepStrictEqual(asked[1]?.sequences, [2, 300])
    asked[1]?.answer({
      events: [{ sequence: 2, json: "{}" }],
      damage: [{ from: 256, to: 512, detail: "is gone" }],
      next: null,
    })
    await settled()
    assert.strictEqual(rows.get(1)?.event, "no JSON")
    assert.strictEqual(rows.get(300)?.damage, "is gone")
  })

  it("takes no answer about a trail that is another by now, and asks again", async () => {
    const { asked, rows } = slow()
    rows.want([7])
    rows.clear()
    asked[0]?.answer({ events: [{ sequence: 7, json: '"old"' }], damage: [], next: null })
    await settled()
    assert.isUndefined(rows.get(7))
    assert.deepStrictEqual(asked[1]?.sequences, [7])
    asked[1]?.answer({ events: [{ sequence: 7, json: '"new"' }], damage: [], next: null })
    await settled()
    assert.strictEqual(rows.get(7)?.event, "new")
  })
})
