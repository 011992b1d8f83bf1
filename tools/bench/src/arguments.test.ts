import { assert, describe, it } from "@effect/vitest"
import { parseArguments } from "./arguments.ts"

const names = ["durable", "http", "sizes"]
const tables = ["sizes", "sinks"]

const refusalOf = (...given: ReadonlyArray<string>): string => {
  const parsed = parseArguments(given, names, tables)
  return typeof parsed === "string" ? parsed : ""
}

describe("arguments", () => {
  it("measure everything for a minute where nothing is said", () => {
    assert.deepStrictEqual(parseArguments([], names, tables), {
      only: [],
      seconds: 60,
      quick: false,
      writeDocs: false,
      help: false,
    })
  })

  it("take several measurements", () => {
    const parsed = parseArguments(["--only", "http", "--only", "durable"], names, tables)
    assert.deepStrictEqual(typeof parsed === "string" ? parsed : parsed.only, ["http", "durable"])
  })

  it("write a whole table or none", () => {
    assert.isObject(parseArguments(["--write-docs"], names, tables))
    for (const table of tables) {
      assert.isObject(parseArguments(["--write-docs", "--only", table], names, tables))
    }
    const parts = [
      ["--only", "http"],
      ["--only", "sizes", "--only", "http"],
      ["--only", "sizes", "--quick"],
    ]
    for (const part of parts) assert.include(refusalOf("--write-docs", ...part), "whole tables")
  })

  it("refuse what they don't know, and name it", () => {
    assert.strictEqual(
      parseArguments(["--only", "speed"], names, tables),
      "--only speed: give one of durable, http, sizes, sinks",
    )
    assert.include(refusalOf("--fast"), "--fast")
    for (const seconds of ["0", "601", "soon", "NaN"]) {
      assert.include(refusalOf("--seconds", seconds), seconds)
    }
  })
})
