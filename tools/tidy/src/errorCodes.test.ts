import { assert, describe, it } from "@effect/vitest"
import {
  badCodes,
  errorCodes,
  errorsDocument,
  renderErrors,
  repeatedCodes,
  staleErrors,
} from "./errorCodes.ts"
import { type Finding, formatFinding, workspaceOf } from "./Workspace.ts"

const lines = (findings: ReadonlyArray<Finding>) => findings.map(formatFinding)
const error = (name: string, fields: string, doc = "/** It went wrong. */") => `${doc}
export class ${name} extends Schema.TaggedError<${name}>("@x/core/${name}")("${name}", { ${fields} }) {
  override get message(): string {
    return \`\${this.code}: \${this.path}: failed with \${String(this.cause)}. Try again\`
  }
}
`
const workspace = (files: Record<string, string>) =>
  workspaceOf({ "packages/core/package.json": `{ "name": "@x/core" }`, ...files })

describe("error codes", () => {
  it("are read with their meaning and their message", () => {
    const code = error(
      "Broken",
      `code: Schema.tag("AUD-1234"), isRetryable: Schema.tag(false)`,
      "/**\n * What {@link Disk} says\n * is wrong.\n *\n * More.\n *\n * @since 0.1.0\n */",
    )
    assert.deepStrictEqual(errorCodes(workspace({ "packages/core/src/a/Broken.ts": code })), [
      {
        code: "AUD-1234",
        name: "Broken",
        module: "@x/core/a/Broken",
        path: "packages/core/src/a/Broken.ts",
        line: 9,
        isRetryable: false,
        meaning: "What `Disk` says is wrong.",
        message: "<path>: failed with <…>. Try again",
      },
    ])
  })

  it("are missed, and refused in another form or without a docstring", () => {
    const found = badCodes(
      workspace({
        "packages/core/src/A.ts": error("A", "path: Schema.String"),
        "packages/core/src/B.ts": error("B", `code: Schema.tag("AUD-12")`),
        "packages/core/src/C.ts": error("C", `code: Schema.tag("AUD-0001")`, ""),
        "packages/core/src/D.ts": error("D", `code: Schema.tag("AUD-0002")`),
      }),
    )
    assert.deepStrictEqual(lines(found), [
      `packages/core/src/A.ts:2: A has no code: add code: Schema.tag("AUD-nnnn")`,
      `packages/core/src/C.ts:2: C has no docstring`,
      `packages/core/src/B.ts:2: B has the code "AUD-12", which is not AUD-nnnn`,
    ])
  })

  it("are unique in the repository", () => {
    const twice = workspace({
      "packages/core/src/A.ts": error("A", `code: Schema.tag("AUD-0001")`),
      "apps/cli/src/B.ts": error("B", `code: Schema.tag("AUD-0001")`),
    })
    assert.deepStrictEqual(lines(repeatedCodes(twice)), [
      "apps/cli/src/B.ts:2: B has the code AUD-0001 of A (packages/core/src/A.ts)",
    ])
  })

  it("are all listed in docs/errors.md", () => {
    const files = { "packages/core/src/A.ts": error("A", `code: Schema.tag("AUD-0001")`) }
    const text = renderErrors(workspace(files))
    assert.include(text, "| AUD-0001 | `A`<br>`@x/core/A` | It went wrong. | – |")
    assert.isEmpty(staleErrors(workspace({ ...files, [errorsDocument]: text })))
    assert.lengthOf(staleErrors(workspace(files)), 1)
    assert.lengthOf(staleErrors(workspace({ ...files, [errorsDocument]: `${text}\n` })), 1)
  })
})
