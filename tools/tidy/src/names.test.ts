import { assert, describe, it } from "@effect/vitest"
import { emptyFileNames, forbiddenWords, longFiles, wrongCase } from "./names.ts"
import { type Finding, formatFinding, workspaceOf } from "./Workspace.ts"

const lines = (findings: ReadonlyArray<Finding>) => findings.map(formatFinding)
const paths = (findings: ReadonlyArray<Finding>) => findings.map((finding) => finding.path)

describe("file names", () => {
  it("name a noun", () => {
    const workspace = workspaceOf({
      "apps/cli/src/Helpers.ts": "",
      "packages/core/src/room/utils.test.ts": "",
      "tools/tidy/src/types.ts": "",
      "tools/tidy/src/Workspace.ts": "",
    })
    assert.deepStrictEqual(paths(emptyFileNames(workspace)), [
      "apps/cli/src/Helpers.ts",
      "packages/core/src/room/utils.test.ts",
      "tools/tidy/src/types.ts",
    ])
  })

  it("are PascalCase in packages", () => {
    const workspace = workspaceOf({
      "packages/core/src/stage.ts": "",
      "packages/core/src/Stage.ts": "",
      "packages/core/src/Stage.test.ts": "",
      "apps/cli/src/main.ts": "",
    })
    assert.deepStrictEqual(paths(wrongCase(workspace)), ["packages/core/src/stage.ts"])
  })
})

describe("file sizes", () => {
  it("stay under 450 lines", () => {
    const of = (count: number) =>
      longFiles(workspaceOf({ "packages/core/src/A.ts": "//\n".repeat(count) }))
    assert.isEmpty(of(449))
    assert.deepStrictEqual(lines(of(450)), [
      "packages/core/src/A.ts: has 450 lines, 450 are too many: take a noun out of it",
    ])
  })
})

describe("forbidden words", () => {
  it("are found in code and in documents", () => {
    const word = ["TO", "DO"].join("")
    const other = ["FIX", "ME"].join("")
    const workspace = workspaceOf({
      "packages/core/src/A.ts": `\n// ${word}: later`,
      "docs/a.md": other,
      "docs/b.md": "to do",
    })
    assert.deepStrictEqual(lines(forbiddenWords(workspace)), [
      `packages/core/src/A.ts:2: ${word}: finish it, or write down why not`,
      `docs/a.md:1: ${other}: finish it, or write down why not`,
    ])
  })

  it("are found where a test is left out", () => {
    const left = ["it.effect", "skip"].join(".")
    const workspace = workspaceOf({ "packages/core/src/A.test.ts": `${left}("x", f)` })
    assert.lengthOf(forbiddenWords(workspace), 1)
  })
})
