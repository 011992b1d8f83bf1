import { assert, describe, it } from "@effect/vitest"
import type { FoundPart } from "@countersign/monitor/protocol/FoundEvents"
import * as Runs from "@countersign/monitor/protocol/Runs"
import { FoundPlaces } from "./FoundPlaces.ts"

const partOf = (from: number, to: number, places: ReadonlyArray<number>): FoundPart => ({
  from,
  to,
  runs: Runs.encode(from, Runs.runsOf(places)),
  size: to,
  isAnew: false,
  damage: [],
})

const random = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

const everyPlace = (found: FoundPlaces): ReadonlyArray<number | undefined> =>
  Array.from({ length: found.count }, (_, rank) => found.at(rank))

describe("FoundPlaces", () => {
  it("knows each event of 20 million by its place, and takes no room for them", () => {
    const found = new FoundPlaces()
    const size = 20_000_000
    found.add({
      ...partOf(0, 0, []),
      to: size,
      runs: Runs.encode(0, [{ from: 0, to: size }]),
      size,
    })
    assert.strictEqual(found.count, size)
    assert.strictEqual(found.at(12_345_678), 12_345_678)
    assert.strictEqual(found.rankOf(12_345_678), 12_345_678)
    assert.isUndefined(found.at(size))
  })

  it("joins what comes before and what comes after, whatever the order", () => {
    const next = random(7)
    const places = Array.from({ length: 5000 }, (_, place) => place).filter(() => next() < 0.3)
    const cuts = [0, 3, 700, 701, 2400, 4000, 5000]
    const parts = cuts.slice(1).map((to, index) => {
      const from = cuts[index] ?? 0
      return partOf(
        from,
        to,
        places.filter((place) => place >= from && place < to),
      )
    })
    const middleFirst = [3, 4, 2, 5, 1, 0].flatMap((index) => parts[index] ?? [])
    for (const order of [parts, parts.toReversed(), middleFirst]) {
      const found = new FoundPlaces()
      for (const part of order) found.add(part)
      assert.deepStrictEqual(everyPlace(found), places)
      assert.deepStrictEqual([found.from, found.to], [0, 5000])
      for (const place of [0, 1, 2399, 2400, 4999, 5000]) {
        const before = places.filter((one) => one < place).length
        assert.strictEqual(found.rankOf(place), before)
      }
    }
  })

  it("keeps large parts apart, and finds across them", () => {
    const found = new FoundPlaces()
    const width = 60_000
    for (let from = 0; from < 3 * width; from += width) {
      const places = Array.from({ length: width / 3 }, (_, index) => from + 3 * index)
      found.add(partOf(from, from + width, places))
    }
    for (const rank of [0, 19_999, 20_000, 20_001, 59_999]) {
      assert.strictEqual(found.at(rank), rank * 3)
      assert.strictEqual(found.rankOf(rank * 3), rank)
      assert.strictEqual(found.rankOf(rank * 3 + 1), rank + 1)
    }
  })

  it("forgets what it found where the trail is another", () => {
    const found = new FoundPlaces()
    found.add(partOf(0, 10, [1, 2, 3]))
    found.add({ ...partOf(0, 4, [2]), isAnew: true })
    assert.deepStrictEqual(everyPlace(found), [2])
  })

  it("holds that nothing passes as well", () => {
    const found = new FoundPlaces()
    found.add(partOf(0, 100, []))
    found.add(partOf(100, 200, []))
    assert.strictEqual(found.count, 0)
    assert.strictEqual(found.rankOf(150), 0)
  })
})
