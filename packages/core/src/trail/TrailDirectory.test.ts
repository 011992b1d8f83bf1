import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { FaultyDisk } from "../testing/FaultyDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { requireDirectory } from "./TrailDirectory.ts"

describe("requireDirectory", () => {
  it.effect("tells a mistyped path from an empty directory and from a disk that can't say", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      yield* requireDirectory(directory)
      const none = path.join(directory, "none")
      const error = yield* Effect.flip(requireDirectory(none))
      assert.deepInclude(error, { _tag: "DiskError", errno: "ENOENT", path: none })
      assert.include(error.message, "there is no such trail")
      const faulty = new FaultyDisk(yield* Disk, [{ call: "status", errno: "EACCES" }])
      const unknown = requireDirectory(directory).pipe(Effect.provide(faulty.layer))
      assert.strictEqual((yield* Effect.flip(unknown)).errno, "EACCES")
    }).pipe(Effect.provide(NodeDisk.layer)),
  )
})
