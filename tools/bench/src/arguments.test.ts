import { assert, describe, it } from "@effect/vitest"
import { parseArguments } from "./arguments.ts"

const names = ["durable", "http"]

const refusalOf = (...given: ReadonlyArray<string>): string => {
  const parsed = parseArguments(given, names)
  return typeof parsed === "string" ? parsed : ""
}

describe("arguments", () => {
  it("measure everything for a minute where nothing is said", () => {
    assert.deepStrictEqual(parseArguments([], names), {
      only: [],
      seconds: 60,
      quick: false,
      writeDocs: false,
      help: false,
    })
  })

  it("take several measurements", () => {
    const parsed = parseArguments(["--only", "http", "--only", "durable"], names)
    assert.deepStrictEqual(typeof parsed === "string" ? parsed : parsed.only, ["http", "durable"])
  })

  it("refuse what they don't know, and name it", () => {
    assert.strictEqual(
      parseArguments(["--only", "speed"], names),
      "--only speed: give one of durable, http",
    )
    assert.include(refusalOf("--fast"), "--fast")
    for (const seconds of ["0", "601", "soon", "NaN"]) {
      assert.include(refusalOf("--seconds", seconds), seconds)
    }
  })
})
