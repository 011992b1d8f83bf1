import * as fs from "node:fs"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Disk } from "../platform/Disk.ts"
import * as NodeDisk from "../platform/NodeDisk.ts"
import * as FaultyDisk from "../testing/FaultyDisk.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import { openSealKey, readSealKey, type SealKey, sealKeyFile } from "./SealKey.ts"
import { SignerError } from "./Signer.ts"

const disk = <A, E>(effect: Effect.Effect<A, E, Disk>) => Effect.provide(effect, NodeDisk.layer)
const trailIn = Effect.map(temporaryDirectory, (root) => path.join(root, "trail"))
const bytesOf = ({ key }: SealKey): string => key.export().toString("hex")

const refusal = (effect: Effect.Effect<SealKey, unknown, Disk>) =>
  Effect.map(Effect.flip(disk(effect)), (error) => {
    assert.instanceOf(error, SignerError)
    return error.message
  })

describe("SealKey", () => {
  it.live("is made once, for its owner's eyes, beside the trail", () =>
    Effect.gen(function* () {
      const directory = yield* trailIn
      const made = yield* disk(openSealKey(directory))
      assert.isTrue(made.isNew)
      assert.strictEqual(made.file, `${directory}.seal-key`)
      assert.strictEqual(fs.statSync(made.file).mode & 0o777, 0o600)
      assert.strictEqual(fs.readFileSync(made.file, "utf8"), `${bytesOf(made)}\n`)
      assert.lengthOf(bytesOf(made), 64)

      const again = yield* disk(openSealKey(directory))
      assert.isFalse(again.isNew)
      assert.strictEqual(bytesOf(again), bytesOf(made))
      assert.strictEqual(bytesOf(yield* disk(readSealKey(made.file))), bytesOf(made))
    }),
  )

  it.live("differs from trail to trail", () =>
    Effect.gen(function* () {
      const one = yield* disk(openSealKey(yield* trailIn))
      const other = yield* disk(openSealKey(yield* trailIn))
      assert.notStrictEqual(bytesOf(one), bytesOf(other))
    }),
  )

  it.live("is refused when others can read it", () =>
    Effect.gen(function* () {
      const directory = yield* trailIn
      const { file } = yield* disk(openSealKey(directory))
      for (const mode of [0o640, 0o604, 0o620]) {
        fs.chmodSync(file, mode)
        const message = yield* refusal(openSealKey(directory))
        assert.include(message, "AUD-3301")
        assert.include(message, `(mode ${mode.toString(8)}); run chmod 600`)
      }
    }),
  )

  it.live("is refused when it is anything but 64 hexadecimal digits, and never shown", () =>
    Effect.gen(function* () {
      const directory = yield* trailIn
      const file = sealKeyFile(directory)
      for (const text of ["", "ab".repeat(31), "ab".repeat(33), "xy".repeat(32), "s".repeat(999)]) {
        fs.writeFileSync(file, text, { mode: 0o600 })
        const message = yield* refusal(openSealKey(directory))
        assert.include(message, "64 hexadecimal digits are expected")
        if (text !== "") assert.notInclude(message, text)
        assert.strictEqual(fs.readFileSync(file, "utf8"), text)
      }
    }),
  )

  it.live("is not made by someone who only wants to verify", () =>
    Effect.gen(function* () {
      const file = sealKeyFile(yield* trailIn)
      assert.include(yield* refusal(readSealKey(file)), "there is no such file")
      assert.isFalse(fs.existsSync(file))
    }),
  )

  it.live("is whole or absent when the disk fails", () =>
    Effect.gen(function* () {
      const directory = yield* trailIn
      const faulty = yield* disk(FaultyDisk.make([{ call: "replaceFile", errno: "ENOSPC" }]))
      const open = openSealKey(directory).pipe(Effect.provide(faulty.layer))
      assert.strictEqual((yield* Effect.flip(open))._tag, "DiskError")
      assert.isEmpty(fs.readdirSync(path.dirname(directory)))
      assert.isTrue((yield* open).isNew)
    }),
  )
})
