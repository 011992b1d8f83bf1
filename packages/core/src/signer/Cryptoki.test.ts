import * as fs from "node:fs"
import * as path from "node:path"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
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
})
