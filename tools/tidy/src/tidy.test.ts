import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as boundaries from "./boundaries.ts"
import * as documents from "./documents.ts"
import * as errorCodes from "./errorCodes.ts"
import * as identifiers from "./identifiers.ts"
import * as names from "./names.ts"
import * as strata from "./strata.ts"
import { type Finding, formatFinding, readWorkspace, type Workspace } from "./Workspace.ts"

const workspace = readWorkspace(path.join(import.meta.dirname, "../../.."))

const rules: Readonly<Record<string, (workspace: Workspace) => ReadonlyArray<Finding>>> = {
  "every package is in the table of layers": boundaries.unknownLayers,
  "imports go from apps to packages to core": boundaries.wrongDirections,
  "relative imports stay in their package": boundaries.escapes,
  "what is imported is declared": boundaries.undeclared,
  "the picture of the layers is the table": boundaries.wrongPicture,
  "data modules import only data": strata.impureData,
  "rooms stand on each other in one order": strata.roomCycles,
  "disk calls go through the Disk service": strata.diskCalls,
  "the barrel of Effect is imported nowhere": strata.barrels,
  "file names name a noun": names.emptyFileNames,
  "modules of packages are PascalCase": names.wrongCase,
  "files are short": names.longFiles,
  "nothing is left for later": names.forbiddenWords,
  "services and errors are called after their place": identifiers.wrongKeys,
  "errors have codes": errorCodes.badCodes,
  "codes are used once": errorCodes.repeatedCodes,
  "docs/errors.md lists every code": errorCodes.staleErrors,
  "decisions are numbered once": documents.wrongDecisions,
  "links lead somewhere": documents.brokenLinks,
  "published packages are linted": documents.unlintedPackages,
}

describe("the repository", () => {
  // A rule over an empty workspace finds nothing and says so in green.
  it("is what the rules look at", () => {
    assert.include(
      workspace.sources.map((source) => source.path),
      "packages/core/src/platform/Disk.ts",
    )
    assert.isNotEmpty(errorCodes.errorCodes(workspace))
    assert.include(
      workspace.packages.map((owner) => owner.name),
      "@countersign/core",
    )
  })

  for (const [title, rule] of Object.entries(rules)) {
    it(title, () => {
      assert.deepStrictEqual(rule(workspace).map(formatFinding), [])
    })
  }
})
