import * as fs from "node:fs"
import * as path from "node:path"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { announce, fileOf, read } from "./Announcement.ts"

const said = { url: "ws://127.0.0.1:4100/monitor", token: "t".repeat(43), pid: 7 }

const announced = <A>(
  prepare: (file: string, directory: string) => void,
  look: (file: string, directory: string) => A,
) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const trail = path.join(directory, "trail")
    const file = fileOf(trail)
    prepare(file, directory)
    const seen = yield* Effect.scoped(
      Effect.andThen(
        announce(trail, said),
        Effect.sync(() => look(file, directory)),
      ),
    )
    return { seen, after: fs.readdirSync(directory) }
  }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer))

const modeOf = (file: string): number => fs.lstatSync(file).mode & 0o777

describe("Announcement", () => {
  it.effect("is a file of its user alone, which is gone with the server", () =>
    Effect.gen(function* () {
      const { after, seen } = yield* announced(() => undefined, modeOf)
      assert.strictEqual(seen, 0o600)
      assert.deepStrictEqual(after, [])
    }),
  )

  it.effect("writes the token through no link that lies under the temporary name", () =>
    Effect.gen(function* () {
      const { seen } = yield* announced(
        (file, directory) => {
          fs.writeFileSync(path.join(directory, "victim"), "as it was", { mode: 0o644 })
          fs.symlinkSync(path.join(directory, "victim"), `${file}.tmp`)
        },
        (file, directory) => ({
          isFile: fs.lstatSync(file).isFile(),
          mode: modeOf(file),
          victim: fs.readFileSync(path.join(directory, "victim"), "utf8"),
        }),
      )
      assert.deepStrictEqual(seen, { isFile: true, mode: 0o600, victim: "as it was" })
    }),
  )

  it.effect("writes the token to no file that others made to read it", () =>
    Effect.gen(function* () {
      const { seen } = yield* announced((file) => {
        fs.writeFileSync(`${file}.tmp`, "")
        fs.chmodSync(`${file}.tmp`, 0o666)
      }, modeOf)
      assert.strictEqual(seen, 0o600)
    }),
  )

  it.effect("leaves the file of a server that came after it", () =>
    Effect.gen(function* () {
      const later = { ...said, token: "u".repeat(43) }
      const { after } = yield* announced(
        () => undefined,
        (file) => fs.writeFileSync(file, JSON.stringify(later)),
      )
      assert.deepStrictEqual(after, ["trail.monitor"])
    }),
  )

  it.effect("says nothing where what lies there has another form", () =>
    Effect.gen(function* () {
      const directory = path.join(yield* temporaryDirectory, "trail")
      assert.isTrue(Option.isNone(yield* read(directory)))
      for (const text of ["", "{}", '{"url":1}', "x".repeat(10_000)]) {
        fs.writeFileSync(fileOf(directory), text)
        assert.isTrue(Option.isNone(yield* read(directory)))
      }
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})
