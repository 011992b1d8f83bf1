import { assert, describe, it } from "@effect/vitest"
import { groups, instruments } from "./Instruments.ts"

const all = [...instruments.values()]

describe("the table of metrics", () => {
  it("has each name once, in some group", () => {
    const grouped = groups.flatMap(({ instruments }) => instruments.map(({ name }) => name))
    assert.strictEqual(new Set(grouped).size, grouped.length)
    assert.deepStrictEqual(grouped.toSorted(), [...instruments.keys()].toSorted())
  })

  it("writes what it counts and in what unit into each name", () => {
    for (const { kind, name, unit } of all) {
      assert.match(name, /^countersign_[a-z0-9]+(?:_[a-z0-9]+)*$/)
      assert.strictEqual(name.endsWith("_total"), kind === "counter", name)
      const bare = name.replace(/_total$/, "")
      if (unit !== "one") assert.isTrue(bare.endsWith(`_${unit}`), name)
    }
  })

  it("says in one sentence what each is", () => {
    for (const { help, name } of all) {
      assert.match(help, /^[A-Z0-9][^\n]*\.$/, name)
    }
  })

  it("has no label that Prometheus keeps for itself", () => {
    for (const { labels, name } of all) {
      assert.strictEqual(new Set(labels).size, labels.length, name)
      for (const label of labels) assert.notInclude(["quantile", "le", "unit"], label)
    }
  })
})
