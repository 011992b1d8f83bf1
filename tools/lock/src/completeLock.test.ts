import * as fs from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { completeLock, hostsIn, type Lock } from "./completeLock.ts"

const asking = (version: string) => ({
  version,
  dev: true,
  optionalDependencies: { "@x/binding-linux-x64-musl": version, "@x/binding-wasm32-wasi": version },
})

describe("completeLock", () => {
  it("adds the platform packages that npm left out, with what decides where they install", () => {
    const { added, lock } = completeLock({ packages: { "node_modules/x": asking("1.2.3") } })
    assert.deepStrictEqual(added, [
      "node_modules/@x/binding-linux-x64-musl",
      "node_modules/@x/binding-wasm32-wasi",
    ])
    assert.deepStrictEqual<unknown>(lock.packages["node_modules/@x/binding-linux-x64-musl"], {
      version: "1.2.3",
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
      dev: true,
      optional: true,
    })
    assert.deepStrictEqual(lock.packages["node_modules/@x/binding-wasm32-wasi"]?.cpu, ["wasm32"])
  })

  it("keeps two versions of one asker apart", () => {
    const { added } = completeLock({
      packages: {
        "node_modules/x": asking("1.2.3"),
        "node_modules/y/node_modules/x": asking("1.0.0"),
      },
    })
    assert.include(added, "node_modules/@x/binding-wasm32-wasi")
    assert.include(added, "node_modules/y/node_modules/@x/binding-wasm32-wasi")
  })

  it("nests the stub where another version lies beside the asker", () => {
    const { added } = completeLock({
      packages: {
        "node_modules/@x/binding-linux-x64-musl": { version: "9.9.9" },
        "node_modules/@x/binding-wasm32-wasi": { version: "1.2.3" },
        "node_modules/x": asking("1.2.3"),
      },
    })
    assert.deepStrictEqual(added, ["node_modules/x/node_modules/@x/binding-linux-x64-musl"])
  })

  it("adds nothing the second time", () => {
    const once = completeLock({ packages: { "node_modules/x": asking("1.2.3") } })
    assert.deepStrictEqual(completeLock(once.lock).added, [])
  })

  it("sees an entry that names the host it came from", () => {
    const lock = { packages: { "node_modules/x": { resolved: "https://example.org/x.tgz" } } }
    assert.deepStrictEqual(hostsIn(lock), ["node_modules/x"])
  })
})

describe("package-lock.json", () => {
  const text = fs.readFileSync(new URL("../../../package-lock.json", import.meta.url), "utf8")
  // npm wrote the file: its shape is npm's promise.
  const lock = JSON.parse(text) as Lock

  it("has the platform packages of every system (npm run lock adds them)", () => {
    assert.isAbove(Object.keys(lock.packages).length, 100)
    assert.deepStrictEqual(completeLock(lock).added, [])
  })

  it("names no registry host", () => {
    assert.deepStrictEqual(hostsIn(lock), [])
  })
})
