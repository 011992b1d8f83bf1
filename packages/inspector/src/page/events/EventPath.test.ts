import { assert, describe, it } from "@effect/vitest"
import { leavesOf, pathOf, pathText, textAt } from "./EventPath.ts"

const event = {
  type: "a.b",
  target: [{ id: "p-1" }, { id: "p-2" }],
  data: { "blood type": "A", deep: { n: 1, list: ["x", "y"] } },
}

describe("EventPath", () => {
  it("writes a path as a filter reads it, and reads it again", () => {
    for (const path of [["data", "blood type"], ["and"], ['a"b', "c.d"], ["plain", "one"]]) {
      assert.deepStrictEqual(pathOf(pathText(path)), path)
    }
    assert.strictEqual(pathText(["data", "blood type"]), 'data."blood type"')
    for (const text of ["", "a.", ".a", "a=b", "a b"]) assert.isUndefined(pathOf(text))
  })

  it("shows each element that a path leads to", () => {
    assert.strictEqual(textAt(event, ["target", "id"]), "p-1, p-2")
    assert.strictEqual(textAt(event, ["data", "deep", "list"]), "x, y")
    assert.strictEqual(textAt(event, ["data", "deep"]), '{"n":1,"list":["x","y"]}')
    assert.strictEqual(textAt(event, ["data", "none"]), "")
    assert.strictEqual(textAt("no JSON object", ["type"]), "")
  })

  it("has each single value with the path that a filter takes", () => {
    const leaves = leavesOf(event).map(({ path, value }) => `${pathText(path)}=${value}`)
    assert.deepStrictEqual(leaves, [
      "type=a.b",
      "target.id=p-1",
      "target.id=p-2",
      'data."blood type"=A',
      "data.deep.n=1",
      "data.deep.list=x",
      "data.deep.list=y",
    ])
  })

  it("takes an event that is a trap for whoever goes down into it", () => {
    const depth = 30_000
    const deep: unknown = JSON.parse(`{"type":${"[".repeat(depth)}1${"]".repeat(depth)}}`)
    assert.deepStrictEqual(leavesOf(deep), [])
    assert.isAbove(textAt(deep, ["type"]).length, 0)
    assert.strictEqual(textAt(deep, ["type", "id"]), "")
  })
})
