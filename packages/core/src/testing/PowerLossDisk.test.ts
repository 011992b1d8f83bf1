import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { PowerLossDisk } from "./PowerLossDisk.ts"
import { randomOf } from "./SeededRandom.ts"

const file = "/data/file"
const seeds = Array.from({ length: 40 }, (_, seed) => seed)
const bytes = Buffer.alloc(4096, 7)
const contents = (power: PowerLossDisk) =>
  new Set(seeds.map((seed) => power.crash(randomOf(seed)).peek(file)?.toString("hex") ?? "absent"))

describe("PowerLossDisk", () => {
  it.effect("keeps what was synced, name and bytes, whatever the seed", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk(["/data"])
      yield* power.disk.writeFile(file, [bytes], { sync: true })
      assert.isTrue(contents(power).has("absent"))
      yield* power.disk.syncDirectory("/data")
      assert.deepStrictEqual([...contents(power)], [bytes.toString("hex")])
    }),
  )

  it.effect("keeps any part of what was not, the same one for the same seed", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk(["/data"])
      yield* power.disk.writeFile(file, [bytes], { sync: false })
      yield* power.disk.syncDirectory("/data")
      assert.isAbove(contents(power).size, 5)
      assert.deepStrictEqual(contents(power), contents(power))
    }),
  )

  it.effect("replaces a file wholly or not at all", () =>
    Effect.gen(function* () {
      for (let call = 1; call <= 5; call += 1) {
        const power = new PowerLossDisk(["/data"])
        power.cutPower({ call, when: "after" })
        yield* Effect.ignore(power.disk.replaceFile(file, [bytes]))
        for (const left of contents(power)) assert.include(["absent", bytes.toString("hex")], left)
      }
    }),
  )

  it.effect("fails every call once the power is gone", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk(["/data"])
      power.cutPower({ call: 1, when: "before" })
      yield* Effect.flip(power.disk.writeFile(file, [bytes], { sync: true }))
      const error = yield* Effect.flip(power.disk.list("/data"))
      assert.strictEqual(error.errno, "EIO")
    }),
  )

  it.effect("writes so many bytes where there is no space for more", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk(["/data"])
      power.plan({ call: 2, errno: "ENOSPC", afterBytes: 100 })
      const error = yield* Effect.flip(power.disk.writeFile(file, [bytes], { sync: true }))
      assert.strictEqual(error.errno, "ENOSPC")
      assert.strictEqual(power.peek(file)?.length, 100)
    }),
  )

  it.effect("does not make good by a second sync what a failed one lost", () =>
    Effect.gen(function* () {
      const power = new PowerLossDisk(["/data"])
      const open = yield* power.disk.open(file, "create")
      yield* power.disk.syncDirectory("/data")
      power.plan({ call: 4, errno: "EIO" })
      yield* Effect.flip(open.writeDurable([bytes], 0))
      yield* open.datasync
      assert.isAbove(contents(power).size, 5)
    }),
  )
})
