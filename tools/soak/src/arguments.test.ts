import { assert, describe, it } from "@effect/vitest"
import { parseArguments } from "./arguments.ts"

describe("the arguments of a soak", () => {
  it("are ten minutes at 5,000 a second where nothing is said", () => {
    assert.deepStrictEqual(parseArguments([]), { minutes: 10, perSecond: 5_000, seed: 1 })
  })

  it("are refused by name", () => {
    const wrong = [
      ["--minutes", "0"],
      ["--minutes", "soon"],
      ["--rate", "50001"],
      ["--seed", "1.5"],
      ["--loud", "yes"],
    ] as const
    for (const [name, value] of wrong) {
      const parsed = parseArguments([`${name}=${value}`])
      assert.include(typeof parsed === "string" ? parsed : "", name)
    }
  })
})
