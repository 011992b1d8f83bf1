import { assert, describe, it } from "@effect/vitest"
import {
  edgesOf,
  escapes,
  undeclared,
  unknownLayers,
  wrongDirections,
  wrongPicture,
} from "./boundaries.ts"
import { type Finding, formatFinding, workspaceOf } from "./Workspace.ts"

const lines = (findings: ReadonlyArray<Finding>) => findings.map(formatFinding)
const manifests = {
  "package.json": `{ "name": "root", "devDependencies": { "vitest": "1" } }`,
  "packages/core/package.json": `{ "name": "@x/core", "peerDependencies": { "effect": "4" } }`,
  "packages/sinks/package.json": `{ "name": "@x/sinks", "dependencies": { "@x/core": "1" } }`,
  "apps/cli/package.json": `{ "name": "@x/cli", "dependencies": { "@x/core": "1" } }`,
  "packages/core/src/A.ts": "",
  "packages/sinks/src/B.ts": "",
  "apps/cli/src/main.ts": "",
}
const withFiles = (files: Record<string, string>) => workspaceOf({ ...manifests, ...files })

describe("imports go one way", () => {
  it("lets an app import a package, and a package core", () => {
    const workspace = withFiles({
      "apps/cli/src/main.ts": `import "@x/core/A"`,
      "packages/sinks/src/B.ts": `export { a } from "@x/core/A"`,
    })
    assert.isEmpty(wrongDirections(workspace))
  })

  it("refuses core importing another package, even a type, a re-export or a late import", () => {
    for (const code of [
      `import { b } from "@x/sinks/B"`,
      `import type { B } from "@x/sinks/B"`,
      `export * from "@x/sinks/B"`,
      `export const b = import("@x/sinks/B")`,
      `export type B = import("@x/sinks/B").B`,
    ]) {
      assert.deepStrictEqual(
        lines(wrongDirections(withFiles({ "packages/core/src/A.ts": code }))),
        ["packages/core/src/A.ts:1: imports @x/sinks/B: core may not import sinks"],
      )
    }
  })

  it("refuses anything that imports an app", () => {
    const workspace = withFiles({ "packages/sinks/src/B.ts": `\nimport "@x/cli/main"` })
    assert.deepStrictEqual(lines(wrongDirections(workspace)), [
      "packages/sinks/src/B.ts:2: imports @x/cli/main: nothing imports an app",
    ])
  })

  it("refuses a package that is not in the table", () => {
    const [finding] = unknownLayers(withFiles({ "packages/extra/src/C.ts": "" }))
    assert.strictEqual(finding?.path, "packages/extra")
    assert.isEmpty(unknownLayers(withFiles({})))
  })
})

describe("imports are declared", () => {
  it("refuses an import that the manifest does not name", () => {
    const workspace = withFiles({
      "packages/core/src/A.ts": `import * as Effect from "effect/Effect"\nimport "yaml"`,
    })
    assert.deepStrictEqual(lines(undeclared(workspace)), [
      "packages/core/src/A.ts:2: imports yaml: packages/core/package.json does not declare yaml",
    ])
  })

  it("lets tests, and only tests, import development dependencies", () => {
    const code = `import "vitest"`
    assert.isEmpty(undeclared(withFiles({ "packages/core/src/A.test.ts": code })))
    assert.lengthOf(undeclared(withFiles({ "packages/core/src/A.ts": code })), 1)
  })

  it("takes the editor's module as given where its types are declared, and nowhere else", () => {
    const code = `import * as vscode from "vscode"`
    const extension = `{ "name": "@x/editor", "devDependencies": { "@types/vscode": "1" } }`
    const files = { "apps/editor/package.json": extension, "apps/editor/src/main.ts": code }
    assert.isEmpty(undeclared(withFiles(files)))
    assert.lengthOf(undeclared(withFiles({ "packages/core/src/A.ts": code })), 1)
  })
})

describe("relative imports", () => {
  it("stay in their package", () => {
    const workspace = withFiles({
      "packages/core/src/A.ts": `import "../../sinks/src/B.ts"\nimport "./engine/C.ts"`,
    })
    assert.deepStrictEqual(lines(escapes(workspace)), [
      "packages/core/src/A.ts:1: imports ../../sinks/src/B.ts: a relative import may not leave packages/core",
    ])
  })

  it("end in .ts", () => {
    assert.lengthOf(escapes(withFiles({ "packages/core/src/A.ts": `import "./C.js"` })), 1)
  })
})

describe("the picture of the layers", () => {
  const picture = (...edges: ReadonlyArray<string>) =>
    withFiles({
      "ARCHITECTURE.md": ["```mermaid layers", "graph TD", ...edges, "```", ""].join("\n"),
    })

  it("shows the table, cut to what exists", () => {
    assert.deepStrictEqual(edgesOf(withFiles({})), [
      "app --> core",
      "app --> sinks",
      "sinks --> core",
    ])
    assert.isEmpty(wrongPicture(picture("  app --> core", "  app --> sinks", "  sinks --> core")))
  })

  it("is refused with an edge too few, too many, or without the fence", () => {
    assert.lengthOf(wrongPicture(picture("  app --> core", "  sinks --> core")), 1)
    assert.lengthOf(
      wrongPicture(
        picture("  app --> core", "  app --> sinks", "  core --> sinks", "  sinks --> core"),
      ),
      1,
    )
    assert.lengthOf(wrongPicture(withFiles({ "ARCHITECTURE.md": "text" })), 1)
  })
})
