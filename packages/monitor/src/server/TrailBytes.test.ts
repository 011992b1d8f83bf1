import * as fs from "node:fs"
import * as path from "node:path"
import { Disk } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as TrailFixture from "@countersign/core/testing/TrailFixture"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readTile } from "./TrailBytes.ts"

describe("a bundle that is read while a writer replaces it", () => {
  it.effect("is read in the form that took the place of the one that was there", () =>
    Effect.gen(function* () {
      const directory = yield* TrailFixture.trail(300)
      const entries = TrailFixture.entriesOf(512)
      const partial = path.join(directory, TrailFixture.tilePath("entries", 1, 44))
      const disk = yield* Disk
      const replacing: Disk["Service"] = {
        ...disk,
        readFile: (file) =>
          Effect.suspend(() => {
            if (file === partial) {
              TrailFixture.publish(directory, entries)
              fs.rmSync(path.dirname(partial), { recursive: true })
            }
            return disk.readFile(file)
          }),
      }
      const found = yield* Effect.provideService(
        readTile(directory, "entries", 1, 44),
        Disk,
        replacing,
      )
      assert.strictEqual(found.problem, "")
      assert.isTrue(found.bytes.equals(TrailFixture.bundleOf(entries.slice(256))))
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})
