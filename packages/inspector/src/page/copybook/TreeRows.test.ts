import { assert, describe, it } from "@effect/vitest"
import { understand } from "./Codec.ts"
import { readRecord } from "./FieldTree.ts"
import { conditionText, layoutTree, revealing, treeRows } from "./TreeRows.ts"

const { codec, layout } = understand(
  `       01 R.
           05 K PIC X.
              88 IS-A VALUE "A" THRU "C" "Z".
           05 T OCCURS 300 PIC X.
`,
  { codePage: "ascii" },
)
if (codec === undefined || layout === undefined) throw new Error("the copybook is refused")
const bytes = new TextEncoder().encode(`A${"x".repeat(300)}`)
const tree = readRecord(codec, { number: 0, fileOffset: 0, bytes })
const none: ReadonlySet<string> = new Set()

describe("the rows of a record's tree", () => {
  it("have levels and places among their siblings, as a screen reader says them", () => {
    const [root, first] = treeRows(tree.root, none)
    assert.deepInclude(root, { level: 1, isOpen: true })
    assert.deepInclude(first, { level: 2, position: 1, setSize: 2, isOpen: false })
  })

  it("show level 88 where somebody opens a field, and how many entries are left out", () => {
    const rows = treeRows(tree.root, new Set(["K", "T"]))
    const condition = rows.find((row) => row.condition !== undefined)?.condition
    assert.strictEqual(condition === undefined ? "" : conditionText(condition), '"A" to "C", "Z"')
    assert.deepInclude(rows.at(-1), { left: 100, setSize: 201 })
  })

  it("open what a field lies in, and nothing else", () => {
    const closed = new Set([""])
    assert.lengthOf(treeRows(tree.root, closed), 1)
    const opened = revealing(tree, "T[5]", closed)
    assert.isDefined(treeRows(tree.root, opened).find(({ key }) => key === "T[5]"))
    assert.deepEqual(revealing(tree, "K", none), none)
  })

  it("are there without a record", () => {
    const ids = treeRows(layoutTree(layout).root, none).map(({ key }) => key)
    assert.deepEqual(ids, ["", "K", "T"])
  })
})
