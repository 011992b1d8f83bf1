import { assert, describe, it } from "@effect/vitest"
import { brokenLinks, unlintedPackages, wrongDecisions } from "./documents.ts"
import { type Finding, formatFinding, workspaceOf } from "./Workspace.ts"

const lines = (findings: ReadonlyArray<Finding>) => findings.map(formatFinding)

describe("decisions", () => {
  it("are numbered once, and say their number", () => {
    const workspace = workspaceOf({
      "docs/decisions/0001-tool-set.md": "# 0001 Tool set\n",
      "docs/decisions/0002-a.md": "# 0002 A\n",
      "docs/decisions/0002-b.md": "# 0002 B\n",
      "docs/decisions/0003-c.md": "# C\n",
      "docs/decisions/later.md": "",
    })
    assert.deepStrictEqual(lines(wrongDecisions(workspace)), [
      "docs/decisions/0002-b.md: has the number of docs/decisions/0002-a.md",
      `docs/decisions/0003-c.md:1: must begin with "# 0003 " and its title`,
      "docs/decisions/later.md: must be named NNNN-title.md",
    ])
  })
})

describe("links", () => {
  it("lead to what is there", () => {
    const workspace = workspaceOf({
      "README.md": [
        "[a](docs/a.md#part) and [the folder](./docs/) and [web](https://example.org) and [here](#x)",
        "[gone](docs/gone.md) but not `[code](nowhere.md)`",
        "```",
        "[fenced](nowhere.md)",
        "```",
      ].join("\n"),
      "docs/a.md": "[up](../README.md) and [wrong](README.md)",
    })
    assert.deepStrictEqual(lines(brokenLinks(workspace)), [
      "README.md:2: links to docs/gone.md, which is not there",
      "docs/a.md:1: links to README.md, which is not there",
    ])
  })
})

describe("published packages", () => {
  it("have the target that lints them", () => {
    const workspace = workspaceOf({
      "packages/a/package.json": `{ "name": "a", "nx": { "targets": { "package": {} } } }`,
      "packages/a/src/A.ts": "",
      "packages/b/package.json": `{ "name": "b" }`,
      "packages/b/src/B.ts": "",
      "packages/c/package.json": `{ "name": "c", "private": true }`,
      "packages/c/src/C.ts": "",
    })
    assert.deepStrictEqual(
      unlintedPackages(workspace).map((finding) => finding.path),
      ["packages/b/package.json"],
    )
  })
})
