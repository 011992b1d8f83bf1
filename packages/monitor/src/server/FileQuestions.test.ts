import * as fs from "node:fs"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { fileBytesMax } from "../protocol/GivenFile.ts"
import { type ServedEngine, served } from "../testing/ServedEngine.ts"

const text = "       01  R.\n           05  A PIC X.\n"
const size = fileBytesMax + 500

/** A server that was given a copybook, records, and a file that is gone. */
const given = <A, E>(use: (served: ServedEngine) => Effect.Effect<A, E, Scope>) =>
  Effect.gen(function* () {
    const folder = yield* temporaryDirectory
    const inFolder = (name: string): string => path.join(folder, name)
    fs.writeFileSync(inFolder("r.cpy"), text)
    fs.writeFileSync(inFolder("r.dat"), Buffer.alloc(size, 0xc1))
    fs.writeFileSync(inFolder("secret"), "not for viewers")
    return yield* served(use, {
      files: new Map([
        ["r.cpy", { path: inFolder("r.cpy"), kind: "copybook" }],
        ["r.dat", { path: inFolder("r.dat"), kind: "data" }],
        ["gone.dat", { path: inFolder("gone.dat"), kind: "data" }],
      ]),
    })
  }).pipe(Effect.scoped)

const reasonOf = <A, E extends { readonly _tag: string }>(asked: Effect.Effect<A, E>) =>
  Effect.map(Effect.flip(asked), (error) => ("reason" in error ? error.reason : error._tag))

describe("FileQuestions", () => {
  it.live("lists what it was given and is there, by name alone", () =>
    given(({ client }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* client.Files(), [
          { name: "r.cpy", kind: "copybook", size: text.length },
          { name: "r.dat", kind: "data", size },
        ])
      }),
    ),
  )

  it.live("gives the bytes asked for, fewer at the end, and none behind it", () =>
    given(({ client }) =>
      Effect.gen(function* () {
        const start = yield* client.FileBytes({ name: "r.cpy", offset: 7, length: 5 })
        assert.strictEqual(Buffer.from(start.bytes).toString(), "01  R")
        const most = yield* client.FileBytes({ name: "r.dat", offset: 0, length: fileBytesMax })
        assert.strictEqual(most.bytes.length, fileBytesMax)
        const rest = { name: "r.dat", offset: fileBytesMax, length: fileBytesMax }
        assert.strictEqual((yield* client.FileBytes(rest)).bytes.length, 500)
        const behind = yield* client.FileBytes({ ...rest, offset: size })
        assert.deepStrictEqual([behind.bytes.length, behind.size], [0, size])
      }),
    ),
  )

  it.live("gives nothing of any other file, whatever it is called", () =>
    given(({ client }) =>
      Effect.gen(function* () {
        for (const name of ["secret", "../secret", "/etc/passwd", "r.dat/../secret", ""]) {
          const asked = client.FileBytes({ name, offset: 0, length: 10 })
          assert.strictEqual(yield* reasonOf(asked), "not-found")
        }
        const gone = client.FileBytes({ name: "gone.dat", offset: 0, length: 10 })
        assert.strictEqual(yield* reasonOf(gone), "unreadable")
      }),
    ),
  )
})
