import { assert, describe, it } from "@effect/vitest"
import { wrongKeys } from "./identifiers.ts"
import { formatFinding, workspaceOf } from "./Workspace.ts"

const found = (path: string, code: string) =>
  wrongKeys(
    workspaceOf({ "packages/core/package.json": `{ "name": "@x/core" }`, [path]: code }),
  ).map(formatFinding)

const service = (key: string) =>
  `export class Disk extends Context.Service<Disk, {}>()("${key}") {}`
const error = (id: string) =>
  `export class DiskError extends Schema.TaggedError<DiskError>("${id}")("DiskError", {}) {}`

describe("the key of a service", () => {
  it("is its package, its folder and its name", () => {
    assert.isEmpty(found("packages/core/src/platform/Disk.ts", service("@x/core/platform/Disk")))
    assert.isEmpty(found("packages/core/src/Disk.ts", service("@x/core/Disk")))
    assert.deepStrictEqual(found("packages/core/src/platform/Disk.ts", service("@x/core/Disk")), [
      `packages/core/src/platform/Disk.ts:1: service "@x/core/Disk" must be called "@x/core/platform/Disk"`,
    ])
  })

  it("is found when the maker of the service is given with the key", () => {
    assert.lengthOf(
      found(
        "packages/core/src/platform/Disk.ts",
        `class Disk extends Context.Service<Disk>()("@x/core/Dusk", { make }) {}`,
      ),
      1,
    )
  })
})

describe("the identifier of an error", () => {
  it("is its package and its name", () => {
    assert.isEmpty(found("packages/core/src/platform/Disk.ts", error("@x/core/DiskError")))
    assert.deepStrictEqual(found("packages/core/src/platform/Disk.ts", error("DiskError")), [
      `packages/core/src/platform/Disk.ts:1: error "DiskError" must be called "@x/core/DiskError"`,
    ])
  })
})
