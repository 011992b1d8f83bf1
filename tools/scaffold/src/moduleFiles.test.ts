import { assert, describe, it } from "@effect/vitest"
import { moduleFiles, parseRequest } from "./moduleFiles.ts"

describe("a request for a module", () => {
  it("names a package, a room, a module and its kind", () => {
    assert.deepStrictEqual(parseRequest(["core/engine/Foo"]), {
      owner: "core",
      room: "engine",
      name: "Foo",
      kind: "data",
    })
    assert.deepStrictEqual(parseRequest(["core/Foo", "service"]), {
      owner: "core",
      room: "",
      name: "Foo",
      kind: "service",
    })
  })

  it("is refused with what is wrong, and never leads out of the packages", () => {
    for (const words of [
      [],
      ["core/Foo", "service", "more"],
      ["core/Foo", "engine"],
      ["Foo"],
      ["core/foo"],
      ["core/../Foo"],
      ["../core/Foo"],
    ]) {
      assert.isString(parseRequest(words), words.join(" "))
    }
  })
})

describe("the files of a module", () => {
  it("are the module and its test beside it", () => {
    const files = moduleFiles(
      { owner: "core", room: "engine", name: "Foo", kind: "data" },
      "@x/core",
    )
    assert.deepStrictEqual(Object.keys(files), [
      "packages/core/src/engine/Foo.ts",
      "packages/core/src/engine/Foo.test.ts",
    ])
  })

  it("give a service the key of its place", () => {
    const key = (room: string) =>
      moduleFiles({ owner: "core", room, name: "Foo", kind: "service" }, "@x/core")[
        `packages/core/src/${room === "" ? "" : `${room}/`}Foo.ts`
      ]
    assert.include(key("engine"), `("@x/core/engine/Foo")`)
    assert.include(key(""), `("@x/core/Foo")`)
  })
})
