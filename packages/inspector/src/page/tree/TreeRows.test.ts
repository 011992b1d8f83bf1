import { assert, describe, it } from "@effect/vitest"
import { type TreeNode, flatten } from "./TreeRows.ts"

const leaf = (id: string): TreeNode => ({ id, label: id })
const tree: ReadonlyArray<TreeNode> = [
  { id: "engine", label: "engine", children: [leaf("pool"), leaf("log")] },
  { id: "sinks", label: "sinks", children: [] },
  leaf("server"),
]
const seen = (...closed: ReadonlyArray<string>) => flatten(tree, new Set(closed))

describe("the rows of a tree", () => {
  it("are all of its nodes in the order of reading, each after its parent", () => {
    assert.deepStrictEqual(
      seen().map(({ node }) => node.id),
      ["engine", "pool", "log", "sinks", "server"],
    )
  })

  it("are none of what lies in a branch that is closed", () => {
    assert.deepStrictEqual(
      seen("engine").map(({ node }) => node.id),
      ["engine", "sinks", "server"],
    )
  })

  it("know their level, their place among their like, and their parent", () => {
    const [engine, pool, log] = seen()
    assert.deepInclude(engine, { level: 1, position: 1, setSize: 3, parent: undefined })
    assert.deepInclude(pool, { level: 2, position: 1, setSize: 2, parent: "engine" })
    assert.deepInclude(log, { level: 2, position: 2, setSize: 2, parent: "engine" })
  })

  it("are open or closed only where they have a branch, be it empty", () => {
    const isOpen = Object.fromEntries(seen("engine").map((row) => [row.node.id, row.isOpen]))
    assert.deepStrictEqual(isOpen, { engine: false, sinks: true, server: false })
  })
})
