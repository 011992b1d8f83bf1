import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as NodeDisk from "../platform/NodeDisk.ts"
import { entriesOf, put, trail, verifierKeyText } from "../testing/TrailFixture.ts"
import { prove } from "./Prover.ts"
import { parseVerifierKey } from "./SignedNote.ts"
import * as TlogProof from "./TlogProof.ts"

const verifierKey = Result.getOrThrow(parseVerifierKey(verifierKeyText()))
const proof = (directory: string, entry: number | string) =>
  Effect.provide(prove(directory, entry), NodeDisk.layer)
const checked = (file: string) =>
  Result.getOrThrow(
    Result.flatMap(
      Result.mapError(TlogProof.parse(Buffer.from(file, "utf8")), (error): Error => error),
      (parsed) => TlogProof.check(parsed, verifierKey),
    ),
  )

describe("Prover", () => {
  it.live.each([1, 2, 255, 256, 257, 700, 256 * 256 + 300])("proves entries of %i", (size) =>
    Effect.gen(function* () {
      const directory = yield* trail(size)
      for (const index of new Set([0, 1, 255, 256, size - 2, size - 1])) {
        if (index < 0 || index >= size) continue
        const proven = checked(yield* proof(directory, index))
        assert.strictEqual(proven.index, index)
        assert.strictEqual(Buffer.from(proven.entry).toString(), entriesOf(size)[index])
      }
    }),
  )

  it.live("proves an event by its id", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      assert.strictEqual(checked(yield* proof(directory, "e300")).index, 300)
    }),
  )

  it.live("says that it knows no such entry", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      for (const entry of [600, -1, Number.NaN, "e600", "e"]) {
        const error = yield* Effect.flip(proof(directory, entry))
        assert.deepInclude(error, { _tag: "EntryNotFound", entry: String(entry), size: 600 })
      }
      fs.rmSync(path.join(directory, "checkpoint"))
      assert.deepInclude(yield* Effect.flip(proof(directory, 0)), { size: 0 })
    }),
  )

  it.live("gives out no proof that does not hold", () =>
    Effect.gen(function* () {
      const directory = yield* trail(600)
      const name = "tile/0/000"
      const bytes = fs.readFileSync(path.join(directory, name))
      bytes[32 * 7] = (bytes[32 * 7] ?? 0) ^ 1
      put(directory, name, bytes)
      assert.strictEqual((yield* Effect.flip(proof(directory, 6)))._tag, "TrailDamaged")
      fs.rmSync(path.join(directory, name))
      const error = yield* Effect.flip(proof(directory, 6))
      assert.include(error.message, path.join(directory, name))
    }),
  )
})
