import { assert, describe, it } from "@effect/vitest"
import { barrels, diskCalls, impureData, roomCycles } from "./strata.ts"
import { type Finding, formatFinding, workspaceOf } from "./Workspace.ts"

const lines = (findings: ReadonlyArray<Finding>) => findings.map(formatFinding)
const service = `import * as Effect from "effect/Effect"\nexport const run = Effect.void`

describe("a data module", () => {
  it("may import data, and the type of anything", () => {
    const workspace = workspaceOf({
      "packages/core/src/room/Data.ts": `import { other } from "./Other.ts"\nimport type { S } from "../Service.ts"`,
      "packages/core/src/room/Other.ts": `import * as Schema from "effect/Schema"`,
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

  it("is told from plain code that puts services together, in the engine's room", () => {
    const workspace = workspaceOf({
      "packages/core/src/engine/Hot.ts": `import { run } from "./Service.ts"`,
      "packages/core/src/engine/Service.ts": service,
    })
    assert.isEmpty(impureData(workspace))
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

describe("rooms", () => {
  const rooms = (back: string) =>
    roomCycles(
      workspaceOf({
        "packages/core/src/engine/E.ts": `import { t } from "../trail/T.ts"`,
        "packages/core/src/trail/T.ts": `import { s } from "../signer/S.ts"`,
        "packages/core/src/signer/S.ts": back,
      }),
    )

  it("stand on each other in one order", () => {
    assert.isEmpty(rooms(`import type { E } from "../engine/E.ts"`))
    assert.deepStrictEqual(lines(rooms(`import { e } from "../engine/E.ts"`)), [
      "packages/core/src/engine/E.ts:1: loads packages/core/src/trail, which in the end loads packages/core/src/engine: one of them must not know the other",
      "packages/core/src/trail/T.ts:1: loads packages/core/src/signer, which in the end loads packages/core/src/trail: one of them must not know the other",
      "packages/core/src/signer/S.ts:1: loads packages/core/src/engine, which in the end loads packages/core/src/signer: one of them must not know the other",
    ])
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
