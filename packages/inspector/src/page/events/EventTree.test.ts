import { assert, describe, it } from "@effect/vitest"
import { treeOf } from "./EventTree.ts"

describe("EventTree", () => {
  it("has each value with the path that a filter takes", () => {
    const { nodes, values } = treeOf({ type: "a.b", target: [{ id: "p-1" }], data: { n: null } })
    assert.deepStrictEqual(
      nodes.map(({ label }) => label),
      ['type: "a.b"', "target", "data"],
    )
    assert.deepStrictEqual(
      [...values.values()],
      [
        { path: ["type"], value: "a.b" },
        { path: ["target", "id"], value: "p-1" },
        { path: ["data", "n"], value: null },
      ],
    )
  })

  it("shows hostile characters, and is bounded in width, depth and length", () => {
    const [first] = treeOf({ note: "a\u202eb" }).nodes
    assert.strictEqual(first?.label, String.raw`note: "a\u{202E}b"`)
    const wide = treeOf(Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`f${n}`, n])))
    assert.isAtMost(wide.nodes.length, 501)
    assert.include(wide.nodes.at(-1)?.label ?? "", "more")
    const deep = JSON.parse(`${'{"a":'.repeat(3000)}1${"}".repeat(3000)}`) as unknown
    assert.include(JSON.stringify(treeOf(deep).nodes), "deeper than is shown")
  })

  it("shows an entry that is no JSON object as what it is", () => {
    assert.strictEqual(treeOf("rubbish").nodes[0]?.label, 'no JSON object: "rubbish"')
  })
})
