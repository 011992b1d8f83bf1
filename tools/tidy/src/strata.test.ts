import { assert, describe, it } from "@effect/vitest"
import { barrels, diskCalls, impureData } from "./strata.ts"
import { type Finding, formatFinding, workspaceOf } from "./Workspace.ts"

const lines = (findings: ReadonlyArray<Finding>) => findings.map(formatFinding)
const service = `import * as Effect from "effect/Effect"\nexport const run = Effect.void`

describe("a data module", () => {
  it("may import data, and the type of anything", () => {
    const workspace = workspaceOf({
      "packages/core/src/Data.ts": `import { other } from "./Other.ts"\nimport type { S } from "./Service.ts"`,
      "packages/core/src/Other.ts": `import * as Schema from "effect/Schema"`,
      "packages/core/src/Service.ts": service,
    })
    assert.isEmpty(impureData(workspace))
  })

  it("may not import a service", () => {
    const workspace = workspaceOf({
      "packages/core/src/room/Data.ts": `import { run } from "../Service.ts"`,
      "packages/core/src/Service.ts": service,
    })
    assert.deepStrictEqual(lines(impureData(workspace)), [
      "packages/core/src/room/Data.ts:1: a data module imports the service module ../Service.ts: move what it needs to a data module",
    ])
  })

  it("is not one that uses the disk", () => {
    const workspace = workspaceOf({
      "packages/core/src/trail/Data.ts": `import { read } from "./Reader.ts"`,
      "packages/core/src/trail/Reader.ts": `import type { Disk } from "../platform/Disk.ts"`,
      "packages/core/src/platform/Disk.ts": "",
    })
    assert.lengthOf(impureData(workspace), 1)
  })
})

describe("node:fs", () => {
  it("is imported in the platform room alone, and in tests", () => {
    const code = `import * as fs from "node:fs"`
    const workspace = workspaceOf({
      "packages/core/src/platform/NodeDisk.ts": code,
      "packages/core/src/trail/Trail.test.ts": code,
      "packages/core/src/trail/Trail.ts": code,
      "apps/cli/src/main.ts": code,
    })
    assert.deepStrictEqual(lines(diskCalls(workspace)), [
      "packages/core/src/trail/Trail.ts:1: imports node:fs: use the service in packages/core/src/platform/Disk.ts",
    ])
  })
})

describe("the barrel of Effect", () => {
  it("is imported nowhere", () => {
    const workspace = workspaceOf({
      "apps/cli/src/main.ts": `import { Effect } from "effect"`,
      "apps/cli/src/Other.ts": `import * as Effect from "effect/Effect"`,
    })
    assert.deepStrictEqual(lines(barrels(workspace)), [
      "apps/cli/src/main.ts:1: imports the barrel: name the module, such as effect/Effect",
    ])
  })
})
