import { existsSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { supportMatrix } from "./Matrix.ts"

const sources = new URL("..", import.meta.url)

describe("the support matrix", () => {
  it.each(supportMatrix)("has a test for $feature", ({ test }) => {
    const [file = "", ...title] = test.split(": ")
    const place = new URL(file, sources)
    assert.isTrue(file.endsWith(".test.ts") && existsSync(place), `${file} is no test file`)
    // A title is followed by the rest of its call; nothing else of a test is written so.
    assert.include(readFileSync(place, "utf8"), `"${title.join(": ")}",`)
  })

  it("names each feature once in its area", () => {
    const names = supportMatrix.map(({ area, feature }) => `${area}: ${feature}`)
    assert.deepStrictEqual(names, [...new Set(names)])
  })
})
