import { assert, describe, it } from "@effect/vitest"
import { isUnloaded } from "./Unloaded.ts"

describe("a view whose code could not be had", () => {
  it("is told from one that has failed, in the words of each browser", () => {
    for (const message of [
      "Failed to fetch dynamically imported module: http://127.0.0.1/assets/FlowView.js",
      "error loading dynamically imported module: http://127.0.0.1/assets/FlowView.js",
      "Importing a module script failed.",
      "Unable to preload CSS for /assets/FlowView.css",
    ])
      assert.isTrue(isUnloaded(message), message)
    assert.isFalse(isUnloaded("Cannot read properties of undefined (reading 'frames')"))
  })
})
