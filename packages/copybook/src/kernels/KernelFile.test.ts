import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { load } from "./KernelFile.ts"
import { fromModule } from "./Kernels.ts"

it.effect("the package's file holds the kernels", () =>
  Effect.gen(function* () {
    const module = yield* load
    assert.isDefined(module)
    if (module !== undefined) assert.strictEqual(fromModule(module).kind, "webassembly")
  }).pipe(Effect.provide(NodeDisk.layer)),
)
