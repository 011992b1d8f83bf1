import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { EventIdGenerator } from "../event/EventId.ts"
import { debtMaxOf, exactRateMin, SampleRate } from "./SampleRate.ts"

const events = 100_000
const tolerance = 0.02
const secretOf = (text: string): Uint8Array => createHash("sha256").update(text).digest()
const key = secretOf("sample rate")
const rates = Array.from({ length: 100 }, (_, index) => (index + 1) / 100)

const uuidv7 = (): ReadonlyArray<string> => {
  const generator = new EventIdGenerator()
  return Array.from({ length: events }, (_, index) =>
    generator.next(1_763_715_600_000 + Math.floor(index / 10)),
  )
}
const streams: Readonly<Record<string, ReadonlyArray<string>>> = {
  "UUIDv7 ids of one process": uuidv7(),
  "random ids": Array.from({ length: events }, (_, index) => secretOf(`${index}`).toString()),
  "counted ids": Array.from({ length: events }, (_, index) => `event-${index}`),
  "a hundred ids in turn": Array.from({ length: events }, (_, index) => `event-${index % 100}`),
  "one id again and again": Array.from({ length: events }, () => "event"),
}
const keptOf = (rule: SampleRate, ids: ReadonlyArray<string>): ReadonlyArray<boolean> =>
  ids.map((id) => rule.keeps(id))
const countOf = (kept: ReadonlyArray<boolean>): number => kept.filter(Boolean).length

describe("SampleRate", () => {
  for (const [title, ids] of Object.entries(streams)) {
    it(`keeps each rate from 0.01 to 1 within 2 %: ${title}`, () => {
      for (const rate of rates) {
        const kept = countOf(keptOf(new SampleRate(key, rate), ids))
        assert.isAtMost(Math.abs(kept / events - rate), tolerance * rate, `rate ${rate}`)
      }
    })
  }

  it("keeps any 100,000 events in a row within 2 %, by its bound alone", () => {
    for (const rate of rates.filter((rate) => rate >= exactRateMin)) {
      // From one end of the bound to the other, and one event beyond at each.
      const off = 2 * (debtMaxOf(rate) + 1)
      assert.isAtMost(off, tolerance * rate * events, `rate ${rate}`)
    }
  })

  it("is never further off than the bound", () => {
    const ids = streams["UUIDv7 ids of one process"] ?? []
    // One id alone draws the same number each time, below most rates or above most.
    const alone = ids.slice(0, 8).map((id) => Array.from({ length: 10_000 }, () => id))
    for (const [index, stream] of [ids, ...alone].entries()) {
      for (const rate of [0.01, 0.1, 0.5, 0.99]) {
        const rule = new SampleRate(key, rate)
        let kept = 0
        let furthest = 0
        for (const [before, id] of stream.entries()) {
          if (rule.keeps(id)) kept += 1
          furthest = Math.max(furthest, Math.abs((before + 1) * rule.rate - kept))
        }
        assert.isAtMost(furthest, debtMaxOf(rate) + 1, `rate ${rate}, stream ${index}`)
      }
    }
  })

  it("keeps periodic events at the rate too, for every period up to 100", () => {
    const ids = streams["UUIDv7 ids of one process"] ?? []
    for (const rate of [0.01, 0.02, 0.1, 0.25, 0.5, 0.9]) {
      const kept = keptOf(new SampleRate(key, rate), ids)
      for (let period = 2; period <= 100; period++) {
        for (const phase of [0, period - 1]) {
          const marked = kept.filter((_, index) => index % period === phase)
          const deviation = Math.sqrt(marked.length * rate * (1 - rate))
          assert.approximately(
            countOf(marked),
            marked.length * rate,
            5 * deviation,
            `rate ${rate}, every ${period}th event from ${phase}`,
          )
        }
      }
    }
  })

  it("decides alike again with the same secret and the same past", () => {
    const ids = (streams["random ids"] ?? []).slice(0, 20_000)
    assert.deepStrictEqual(
      keptOf(new SampleRate(key, 0.2), ids),
      keptOf(new SampleRate(key, 0.2), ids),
    )
  })

  it("decides by the id alone but for the few near the threshold", () => {
    const ids = streams["random ids"] ?? []
    const later = ids.slice(50_000)
    const shareOfChanged = (rate: number): number => {
      const whole = keptOf(new SampleRate(key, rate), ids).slice(50_000)
      const part = keptOf(new SampleRate(key, rate), later.toReversed()).toReversed()
      return whole.filter((isKept, index) => isKept !== part[index]).length / later.length
    }
    assert.isAtMost(shareOfChanged(0.5), 0.025)
    assert.isAtMost(shareOfChanged(0.01), 0.006)
  })

  it("keeps at a higher rate what it kept at a lower one, but for the few near the threshold", () => {
    const ids = streams["random ids"] ?? []
    for (const [lower, higher] of [
      [0.1, 0.2],
      [0.5, 0.6],
    ] as const) {
      const few = keptOf(new SampleRate(key, lower), ids)
      const many = keptOf(new SampleRate(key, higher), ids)
      const gone = few.filter((isKept, index) => isKept && many[index] === false).length
      assert.isAtMost(gone / events, 0.001, `${lower} to ${higher}`)
    }
  })

  it("keeps other events under another secret", () => {
    const ids = streams["counted ids"] ?? []
    const mine = keptOf(new SampleRate(key, 0.5), ids)
    const other = keptOf(new SampleRate(secretOf("another"), 0.5), ids)
    const alike = mine.filter((isKept, index) => isKept === other[index]).length
    assert.approximately(alike / events, 0.5, 0.02)
  })

  it("keeps all at 1 and none at 0", () => {
    const ids = (streams["counted ids"] ?? []).slice(0, 10_000)
    assert.strictEqual(countOf(keptOf(new SampleRate(key, 1), ids)), ids.length)
    assert.strictEqual(countOf(keptOf(new SampleRate(key, 0), ids)), 0)
    assert.strictEqual(new SampleRate(key, 7).rate, 1)
    assert.strictEqual(new SampleRate(key, -1).rate, 0)
    assert.strictEqual(new SampleRate(key, Number.NaN).rate, 1)
  })

  it("does not pay an old rate's debt at a new one", () => {
    const ids = streams["counted ids"] ?? []
    const rule = new SampleRate(key, 0.5)
    for (const id of ids.slice(0, 1000)) rule.keeps(id)
    rule.set(0)
    assert.strictEqual(countOf(keptOf(rule, ids.slice(1000, 2000))), 0)
    rule.set(0.01)
    assert.isAtMost(countOf(keptOf(rule, ids.slice(2000, 2010))), 10 * 0.01 + debtMaxOf(0.01))
  })
})
