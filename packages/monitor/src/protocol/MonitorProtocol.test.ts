import { readFileSync } from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { MonitorProtocol, MonitorRead, MonitorWrite } from "./MonitorProtocol.ts"

const specifiers = (file: string): ReadonlyArray<string> =>
  [...readFileSync(file, "utf8").matchAll(/^(?:import|export)[^"']*from "([^"]+)"/gms)].flatMap(
    ([, specifier]) => specifier ?? [],
  )

/** Everything that a module imports, and what that imports in turn. */
const reachedFrom = (file: string, seen: Map<string, ReadonlyArray<string>>): void => {
  if (seen.has(file)) return
  const found = specifiers(file)
  seen.set(file, found)
  for (const specifier of found.filter((each) => each.startsWith("."))) {
    reachedFrom(path.resolve(path.dirname(file), specifier), seen)
  }
}

describe("MonitorProtocol", () => {
  it("loads where there is no Node: it stands on Effect and on schemas alone", () => {
    const seen = new Map<string, ReadonlyArray<string>>()
    for (const name of ["MonitorProtocol.ts", "Update.ts", "Snapshot.ts"]) {
      reachedFrom(path.join(import.meta.dirname, name), seen)
    }
    assert.isAbove(seen.size, 6)
    const outside = [...seen.values()].flat().filter((specifier) => !specifier.startsWith("."))
    assert.deepStrictEqual(
      outside.filter((specifier) => !/^effect\/(?:Schema|rpc\/\w+)$/.test(specifier)),
      [],
    )
  })

  it("keeps what writes apart from what reads", () => {
    const reads = [...MonitorRead.requests.keys()]
    const writes = [...MonitorWrite.requests.keys()]
    // Whoever adds one says here that it is recorded before it is done.
    assert.deepStrictEqual(writes, [
      "Acknowledge",
      "Publish",
      "Reload",
      "Configure",
      "SettleLetters",
      "ConfigurationFile",
      "WriteConfiguration",
    ])
    assert.isFalse(reads.some((name) => writes.includes(name)))
    assert.sameMembers([...MonitorProtocol.requests.keys()], [...reads, ...writes])
  })
})
