import { assert, describe, it } from "@effect/vitest"
import { sharesOf } from "./profile.ts"

const spin = (millis: number): void => {
  const end = performance.now() + millis
  while (performance.now() < end);
}

describe("shares of the main thread", () => {
  it("are those of the modules that are named, and of none that are not", async () => {
    const here = await sharesOf(
      async () => spin(100),
      (url) => url === import.meta.url || url.endsWith("profile.test.ts"),
    )
    assert.isAbove(here.share, 0.5)
    const elsewhere = await sharesOf(
      async () => spin(100),
      (url) => url.endsWith("nowhere.ts"),
    )
    assert.strictEqual(elsewhere.share, 0)
    assert.isAbove(elsewhere.busySeconds, 0.02)
  })
})
