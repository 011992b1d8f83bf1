import { tmpdir } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spaceOf } from "./DiskSpace.ts"

describe("the room on a file system", () => {
  it.live("is some of what there is in all", () =>
    Effect.gen(function* () {
      const { freeBytes, totalBytes } = yield* spaceOf(tmpdir())
      assert.isAbove(totalBytes, 0)
      assert.isAbove(freeBytes, 0)
      assert.isAtMost(freeBytes, totalBytes)
    }),
  )

  it.live("is an error where nothing is", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(spaceOf("/nowhere/at/all"))
      assert.strictEqual(error.call, "statfs")
      assert.strictEqual(error.errno, "ENOENT")
    }),
  )
})
