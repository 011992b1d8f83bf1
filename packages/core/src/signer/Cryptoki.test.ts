import * as fs from "node:fs"
import * as path from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { softModule } from "../testing/SoftToken.ts"
import { temporaryDirectory } from "../testing/TemporaryDirectory.ts"
import * as Cryptoki from "./Cryptoki.ts"

const collectGarbage = Effect.gen(function* () {
  setFlagsFromString("--expose-gc")
  const collect: unknown = runInNewContext("gc")
  for (let round = 0; round < 5; round += 1) {
    if (typeof collect === "function") collect()
    yield* Effect.sleep(10)
  }
})

/** What never comes. */
const silence = new Promise<number>(() => undefined)

/** A module that answers as it is told, and what it was asked. */
const scripted = (answer: (name: string) => number | Promise<number>) => {
  const names: Array<string> = []
  const module: Cryptoki.Cryptoki = {
    addressOf: () => 0n,
    call: async (name) => {
      names.push(name)
      return answer(name)
    },
  }
  return { module, names }
}

describe("a PKCS#11 module", () => {
  it.live("stays loaded when nothing but the addresses of its functions refers to it", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      // A copy, which nobody else in this process has loaded.
      const module = path.join(directory, "copy.so")
      fs.copyFileSync(softModule(), module)
      yield* Cryptoki.load(module)
      yield* collectGarbage
      assert.include(fs.readFileSync("/proc/self/maps", "utf8"), module)
    }),
  )

  it.live("is not finalised under a call that runs, and closing does not wait for it", () =>
    Effect.gen(function* () {
      const { module, names } = scripted((name) => (name === "C_Sign" ? silence : 0))
      const scope = yield* Scope.make()
      yield* Scope.provide(Cryptoki.use(module), scope)
      yield* Effect.promise(() => Cryptoki.initialize(module))
      void Cryptoki.call(module, "C_Sign", [])
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(names, ["C_Initialize", "C_Sign"])
    }),
  )

  it.live("that does not answer C_Finalize holds closing up for so long and no longer", () =>
    Effect.gen(function* () {
      const { module, names } = scripted((name) => (name === "C_Finalize" ? silence : 0))
      const scope = yield* Scope.make()
      yield* Scope.provide(Cryptoki.use(module, 1), scope)
      yield* Effect.promise(() => Cryptoki.initialize(module))
      yield* Scope.close(scope, Exit.void)
      assert.deepStrictEqual(names, ["C_Initialize", "C_Finalize"])
    }),
  )

  it.live("is initialised for one signer after it was finalised for another, not beside that", () =>
    Effect.gen(function* () {
      const finalized = Promise.withResolvers<number>()
      const { module, names } = scripted((name) => (name === "C_Finalize" ? finalized.promise : 0))
      const scope = yield* Scope.make()
      yield* Scope.provide(Cryptoki.use(module), scope)
      yield* Effect.promise(() => Cryptoki.initialize(module))
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), {
        startImmediately: true,
      })
      const again = Cryptoki.initialize(module)
      yield* Effect.sleep(1)
      assert.deepStrictEqual(names, ["C_Initialize", "C_Finalize"])
      finalized.resolve(0)
      yield* Effect.promise(() => again)
      yield* Fiber.join(closing)
      assert.deepStrictEqual(names, ["C_Initialize", "C_Finalize", "C_Initialize"])
    }),
  )
})
