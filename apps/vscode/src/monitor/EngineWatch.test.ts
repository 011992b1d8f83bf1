import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { assert, describe, it } from "@effect/vitest"
import { inEditor, overFiles, until } from "../testing/EngineInEditor.ts"
import { makeEngineWatch } from "./EngineWatch.ts"

const retryMillis = 10

describe("what the extension follows", () => {
  it.live("stays connected to a monitor over files, which sends no frames, until that ends", () =>
    inEditor(async ({ directory, write }) => {
      await write([AuditFixture.event])
      const seen: Array<string> = []
      const watch = makeEngineWatch(() => seen.push(watch.state()._tag), retryMillis)
      await overFiles(directory, async (place) => {
        watch.follow(async () => place)
        await until(() => seen.includes("Live"))
        // Long enough for what would come by itself.
        await new Promise((resolve) => setTimeout(resolve, 10 * retryMillis))
      })
      await until(() => watch.state()._tag === "Stale")
      await watch.end()
      assert.deepStrictEqual(seen, ["Silent", "Live", "Stale"])
    }),
  )
})
